"""What follows a segment, as far as it says how the segment was called: ``/issues/{}/labels`` behind ``/repos/ada``.

Behind values stand other values. Whether a word down there is one is not known yet when the segment is judged, but a word that
only one of several siblings has behind it says nothing about what they have in common: it is taken for a value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tapehiss.contracts.traits import Way

T = TypeVar("T")
Entry = tuple[str, tuple[str, ...], T]
"""Sibling, the steps of a tail, and what was called there."""


def levelled(calls: Mapping[str, Sequence[tuple[Way, T]]]) -> dict[str, list[tuple[Way, T]]]:
    """Sibling -> its calls, with ``{}`` in their tails for words that no other sibling has there."""
    found: dict[str, list[tuple[Way, T]]] = {sibling: [] for sibling in calls}
    for verb in sorted({method for those in calls.values() for (method, _), _ in those}):
        entries = [
            (sibling, tuple(tail.split("/")[1:]), what)
            for sibling, those in calls.items()
            for (method, tail), what in those
            if method == verb
        ]
        for sibling, steps, what in _levelled(entries, (), len(calls)):
            found[sibling].append(((verb, "".join(f"/{step}" for step in steps)), what))
    return found


def _levelled(entries: list[Entry[T]], above: tuple[str, ...], siblings: int) -> Iterator[Entry[T]]:
    """The entries of one level, with the steps that are kept."""
    below: dict[str, list[Entry[T]]] = {}
    for sibling, steps, what in entries:
        if len(steps) == len(above):
            yield sibling, above, what
        else:
            below.setdefault(steps[len(above)], []).append((sibling, steps, what))
    lonely = [step for step, those in below.items() if siblings > 1 and len({sibling for sibling, _, _ in those}) == 1]
    if lonely:
        together = below.get("{}", [])
        together += [entry for step in lonely if step != "{}" for entry in below.pop(step)]
        below["{}"] = together
    for step, those in below.items():
        yield from _levelled(those, (*above, step), siblings)
