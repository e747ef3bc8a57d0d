"""A persistent map from numbers to counts: ``put`` returns a new one and leaves the old one as it was.

A state is a value, so it must be cheap to change one count among many: the map is a tuple of small dictionaries, of which one
is copied. Each is bounded, and forgets its oldest entry when it is full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH = 256
BUCKET_MAX = 2048
"""Half a million counts in all."""
_EMPTY: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts by number; a number that was never put counts 0."""

    buckets: tuple[Mapping[int, int], ...] = field(default=(_EMPTY,) * WIDTH, repr=False)

    def __getitem__(self, number: int) -> int:
        """The count of a number."""
        return self.buckets[number % WIDTH].get(number, 0)

    def put(self, number: int, count: int) -> Counts:
        """The same counts with this one changed."""
        place = number % WIDTH
        bucket = dict(self.buckets[place])
        bucket[number] = count
        if len(bucket) > BUCKET_MAX:
            del bucket[next(iter(bucket))]
        return Counts((*self.buckets[:place], bucket, *self.buckets[place + 1 :]))
