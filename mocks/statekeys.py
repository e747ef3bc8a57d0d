"""By what the states of a mock are told apart, so that tests that run at the same time share none.

The law of this file: pure. A key is short text that can be shown: what could be a secret is there only as a digest.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header
from tapehiss.cassettes.secretnames import Names, Strength
from tapehiss.mocks.errors import BadStateKey

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request

KEY_MAX_CHARS = 100
DIGEST_CHARS = 16
PORTS_MAX = 100
CREDENTIALS = ("authorization", "x-api-key", "api-key")
"""Headers that tell one account from another; the first that is there counts."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NAMES = Names()


class By(StrEnum):
    """What tells states apart."""

    NOTHING = "nothing"
    """There is one, for everybody."""
    HEADER = "header"
    KEY = "key"
    """The credential."""
    PATH = "path"
    """``/_state/<key>/`` before the vendor's path."""
    PORT = "port"


@dataclass(frozen=True, slots=True)
class StateBy:
    """What tells states apart; made by ``state_by``."""

    by: By = By.NOTHING
    headers: tuple[str, ...] = ()
    """The first of these that a request has is its key."""
    hidden: bool = False
    """Keys are digests."""
    ports: int = 0
    """How many further ports there are, each with a state of its own."""

    def key_of(self, request: Request) -> str:
        """Whose state a request means by its headers; empty for everybody's."""
        told = next((value for name in self.headers if (value := header(request.headers, name))), "")
        return shown(told, hidden=self.hidden) if told else ""


ONE = StateBy()


def state_by(text: str) -> StateBy:
    """``header:X-Test-Id``, ``key``, ``path``, ``port:4`` or ``nothing``; raises ``BadStateKey``."""
    word, _, name = text.partition(":")
    if word == By.HEADER and _TOKEN.fullmatch(name):
        return StateBy(By.HEADER, (name.lower(),), hidden=_NAMES.header_strength(name) is not Strength.NONE)
    if word == By.KEY and not name:
        return StateBy(By.KEY, CREDENTIALS, hidden=True)
    if word == By.PORT and re.fullmatch(r"[1-9][0-9]{0,2}", name) and int(name) <= PORTS_MAX:
        return StateBy(By.PORT, ports=int(name))
    if word in {By.PATH, By.NOTHING} and not name:
        return StateBy(By(word))
    remedy = f"write header:NAME (such as header:X-Test-Id), key (the credential), path or port:N (up to {PORTS_MAX})"
    raise BadStateKey(f"states cannot be told apart by {text!r}", remedy=remedy)


def shown(told: str, *, hidden: bool = False) -> str:
    """The key that a value stands for: itself, or the beginning of its SHA-256 where it is long, odd or secret."""
    if hidden or len(told) > KEY_MAX_CHARS or not told.isprintable():
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_CHARS]
    return told
