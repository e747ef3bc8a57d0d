"""Tagged unions: objects of one place that come in variants, and the member whose value says which.

A tag proves itself by what goes with it: members that are there exactly when the tag has certain values. How likely so clean a
split is when the member has nothing to do with the tag is told by chance alone, and only what is nearly impossible by chance is
stated.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.contracts.counts import REST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tapehiss.contracts.counts import Field

CHANCE_MAX = 1e-4
"""A split of objects by a tag is believed when chance makes one so clean at most this often."""
VARIANTS_MAX = 20
"""A tag with more values is a name or an id."""
VARIANT_SEEN_MIN = 5
"""A variant of fewer objects is not described."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The names of an object's members, and the values of those that could be a tag."""

    names: frozenset[str]
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Variant:
    """What objects with one value of the tag have in common."""

    value: str
    """The tag's value."""
    required: tuple[str, ...]
    """Members that all of them had, and not all others."""
    absent: tuple[str, ...]
    """Members that none of them had, and others did."""
    seen: int
    """How many objects."""


@dataclass(frozen=True, slots=True)
class Union:
    """An object that comes in variants."""

    tag: str
    variants: tuple[Variant, ...]
    others: int
    """How many objects had other values of the tag, too few of each to describe."""


Counted = tuple[Shape, int]


def union_of(seen: Field) -> Union | None:
    """The variants of an object and their tag; ``None`` where no tag proves any, or not every shape is known."""
    shapes = [(shape_of(text), count) for text, count in sorted(seen.shapes.items())]
    if seen.more_shapes or len(shapes) < 2:
        return None
    ranked = sorted((score, tag) for tag in _tags(shapes) if (score := _score(shapes, tag))[0] < 0)
    return _union(shapes, ranked[0][1]) if ranked else None


def shape_of(text: str) -> Shape:
    """The shape that a text stands for (``tapehiss.contracts.shapes``), without the members that are data."""
    members = json.loads(text)
    members.pop(REST, None)
    return Shape(frozenset(members), {name: value for name, value in members.items() if isinstance(value, str)})


def _tags(shapes: Sequence[Counted]) -> set[str]:
    """Members that every object has and that could be a tag."""
    return set.intersection(*(set(shape.tags) for shape, _ in shapes))


def _score(shapes: Sequence[Counted], tag: str) -> tuple[int, float]:
    """How many members the tag decides about, and how unlikely that is; the smallest is the best tag."""
    groups = _groups(shapes, tag)
    if not 2 <= len(groups) <= VARIANTS_MAX:
        return 0, 0.0
    chances = [
        chance for name in _varying(shapes) if (chance := _chance(groups.values(), name)) <= math.log(CHANCE_MAX)
    ]
    return -len(chances), sum(chances)


def _groups(shapes: Iterable[Counted], tag: str) -> dict[str, list[Counted]]:
    found: dict[str, list[Counted]] = {}
    for shape, count in shapes:
        found.setdefault(shape.tags[tag], []).append((shape, count))
    return found


def _varying(shapes: Sequence[Counted]) -> list[str]:
    """Members that some objects have and some have not."""
    every = [shape.names for shape, _ in shapes]
    return sorted(frozenset().union(*every) - frozenset.intersection(*every))


def _chance(groups: Iterable[Sequence[Counted]], name: str) -> float:
    """The logarithm of the chance that a member follows the tag so cleanly by accident; 0 when it does not follow it."""
    had, had_not = 0, 0
    for group in groups:
        present = {name in shape.names for shape, _ in group}
        if len(present) > 1:
            return 0.0
        seen = sum(count for _, count in group)
        had, had_not = (had + seen, had_not) if True in present else (had, had_not + seen)
    rate = had / (had + had_not)
    return had * math.log(rate) + had_not * math.log1p(-rate)


def _union(shapes: Sequence[Counted], tag: str) -> Union:
    groups = _groups(shapes, tag)
    common = frozenset.intersection(*(shape.names for shape, _ in shapes))
    every = frozenset().union(*(shape.names for shape, _ in shapes))
    described = {value: group for value, group in groups.items() if _seen(group) >= VARIANT_SEEN_MIN}
    variants = tuple(_variant(value, group, common, every) for value, group in sorted(described.items()))
    return Union(tag, variants, sum(_seen(group) for value, group in groups.items() if value not in described))


def _seen(group: Iterable[Counted]) -> int:
    return sum(count for _, count in group)


def _variant(value: str, group: Sequence[Counted], common: frozenset[str], every: frozenset[str]) -> Variant:
    always = frozenset.intersection(*(shape.names for shape, _ in group))
    never = every - frozenset().union(*(shape.names for shape, _ in group))
    return Variant(value, tuple(sorted(always - common)), tuple(sorted(never)), _seen(group))
