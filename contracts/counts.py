"""What is counted: evidence about one value (Field), one body or parameter list (Part) and one operation (Evidence).

The law of this file: everything adds. ``+`` is associative and commutative, ``Field()``, ``Part()`` and ``Evidence()`` change
nothing, and no addition depends on what was seen first. Bounds keep the law because they keep the *smallest* by a fixed order:
what is kept of a sum was kept in every part of it in which it occurred, so its counts are exact. What is not kept is summed
(``REST``, ``more_shapes``, ``more_parts``) or it is said that there was more (``more``, ``bounds``); nothing is forgotten silently.

A path is a JSON Pointer (RFC 6901) from the document down, in which ``~*`` stands for every item of an array and ``~+`` for every
member of an object that has no path of its own.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tapehiss.contracts.conduct import Conduct
from tapehiss.contracts.sums import Seen, earlier, later, merged, rank_of_text, smallest, tally

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Evidence", "Field", "Part", "Seen", "merged", "rank_of_path", "rank_of_text", "smallest", "tally"]

ITEM = "~*"
"""The step of a path to the items of an array; no member name is written so, because ``~`` is always escaped."""
REST = "~+"
"""The step of a path to the sum of an object's members that are not told apart: those whose names are ids, dates and the like
(``tapehiss.contracts.names``), and those that the bound of fields does not keep. Of the latter only what stands directly under
the object is summed, nothing below. An exchange counts once for each of the latter, so that ``exchanges`` may be larger here
than the number of exchanges."""

FIELDS_MAX = 4_000
"""How many paths of one part are kept: the shallowest, then those with the smallest hash. Paths that end in ``~+`` come on top:
they are kept with their object."""
DEPTH_MAX = 40
"""How deep a document is looked into; a path this long has no children."""
VALUES_MAX = 24
"""How many different values of one field are kept: those with the smallest hash."""
VALUE_LENGTH_MAX = 100
"""The longest value that is kept, in bytes of JSON text."""
SHAPES_MAX = 32
"""How many different shapes of one object are kept: those with the smallest hash."""
SHAPE_LENGTH_MAX = 2_000
"""The longest shape that is kept, in characters of its text."""
POSITIONS_MAX = 8
"""How many positions of an array are told apart."""
PARTS_MAX = 200
"""How many parts (statuses times media types) of one operation are kept."""
SAMPLES_MAX = 16
"""How many sorts of samples of one part are kept: those with the fewest places, then those with the smallest digest."""
REASONS_MAX = 16
"""How many different reasons for an unread body are kept."""


def rank_of_path(path: str) -> tuple[int, int, str]:
    """The order in which paths are kept: a parent always before its children."""
    return (path.count("/"), *rank_of_text(path))


_NOTHING: Mapping[str, int] = {}


class Field(NamedTuple):
    """Evidence about the values at one path; a tuple, because there are so many."""

    kinds: Mapping[str, int] = _NOTHING
    """JSON kind -> how many values were of it: null, boolean, integer, number, string, array, object."""
    exchanges: int = 0
    """In how many exchanges the path occurred."""
    values: Mapping[str, int] = _NOTHING
    """JSON text of a string or a number -> in how many exchanges it occurred here; at most ``VALUES_MAX``."""
    more: bool = False
    """Whether there were values that are not in ``values``: too many or too long."""
    first: Seen | None = None
    """The earliest exchange in which the path occurred."""
    last: Seen | None = None
    """The latest exchange in which the path occurred."""
    lengths: tuple[int, int] | None = None
    """Shortest and longest string, in code points."""
    sizes: tuple[int, int] | None = None
    """Fewest and most items of an array."""
    numbers: tuple[float, float] | None = None
    """Smallest and largest number; a whole one is an ``int``, however it was written."""
    formats: frozenset[str] | None = None
    """The formats (``tapehiss.contracts.formats``) that every string has; ``None`` when there was no string."""
    shapes: Mapping[str, int] = _NOTHING
    """Shape of an object (``tapehiss.contracts.shapes``) -> how many objects had it; at most ``SHAPES_MAX``."""
    more_shapes: int = 0
    """How many objects had a shape that is not in ``shapes``."""
    positions: tuple[Mapping[str, int], ...] = ()
    """For each of an array's first ``POSITIONS_MAX`` positions: JSON kind -> how many items there were of it."""
    booleans: Mapping[str, int] = _NOTHING
    """``true`` or ``false`` -> how many values were so; fewer than ``kinds`` tells of where an older contract was added."""

    def __add__(self, other: Field) -> Field:  # type: ignore[override]
        values, dropped = smallest(tally(self.values, other.values), VALUES_MAX)
        shapes, lost = (
            added_shapes(self.shapes, other.shapes)
            if self.shapes and other.shapes
            else (self.shapes or other.shapes, 0)
        )
        return Field(
            tally(self.kinds, other.kinds),
            self.exchanges + other.exchanges,
            values,
            self.more or other.more or dropped,
            earlier(self.first, other.first),
            later(self.last, other.last),
            _span(self.lengths, other.lengths),
            _span(self.sizes, other.sizes),
            _span(self.numbers, other.numbers),
            _shared(self.formats, other.formats),
            shapes,
            self.more_shapes + other.more_shapes + lost,
            _placed(self.positions, other.positions)
            if self.positions and other.positions
            else self.positions or other.positions,
            tally(self.booleans, other.booleans),
        )

    @property
    def occurrences(self) -> int:
        """How many values were seen here, of any kind."""
        return sum(self.kinds.values())


def added_shapes(a: Mapping[str, int], b: Mapping[str, int]) -> tuple[Mapping[str, int], int]:
    """Two tallies of shapes as one within its bound, and how many objects are not in it any more."""
    both = tally(a, b)
    kept, dropped = smallest(both, SHAPES_MAX)
    return kept, sum(both.values()) - sum(kept.values()) if dropped else 0


N = TypeVar("N", int, float)


def _span(a: tuple[N, N] | None, b: tuple[N, N] | None) -> tuple[N, N] | None:
    """The span of two spans."""
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


def _shared(a: frozenset[str] | None, b: frozenset[str] | None) -> frozenset[str] | None:
    return (b if a is None else a) if a is None or b is None else a & b


def _placed(a: tuple[Mapping[str, int], ...], b: tuple[Mapping[str, int], ...]) -> tuple[Mapping[str, int], ...]:
    """Kinds by position, of both."""
    if len(a) < len(b):
        a, b = b, a
    return (*map(tally, a, b), *a[len(b) :])


class Sample(NamedTuple):
    """Documents of one sort (``tapehiss.contracts.samples``) that were sent as a whole."""

    seen: int
    """How many there were that are not too long."""
    text: str
    """That with the fewest empty texts, then the shortest: JSON with sorted names."""

    def __add__(self, other: Sample) -> Sample:  # type: ignore[override]
        return Sample(self.seen + other.seen, min(self.text, other.text, key=_rank_of_sample))

    @property
    def document(self) -> Any:
        """The document itself."""
        return json.loads(self.text)


def _rank_of_sample(text: str) -> tuple[int, int, str]:
    return text.count('""'), len(text), text


def bounded_samples(samples: Mapping[str, Sample]) -> Mapping[str, Sample]:
    """The samples that are kept."""
    return smallest(samples, SAMPLES_MAX, str)[0]


@dataclass(frozen=True, slots=True)
class Part:
    """Evidence about one body of an operation, by status and media type, or about its parameters or headers."""

    exchanges: int = 0
    """How many exchanges had this part."""
    unread: Mapping[str, int] = field(default_factory=dict)
    """Reason -> how many bodies could not be read because of it."""
    fields: Mapping[str, Field] = field(default_factory=dict)
    """Path -> evidence; at most ``FIELDS_MAX`` and the rests of them."""
    bounds: frozenset[str] = frozenset()
    """Which bounds were reached: ``fields``, ``depth``, ``reasons``."""
    first: Seen | None = None
    """The earliest exchange that had this part."""
    last: Seen | None = None
    """The latest exchange that had this part."""
    samples: Mapping[str, Sample] = field(default_factory=dict)
    """Sort of a document -> a document as it was sent (``tapehiss.contracts.samples``); only of request bodies."""

    def __add__(self, other: Part) -> Part:
        fields, fields_dropped = bounded_fields(merged(self.fields, other.fields))
        unread, reasons_dropped = smallest(tally(self.unread, other.unread), REASONS_MAX)
        reached = {name for name, hit in (("fields", fields_dropped), ("reasons", reasons_dropped)) if hit}
        return Part(
            self.exchanges + other.exchanges,
            unread,
            fields,
            self.bounds | other.bounds | reached,
            earlier(self.first, other.first),
            later(self.last, other.last),
            bounded_samples(merged(self.samples, other.samples)),
        )


def bounded_fields(fields: Mapping[str, Field]) -> tuple[Mapping[str, Field], bool]:
    """The paths that are kept, and whether any had to go: what stood directly under a kept object is in its ``REST`` then."""
    if len(fields) <= FIELDS_MAX:
        return fields, False
    named = [path for path in fields if not path.endswith(f"/{REST}")]
    if len(named) <= FIELDS_MAX:
        return fields, False
    named.sort(key=rank_of_path)
    kept = {path: fields[path] for path in named[:FIELDS_MAX]}
    for path in sorted((path for path in fields if path.endswith(f"/{REST}")), key=len):
        if path.rpartition("/")[0] in kept:
            kept[path] = fields[path]
    for path in named[FIELDS_MAX:]:
        parent, _, step = path.rpartition("/")
        if parent in kept and step != ITEM:
            rest = f"{parent}/{REST}"
            kept[rest] = kept.get(rest, Field()) + fields[path]
    return kept, True


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence about one operation."""

    endings: Mapping[str, int] = field(default_factory=dict)
    """How the exchanges ended -> how many did (``tapehiss.cassettes.exchange.Ending``)."""
    parts: Mapping[str, Part] = field(default_factory=dict)
    """Name of a part (see ``tapehiss.contracts.reading``) -> its evidence; at most ``PARTS_MAX``."""
    bounds: frozenset[str] = frozenset()
    """Which bounds were reached: ``parts``."""
    conduct: Conduct = field(default_factory=Conduct)
    """How the vendor behaved: latency, quotas, signs of authentication, paging and the like."""
    first: Seen | None = None
    """The earliest exchange, however it ended."""
    last: Seen | None = None
    """The latest exchange, however it ended."""
    more_parts: int = 0
    """How many exchanges the parts had that are not in ``parts``."""

    def __add__(self, other: Evidence) -> Evidence:
        both = merged(self.parts, other.parts)
        parts, dropped = smallest(both, PARTS_MAX)
        lost = sum(part.exchanges for name, part in both.items() if name not in parts) if dropped else 0
        return Evidence(
            tally(self.endings, other.endings),
            parts,
            self.bounds | other.bounds | frozenset({"parts"} if dropped else ()),
            self.conduct + other.conduct,
            earlier(self.first, other.first),
            later(self.last, other.last),
            self.more_parts + other.more_parts + lost,
        )

    @property
    def exchanges(self) -> int:
        """How many exchanges of this operation were seen, however they ended."""
        return sum(self.endings.values())
