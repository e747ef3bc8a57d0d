"""Values as vendors write them into paths, by kind, made of dice."""

from __future__ import annotations

import string
import uuid
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

SYLLABLES = ["ka", "lo", "mi", "ren", "tos", "vu", "shi", "dan", "pel", "or", "gri", "zen", "bra", "nok", "ely"]
WORDS = ["blue", "lamp", "summer", "shoe", "paper", "cat", "stone", "river", "small", "desk", "old", "wool"]
AIRPORTS = [
    "JFK",
    "LAX",
    "CDG",
    "HND",
    "FRA",
    "AMS",
    "DXB",
    "SIN",
    "ICN",
    "MAD",
    "BCN",
    "ORD",
    "ATL",
    "DFW",
    "DEN",
    "SFO",
    "SEA",
    "MIA",
    "LHR",
    "GRU",
]
CURRENCIES = [
    "USD",
    "EUR",
    "JPY",
    "GBP",
    "AUD",
    "CAD",
    "CHF",
    "CNY",
    "SEK",
    "NZD",
    "MXN",
    "SGD",
    "HKD",
    "NOK",
    "KRW",
    "TRY",
    "INR",
    "RUB",
    "BRL",
    "ZAR",
]
ALPHANUMERIC = string.ascii_letters + string.digits
NANOID = ALPHANUMERIC + "_-"


def _text(dice: random.Random, alphabet: str, length: int) -> str:
    return "".join(dice.choices(alphabet, k=length))


def _login(dice: random.Random) -> str:
    return "".join(dice.sample(SYLLABLES, dice.randint(2, 4)))


KINDS: dict[str, Callable[[random.Random], str]] = {
    "integer": lambda dice: str(dice.randint(1, 10**9)),
    "uuid": lambda dice: str(uuid.UUID(int=dice.getrandbits(128), version=4)),
    "date": lambda dice: f"20{dice.randint(10, 29)}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}",
    "sha1": lambda dice: _text(dice, "0123456789abcdef", 40),
    "object id": lambda dice: _text(dice, "0123456789abcdef", 24),
    "prefixed": lambda dice: f"cus_{_text(dice, ALPHANUMERIC, 14)}",
    "nanoid": lambda dice: _text(dice, NANOID, 21),
    "base62": lambda dice: _text(dice, ALPHANUMERIC, 22),
    "short code": lambda dice: _text(dice, string.ascii_lowercase + string.digits, 7),
    "slug": lambda dice: "-".join(dice.sample(WORDS, 3)),
    "login": _login,
    "airport": lambda dice: dice.choice(AIRPORTS),
    "currency": lambda dice: dice.choice(CURRENCIES),
    "email": lambda dice: f"{_login(dice)}@example.com",
    "domain": lambda dice: f"{_login(dice)}.example.org",
    "dotted": lambda dice: f"{_login(dice)}.{_login(dice)}.{dice.randint(1, 99)}",
    "escaped": lambda dice: f"{_login(dice)}%20{_login(dice)}%2F{dice.randint(1, 9)}",
    "document": lambda dice: f"{_login(dice)}.pdf",
}
"""Name of a kind -> one value of it, as it stands in a URL."""
