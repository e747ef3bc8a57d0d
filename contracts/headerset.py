"""Headers that came together: one set that accepted calls really had, not one of each kind that any of them had.

Recorders drop headers, but make up none: what a good part of the calls had is taken for how it is done, also where most have
lost it. What excludes each other and is as common is left out: nothing says which of them a first request needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.unions import shape_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from tapehiss.contracts.trees import Node

SHARE_MIN = 0.25
"""Headers that fewer of the calls had together are no part of how it is done."""


def names_together(root: Node, names: Collection[str]) -> list[str]:
    """The headers, of these, of a usual call: those that every call had, then what came with them most often, in the order of names."""
    known = [(shape_of(text).names, count) for text, count in root.seen.shapes.items()]
    least = SHARE_MIN * root.objects
    chosen = {name for name in names if root.members[name].seen.occurrences >= root.objects}
    left = set(names) - chosen
    while left:
        counts = {name: _having(known, {*chosen, name}) for name in left}
        most = max(counts.values())
        best = sorted(name for name in left if counts[name] == most)
        if most < least or not most or _having(known, {*chosen, *best}) < most:
            break
        chosen |= set(best)
        left -= set(best)
    return sorted(chosen)


def _having(known: Sequence[tuple[frozenset[str], int]], names: set[str]) -> int:
    """How many calls had all of these."""
    return sum(count for had, count in known if names <= had)
