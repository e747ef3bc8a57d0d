"""Access tokens as values: what a vendor hands out (RFC 6749 section 5), how long it is good, and how it is kept.

The law of this file: a token's age is measured on the monotonic clock from the moment at which its request was *sent*; Unix time
is used only to take up a token that another process has left. The margin before expiry is at most half a token's life, so
that a short-lived token is not renewed for every call.
"""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass, field
from typing import Any

from tapehiss.cassettes.errors import Misuse

LIFE_MAX_S = 10 * 365 * 86_400.0
"""Nobody's token lives longer; a number beyond it is one that means nothing."""


@dataclass(frozen=True, slots=True)
class Token:
    """One access token, and the refresh token that came with it."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    kind: str = "Bearer"
    life_s: float | None = None
    """How long it is good from ``issued_s`` on; ``None`` when the vendor did not say."""
    issued_s: float = 0.0
    """Unix time."""
    scope: str = ""


def token_of(document: Any, issued_s: float, before: Token | None = None) -> Token | None:
    """The token that an answer hands out; ``None`` when it hands out none. A refresh token that is not replaced stays good."""
    if not isinstance(document, dict):
        return None
    access, kind = document.get("access_token"), document.get("token_type") or "Bearer"
    refresh = document.get("refresh_token") or (before.refresh if before else "")
    scope = document.get("scope")
    if not all(isinstance(each, str) and each.isprintable() and each.isascii() for each in (access, kind, refresh)):
        return None
    if not access or " " in access or not kind.isalnum():
        return None
    kind = "Bearer" if kind.lower() == "bearer" else kind
    return Token(access, refresh, kind, _life_s(document), issued_s, scope if isinstance(scope, str) else "")


def _life_s(document: dict[str, Any]) -> float | None:
    """Some vendors send a string; what is no number of seconds counts as not said."""
    try:
        life_s = float(document.get("expires_in", math.nan))
    except (TypeError, ValueError):
        return None
    return life_s if 0 <= life_s <= LIFE_MAX_S else None


def good_for_s(token: Token, margin_s: float) -> float:
    """How long after it was issued the token may be used."""
    return math.inf if token.life_s is None else token.life_s - min(margin_s, token.life_s / 2)


def to_text(token: Token) -> str:
    """The token as text, for a store: it is a secret."""
    return json.dumps(asdict(token))


def from_text(text: str) -> Token:
    """The token that was kept; ``Misuse`` for text that is none, without a word of it."""
    try:
        token = Token(**json.loads(text))
    except (ValueError, TypeError, RecursionError):
        token = Token(b"")  # type: ignore[arg-type]  # unsound, too
    words = (token.access, token.refresh, token.kind, token.scope)
    numbers = (token.issued_s, 0.0 if token.life_s is None else token.life_s)
    sound = all(type(word) is str for word in words) and all(isinstance(number, int | float) for number in numbers)
    if not sound or not math.isfinite(numbers[0]) or not 0 <= numbers[1] <= LIFE_MAX_S:
        raise Misuse("this is no token that we have kept", "token store", "log in again, then it is replaced")
    return token
