"""A persistent map from numbers to values: ``put`` returns a new one and leaves the old one as it was.

A state is a value, so it must be cheap to change one entry among many: below it are hash tries, which share what did not change. It
is bounded by generations: when the young one is full it becomes the old one, and the old one before it is forgotten, so that
at least ``GENERATION_MAX`` of the latest numbers are known at any time.
"""

from __future__ import annotations

from typing import Generic, NamedTuple, TypeVar

from immutables import Map

V = TypeVar("V")

GENERATION_MAX = 250_000


class Memory(NamedTuple, Generic[V]):
    """Values by number. A tuple, because it is made anew several times for every request."""

    young: Map[int, V] = Map()
    old: Map[int, V] = Map()

    def get(self, number: int, default: V) -> V:
        """The value of a number, or ``default`` where none was put."""
        found = self.young.get(number, default)
        return self.old.get(number, default) if found is default and self.old else found

    def put(self, number: int, value: V) -> Memory[V]:
        """The same memory with this one changed."""
        young = self.young.set(number, value)
        return Memory(young, self.old) if len(young) < GENERATION_MAX else Memory(Map(), young)
