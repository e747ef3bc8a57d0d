"""A persistent map from numbers to values: ``put`` returns a new one and leaves the old one as it was.

A state is a value, so it must be cheap to change one entry among many: the map is a tuple of small dictionaries, of which one
is copied. Each is bounded, and forgets its oldest entry when it is full.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

V = TypeVar("V")

WIDTH = 256
BUCKET_MAX = 2048
"""Half a million entries in all."""
_EMPTY: Mapping[int, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Memory(Generic[V]):
    """Values by number."""

    buckets: tuple[Mapping[int, V], ...] = field(default=(_EMPTY,) * WIDTH, repr=False)

    def get(self, number: int, default: V) -> V:
        """The value of a number, or ``default`` where none was put."""
        return self.buckets[number % WIDTH].get(number, default)

    def put(self, number: int, value: V) -> Memory[V]:
        """The same memory with this one changed."""
        place = number % WIDTH
        bucket = dict(self.buckets[place])
        bucket[number] = value
        if len(bucket) > BUCKET_MAX:
            del bucket[next(iter(bucket))]
        return Memory((*self.buckets[:place], bucket, *self.buckets[place + 1 :]))
