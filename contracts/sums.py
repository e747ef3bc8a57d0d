"""Sums of bounded collections: tallies, mappings of what adds, the smallest by a fixed order, and witnesses.

The law of this file: what is kept of a sum was kept in every part of it in which it occurred, whatever the order and the grouping.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, Self, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

V = TypeVar("V")
A = TypeVar("A", bound="Adds")


class Adds(Protocol):
    """What can be added to its like."""

    def __add__(self, other: Self, /) -> Self: ...


class Seen(NamedTuple):
    """Where and when an exchange stands that is a witness; the earlier one is the smaller one."""

    at_s: float = 0.0
    """Unix time in seconds at which the request began."""
    tape: str = ""
    """File name of the tape; empty when the exchange came from none."""
    line: int = 0
    """Line in the tape, from 1."""


def rank_of_text(text: str) -> tuple[int, str]:
    """The order in which a bounded set of texts keeps them: by a hash that is the same in every process."""
    return zlib.crc32(text.encode("utf-8", "surrogatepass")), text


def smallest(
    values: Mapping[str, V], most: int, rank: Callable[[str], Any] = rank_of_text
) -> tuple[Mapping[str, V], bool]:
    """At most ``most`` entries, the first by ``rank``, and whether any had to go."""
    if len(values) <= most:
        return values, False
    first = _first_by_text(list(values), most) if rank is rank_of_text else sorted(values, key=rank)[:most]
    return {key: values[key] for key in first}, True


def _first_by_text(texts: list[str], most: int) -> list[str]:
    """The first by ``rank_of_text``, ranked all at once."""
    hashes = list(map(zlib.crc32, [text.encode("utf-8", "surrogatepass") for text in texts]))
    return [text for _, text in sorted(zip(hashes, texts, strict=True))[:most]]


def tally(a: Mapping[str, int], b: Mapping[str, int]) -> Mapping[str, int]:
    """Two tallies as one."""
    if not a or not b:
        return a or b
    both = {**a}
    for key, count in b.items():
        both[key] = both.get(key, 0) + count
    return both


def earlier(a: Seen | None, b: Seen | None) -> Seen | None:
    """The first of two witnesses."""
    return min(a, b) if a and b else a or b


def later(a: Seen | None, b: Seen | None) -> Seen | None:
    """The last of two witnesses."""
    return max(a, b) if a and b else a or b


def merged(a: Mapping[str, A], b: Mapping[str, A]) -> Mapping[str, A]:
    """Two mappings as one; where both have a key, their values are added."""
    if not a or not b:
        return a or b
    return {**a, **{key: a[key] + value if key in a else value for key, value in b.items()}}
