"""A change between two contracts, and the question whose answer it is.

A *question* asks whether something happens more often in NEW than in OLD, and is put to the counts of exchanges by an exact
test. Every question that can be asked of both contracts together is asked, so that the error bound of a run covers them all; a
question whose answer would be worth telling carries its ``Change``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import TYPE_CHECKING

from tapehiss.contracts.counts import ITEM, REST
from tapehiss.contracts.statistics import Trial, fisher, one_way

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.counts import Field, Seen
    from tapehiss.contracts.findings import Severity


@dataclass(frozen=True, slots=True)
class Count:
    """In how many exchanges a thing was seen, of how many that could have shown it."""

    hits: int
    of: int

    def __str__(self) -> str:
        return f"{self.hits} of {self.of}"

    @property
    def misses(self) -> Count:
        """The exchanges that did not show it."""
        return Count(self.of - self.hits, self.of)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is otherwise in NEW than in OLD, at a place."""

    id: str
    """A row of ``tapehiss.contracts.wording.DRIFT``."""
    old: Count
    new: Count
    part: str = ""
    pointer: str = ""
    subject: str = ""
    was: str = ""
    """How it was, in a few words, for the prose."""
    now: str = ""
    seen: Seen | None = None
    """An exchange that shows how it is now; of OLD when something is gone."""
    worst: Severity | None = None
    """The severity if it is decided, where it is less than the row's."""
    telling: bool = True
    """Whether it is worth telling though it is undecided."""


@dataclass(frozen=True, slots=True)
class Question:
    """Whether something happens more often in NEW; ``trial`` is ``None`` for what breaks nobody and needs no proof."""

    trial: Trial | None
    change: Change | None = None


def asked(old: Count, new: Count, change: Change | None, most: Count | None = None) -> Question:
    """The question whether the share of hits has grown, with what is to be told if it has.

    Where hits or exchanges are only lower bounds, ``most`` is what they can be at most, of both sides together: the question
    counts among those that can be decided whenever it can be, however the exchanges were dealt.
    """
    trial = fisher(old.hits, old.of, new.hits, new.of)
    if most is not None:
        trial = Trial(trial.chance, min(trial.chance, one_way(min(most.hits, most.of // 2), most.of)))
    return Question(trial, change)


def exchanges_with(seen: Field, values: int, room: float = inf) -> Count:
    """In how many exchanges at least so many of a field's values must lie, of how many.

    Several values of one exchange (the items of a page) are one witness. When one exchange has ``room`` for them all, one is all
    that is certain; it never has room for more than are left beyond one for each of the others.
    """
    room = max(1, min(room, seen.occurrences - seen.exchanges + 1))
    hits = seen.exchanges if values == seen.occurrences else ceil(values / room)
    return Count(min(hits, seen.exchanges), seen.exchanges)


def rooms(fields: Mapping[str, Field]) -> dict[str, float]:
    """Path -> the most values that one exchange can have there: the longest arrays above it, multiplied."""
    found: dict[str, float] = {}
    for path in sorted(fields, key=lambda path: path.count("/")):
        parent, _, step = path.rpartition("/")
        if not path:
            found[path] = 1.0 if fields[path].occurrences == fields[path].exchanges else inf
        elif step == ITEM:
            sizes = fields[parent].sizes if parent in fields else None
            found[path] = found[parent] * sizes[1] if sizes else inf
        else:
            found[path] = inf if step == REST else found.get(parent, inf)
    return found
