"""Tapes read again while a mock runs: which vendor answers from then on, and what of its memory still means the same.

What was set stays as it is: schedule, limits, seed. Memory speaks of recordings by number. If every recording still has its number (a tape that
grew), all of it stays; if not, what was played, which identifiers stand for which, and the keys are forgotten. Limits, attempts and the
ledger of what was done count requests, not recordings: they always stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tapehiss.mocks.vendor import State

if TYPE_CHECKING:
    from tapehiss.mocks.index import Index
    from tapehiss.mocks.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Renewal:
    """What became of tapes that were read again."""

    before: int
    """Recordings that were played before."""
    after: int
    """Recordings that are played from now on."""
    kept: bool
    """Whether every recording still has its number, so that each request goes on in its sequence."""

    def __str__(self) -> str:
        """In one line."""
        change = f"{self.before} recordings before, {self.after} now"
        return change if self.kept else f"{change}; sequences, identifiers and keys begin anew"


def following(vendor: Vendor, read: Vendor) -> Vendor:
    """The vendor on other tapes, under the same weather, limits and clock."""
    return replace(
        read,
        schedule=vendor.schedule,
        seed=vendor.seed,
        latency=vendor.latency,
        limits=vendor.limits,
        unix_s=vendor.unix_s,
        customs=vendor.customs,
    )


def remembered(state: State, *, kept: bool) -> State:
    """What a state still means; cursors only save looking, and groups have other numbers now."""
    fresh = State()
    state = state._replace(cursors=fresh.cursors)
    return state if kept else state._replace(played=fresh.played, bindings=fresh.bindings, keys=fresh.keys)


def continues(old: Index, new: Index) -> bool:
    """Whether every recording is still there under its number."""
    return new.recordings[: len(old.recordings)] == old.recordings
