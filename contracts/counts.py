"""What is counted: evidence about one value (Field), one body or parameter list (Part) and one operation (Evidence).

The law of this file: everything adds. ``+`` is associative and commutative, ``Field()``, ``Part()`` and ``Evidence()`` change
nothing, and no addition depends on what was seen first. Bounds keep the law because they keep the *smallest* by a fixed order:
what is kept of a sum was kept in every part of it in which it occurred, so its counts are exact; what is not kept is not known
at all, and ``bounds`` or ``more`` says that something was dropped.

A path is a JSON Pointer (RFC 6901) from the document down, in which ``~*`` stands for every item of an array.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

V = TypeVar("V")
A = TypeVar("A", bound="Adds")


class Adds(Protocol):
    """What can be added to its like."""

    def __add__(self, other: Self, /) -> Self: ...


ITEM = "~*"
"""The step of a path to the items of an array; no member name is written so, because ``~`` is always escaped."""

FIELDS_MAX = 4_000
"""How many paths of one part are kept: the shallowest, then those with the smallest hash."""
DEPTH_MAX = 40
"""How deep a document is looked into; a path this long has no children."""
VALUES_MAX = 24
"""How many different values of one field are kept: those with the smallest hash."""
VALUE_LENGTH_MAX = 100
"""The longest value that is kept, in characters of JSON text."""
PARTS_MAX = 200
"""How many parts (statuses times media types) of one operation are kept."""
REASONS_MAX = 8
"""How many different reasons for an unread body are kept."""


def rank_of_text(text: str) -> tuple[int, str]:
    """The order in which a bounded set of texts keeps them: by a hash that is the same in every process."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")), text


def rank_of_path(path: str) -> tuple[int, int, str]:
    """The order in which paths are kept: a parent always before its children."""
    return (path.count("/"), *rank_of_text(path))


def smallest(
    values: Mapping[str, V], most: int, rank: Callable[[str], Any] = rank_of_text
) -> tuple[Mapping[str, V], bool]:
    """At most ``most`` entries, the first by ``rank``, and whether any had to go."""
    if len(values) <= most:
        return values, False
    return {key: values[key] for key in sorted(values, key=rank)[:most]}, True


def tally(a: Mapping[str, int], b: Mapping[str, int]) -> dict[str, int]:
    """Two tallies as one."""
    return {**a, **{key: a.get(key, 0) + count for key, count in b.items()}}


@dataclass(frozen=True, slots=True)
class Field:
    """Evidence about the values at one path."""

    kinds: Mapping[str, int] = field(default_factory=dict)
    """JSON kind -> how many values were of it: null, boolean, integer, number, string, array, object."""
    exchanges: int = 0
    """In how many exchanges the path occurred."""
    values: Mapping[str, int] = field(default_factory=dict)
    """JSON text of a string or a number -> in how many exchanges it occurred here; at most ``VALUES_MAX``."""
    more: bool = False
    """Whether there were values that are not in ``values``: too many or too long."""

    def __add__(self, other: Field) -> Field:
        values, dropped = smallest(tally(self.values, other.values), VALUES_MAX)
        return Field(
            tally(self.kinds, other.kinds),
            self.exchanges + other.exchanges,
            values,
            self.more or other.more or dropped,
        )

    @property
    def occurrences(self) -> int:
        """How many values were seen here, of any kind."""
        return sum(self.kinds.values())


@dataclass(frozen=True, slots=True)
class Part:
    """Evidence about one body of an operation, by status and media type, or about its parameters."""

    exchanges: int = 0
    """How many exchanges had this part."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """Reason -> how many bodies could not be read because of it."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """Path -> evidence; at most ``FIELDS_MAX``."""
    bounds: frozenset[str] = frozenset()
    """Which bounds were reached: ``fields``, ``depth``, ``reasons``."""

    def __add__(self, other: Part) -> Part:
        fields, fields_dropped = smallest(merged(self.fields, other.fields), FIELDS_MAX, rank_of_path)
        unread, reasons_dropped = smallest(tally(self.unread, other.unread), REASONS_MAX)
        reached = {name for name, hit in (("fields", fields_dropped), ("reasons", reasons_dropped)) if hit}
        return Part(self.exchanges + other.exchanges, unread, fields, self.bounds | other.bounds | reached)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence about one operation."""

    endings: Mapping[str, int] = field(default_factory=dict)
    """How the exchanges ended -> how many did (``tapehiss.cassettes.exchange.Ending``)."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """Name of a part (see ``tapehiss.contracts.reading``) -> its evidence; at most ``PARTS_MAX``."""
    bounds: frozenset[str] = frozenset()
    """Which bounds were reached: ``parts``."""

    def __add__(self, other: Evidence) -> Evidence:
        parts, dropped = smallest(merged(self.parts, other.parts), PARTS_MAX)
        reached = frozenset({"parts"} if dropped else ())
        return Evidence(tally(self.endings, other.endings), parts, self.bounds | other.bounds | reached)

    @property
    def exchanges(self) -> int:
        """How many exchanges of this operation were seen, however they ended."""
        return sum(self.endings.values())


def merged(a: Mapping[str, A], b: Mapping[str, A]) -> Mapping[str, A]:
    """Two mappings as one; where both have a key, their values are added."""
    if not a or not b:
        return a or b
    return {**a, **{key: a[key] + value if key in a else value for key, value in b.items()}}
