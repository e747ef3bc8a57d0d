"""What clients created, changed and deleted at the mock: a small world over the tapes.

The law of this file: a persistent value. To a client it is a dictionary of resources by collection and identifier; it is bounded, and
forgets the oldest half of a collection that is full, and the half of too many collections in which nothing new came for longest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from immutables import Map

HELD_MAX = 10_000
"""Resources of one collection."""
COLLECTIONS_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Holding:
    """One resource."""

    entity: dict[str, Any] | None
    """``None`` once it was deleted."""
    order: int
    """Grows with every resource that is held anew; a change keeps it."""
    created: bool
    """Whether a client created it; else the tapes know it, and a client changed or deleted it."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """Resources by collection (its URL without a query) and identifier."""

    collections: Map[str, Map[str, Holding]] = field(default_factory=Map)
    count: int = 0
    """How many resources were ever held."""

    def __bool__(self) -> bool:
        return bool(self.collections)

    def get(self, collection: str, name: str) -> Holding | None:
        """The resource, if it is held; a deleted one is."""
        return self.collections.get(collection, _NONE).get(name)

    def of(self, collection: str) -> tuple[tuple[str, Holding], ...]:
        """Everything that is held of a collection, in the order in which it came."""
        return tuple(sorted(self.collections.get(collection, _NONE).items(), key=lambda pair: pair[1].order))

    def put(self, collection: str, name: str, entity: dict[str, Any] | None, *, created: bool = False) -> Holdings:
        """The same with this resource as it is now; ``None`` deletes it."""
        held = self.collections.get(collection, _NONE)
        known = held.get(name)
        if known is not None and known.entity is not None:
            holding = Holding(entity, known.order, known.created)
        else:
            holding = Holding(entity, self.count, created or (known is not None and known.created))
        changed = _bounded(held.set(name, holding))
        return Holdings(_latest(self.collections.set(collection, changed)), self.count + 1)


_NONE: Map[str, Holding] = Map()
NOTHING = Holdings()


def _latest(collections: Map[str, Map[str, Holding]]) -> Map[str, Map[str, Holding]]:
    if len(collections) <= COLLECTIONS_MAX:
        return collections
    latest = {name: max(each.order for each in held.values()) for name, held in collections.items()}
    kept = sorted(collections.items(), key=lambda pair: -latest[pair[0]])[: COLLECTIONS_MAX // 2]
    return Map(kept)


def _bounded(held: Map[str, Holding]) -> Map[str, Holding]:
    if len(held) <= HELD_MAX:
        return held
    kept = sorted(held.items(), key=lambda pair: -pair[1].order)[: HELD_MAX // 2]
    return Map(kept)
