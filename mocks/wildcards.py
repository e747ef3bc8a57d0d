"""Places where the tapes hold a pseudonym and a client sends its own credential: anything matches there.

Names that always hold credentials are known (``cassettes.secretnames``); for all others the tape itself says where redaction was at
work, because a pseudonym can be recognised without the project's key. The law of this file: a place is wild for one operation only,
so that an ``id`` that is a secret here is still an ``id`` there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.pseudonyms import is_pseudonym
from tapehiss.cassettes.secretnames import Names, Place, Strength
from tapehiss.cassettes.secretshapes import PATTERNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VOLATILE = frozenset(
    [
        "idempotencykey",
        "idempotencytoken",
        "clienttoken",
        "clientrequesttoken",
        "requestid",
        "requesttoken",
        "correlationid",
        "traceid",
        "nonce",
        "oauthnonce",
        "oauthtimestamp",
        "oauthsignature",
        "timestamp",
        "signature",
        "xamzdate",
        "xamzsignature",
        "xamzcredential",
        "xamzsecuritytoken",
        "xamzexpires",
        "xamzsignedheaders",
        "messagededuplicationid",
        "googleaccessid",
        "cachebuster",
    ]
)
"""Fields that clients fill anew for every request; letters and digits only, lower case."""

ANY = "\0any"
"""Stands for a segment of a path that may be anything; no target of HTTP holds a NUL."""
TOKEN_MIN_CHARS = 16
"""Shorter values are looked at only under a name that sounds secret."""
SHORT_MIN_CHARS = 6
SHAPES_MAX = 100
REMEMBERED_MAX_CHARS = 500
"""Longer paths are looked through every time."""
DEPTH_MAX = 64
_NAMES = Names()

Pairs = tuple[tuple[str, str], ...]


def canonical(name: str) -> str:
    """A field's name without case, dashes and underscores."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


@lru_cache(maxsize=4096)
def varies(name: str, place: Place) -> bool:
    """Whether the value of this field is never part of what is asked: it is new every time, or the client's credential."""
    return canonical(name) in VOLATILE or _NAMES.strength(name, place) is Strength.STRONG


@lru_cache(maxsize=4096)
def sounds_secret(name: str, place: Place) -> bool:
    """Whether a value under this name is better not shown."""
    return _NAMES.strength(name, place) is not Strength.NONE


@dataclass(frozen=True, slots=True)
class Wildcards:
    """Where the tapes hold pseudonyms."""

    names: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """``(method, path)`` to names of query parameters and fields."""
    shapes: tuple[tuple[str, ...], ...] = ()
    """Paths as segments, with ``ANY`` for a pseudonym."""
    literal: frozenset[str] = frozenset()
    """Recorded paths that have one of the shapes and hold no pseudonym."""

    def path(self, path: str) -> str:
        """The path with ``ANY`` where a credential stands."""
        if not self.shapes or path in self.literal:
            return path
        segments = path.split("/")
        shape = next((shape for shape in self.shapes if _fits(shape, segments)), None)
        return path if shape is None else "/".join(shape)

    def shown(self, path: str) -> str:
        """The path for a person, with a star where a credential stands: where the tapes have one, and where something looks like one."""
        wild = self.path(path)
        if wild is not path:
            return wild.replace(ANY, "*")
        return _starred(path) if len(path) <= REMEMBERED_MAX_CHARS else _starred.__wrapped__(path)

    def of(self, method: str, path: str) -> frozenset[str]:
        """The names whose values may be anything in this operation."""
        return self.names.get((method, path), frozenset())


@lru_cache(maxsize=16_384)
def _starred(path: str) -> str:
    """The path without what is a credential by its form alone."""
    return _credentials().sub(lambda found: found[0].replace(found[found.lastindex or 0], "*"), path)


@lru_cache(maxsize=1)
def _credentials() -> re.Pattern[str]:
    """Every format of credential that is sure, as one pattern; made when it is first asked for."""
    return re.compile("|".join(f"(?:{each.regex.pattern.decode()})" for each in PATTERNS if each.sure))


def _fits(shape: tuple[str, ...], segments: list[str]) -> bool:
    return len(shape) == len(segments) and all(a in (ANY, b) for a, b in zip(shape, segments, strict=True))


def wildcards_of(requests: Iterable[tuple[str, str, Iterable[tuple[str, Any, Place]]]]) -> Wildcards:
    """The wildcards of some recorded requests: method, path, and every named value with its place."""
    names: dict[tuple[str, str], frozenset[str]] = {}
    shapes: dict[tuple[str, ...], None] = {}
    paths: set[str] = set()
    for method, path, values in requests:
        shape = tuple(ANY if _token(segment) else segment for segment in path.split("/"))
        if ANY in shape and len(shapes) < SHAPES_MAX:
            shapes[shape] = None
        elif ANY not in shape:
            paths.add(path)
        wild = frozenset(name for name, value, place in values if _credential(name, value, place))
        if wild:
            key = (method, "/".join(shape))
            names[key] = names.get(key, frozenset()) | wild
    literal = (path for path in paths if any(_fits(shape, path.split("/")) for shape in shapes))
    return Wildcards(names, tuple(shapes), frozenset(literal))


def _token(segment: str) -> bool:
    """Whether a segment of a path holds a pseudonym, with or without the prefix of a bot's token."""
    return len(segment) >= TOKEN_MIN_CHARS and (_known(segment) or _known(segment.removeprefix("bot")))


def _credential(name: str, value: Any, place: Place) -> bool:
    if not isinstance(value, str) or len(value) < SHORT_MIN_CHARS:
        return False
    return (len(value) >= TOKEN_MIN_CHARS or sounds_secret(name, place)) and _known(value)


@lru_cache(maxsize=65_536)
def _known(value: str) -> bool:
    """Whether this is a pseudonym; a value without letters and digits is none."""
    return any(letter.isalnum() for letter in value) and is_pseudonym(value.encode("utf-8", "surrogatepass"))


def named_values(data: Any, depth: int = DEPTH_MAX) -> Iterator[tuple[str, Any, Place]]:
    """Every named value in JSON data, down to a depth."""
    if isinstance(data, dict) and depth:
        for name, value in data.items():
            yield name, value, Place.FIELD
            yield from named_values(value, depth - 1)
    elif isinstance(data, list) and depth:
        for value in data:
            yield from named_values(value, depth - 1)
