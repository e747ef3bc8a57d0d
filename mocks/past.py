"""What came before, as far as a schedule asks for it: numbers of calls, what has happened, which credentials are how old.

The law of this file: a persistent value, bounded by the rules of a schedule; of credentials there are digests. It is kept only while a rule
remembers (``schedule.Rule.remembers``).
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from immutables import Map

from tapehiss.contracts.authentication import credential_kind
from tapehiss.mocks.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

    from tapehiss.cassettes.exchange import Headers

PATTERNS_MAX = 1000
PARAMETERS_MAX = 1000
"""A query with more of them has none that a rule could mean."""
_KINDS = frozenset({"scheme", "key", "cookie"})


@dataclass(frozen=True, slots=True)
class Past:
    """The calls before this one."""

    calls: int = 0
    """All of them."""
    counts: Map[tuple[str, str], int] = field(default_factory=Map)
    """By ``on`` and ``where``."""
    done: Map[str, int] = field(default_factory=Map)
    """By operations that rules name: the number of the call that carried one out first."""
    begun_at: Map[Hashable, int] = field(default_factory=Map)
    """By rule: the number of the call with which credentials began to expire."""
    credentials: Memory[int] = field(default_factory=Memory)
    """Digest of a credential to the number of the call with which it came first."""
    renewed_at: int = -1
    """The number of the last call with which a new token was asked for and given."""

    def came(self, on: str, where: str) -> int:
        """How many calls of an operation came before."""
        return self.counts.get((on, where), 0)

    def happened(self, on: str) -> bool:
        """Whether such an operation was carried out before."""
        return on in self.done

    def begun(self, rule: Hashable) -> bool:
        """Whether credentials began to expire before."""
        return rule in self.begun_at

    def stale(self, rule: Hashable, credential: int | None, *, renewable: bool) -> bool:
        """Whether a credential was in use when the rule began to strike, or begins it now, and was not renewed since."""
        if credential is None:
            return False
        begun = self.begun_at.get(rule, self.calls)
        first = self.credentials.get(credential, self.calls)
        return first <= begun and not (renewable and self.renewed_at > begun)

    def after(
        self,
        meant: Collection[tuple[str, str]],
        happened: Collection[str],
        expiring: Collection[Hashable],
        credential: int | None,
        *,
        renewed: bool,
    ) -> Past:
        """The past when one more call is in it."""
        counts, done, begun, credentials = self.counts, self.done, self.begun_at, self.credentials
        for each in meant:
            counts = counts.set(each, counts.get(each, 0) + 1)
        for on in happened:
            done = done if on in done else done.set(on, self.calls)
        for rule in expiring if credential is not None else ():
            begun = begun if rule in begun else begun.set(rule, self.calls)
        if credential is not None and credentials.get(credential, -1) < 0:
            credentials = credentials.put(credential, self.calls)
        return Past(self.calls + 1, counts, done, begun, credentials, self.calls if renewed else self.renewed_at)


NOTHING = Past()


def credential_of(headers: Headers, query: str = "") -> int | None:
    """A digest of what a request proves itself with: a token, a key, a session; ``None`` if it has nothing of the kind."""
    told = [f"{name.lower()}: {value}" for name, value in headers if credential_kind(name) in _KINDS]
    told += [f"?{name}: {value}" for name, value in _pairs(query) if credential_kind(name) == "key"]
    if not told:
        return None
    text = "\n".join(sorted(told)).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest())


@functools.lru_cache(maxsize=PATTERNS_MAX)
def where_pattern(where: str) -> Callable[[Headers, str], bool]:
    """Whether a request has a header ``Name: value`` or a parameter ``?name: value``; ``*`` stands for any characters."""
    name, _, value = where.partition(":")
    wanted = re.compile(fnmatch.translate(value.strip().replace("[", "[[]")))
    name = name.strip().lower()

    def meets(headers: Headers, query: str) -> bool:
        pairs = [("?" + each, text) for each, text in _pairs(query)] if name.startswith("?") else headers
        return any(each.lower() == name and wanted.match(text) is not None for each, text in pairs)

    return meets


def _pairs(query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=PARAMETERS_MAX) if query else []
    except ValueError:
        return []
