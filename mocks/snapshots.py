"""Snapshots of sandboxes, by name: everything that decides what they answer, at one moment.

The law of this file: what follows a restore is what followed the snapshot. So the vendor's clock goes back as well, and what was on loan has
as long to go as it had then. The journal is no part of it: it tells what happened.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from tapehiss.mocks.errors import BadSnapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.mocks.sandbox import Loan, Sandbox

T = TypeVar("T")

SNAPSHOTS_MAX = 100
NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Sandboxes as they were."""

    name: str
    taken_s: float
    """Seconds since the mock began."""
    sandboxes: Mapping[str, Sandbox]
    """By key; nobody changes them."""
    whole: bool
    """Whether these were all."""

    def resumed(self, key: str, now_s: float) -> Sandbox:
        """The sandbox of a key as if no time had passed; raises ``BadSnapshot``."""
        sandbox = self.sandboxes.get(key)
        if sandbox is None:
            raise BadSnapshot(f"the snapshot {self.name!r} knows no state {key!r}", remedy="take one of it")
        later_s = now_s - self.taken_s
        resumed = replace(
            sandbox,
            clock=sandbox.clock.showing(sandbox.clock.at(self.taken_s), now_s),
            weather_loan=_later(sandbox.weather_loan, later_s),
            limits_loan=_later(sandbox.limits_loan, later_s),
        )
        resumed.watch()
        return resumed


def _later(loan: Loan[T] | None, later_s: float) -> Loan[T] | None:
    return loan and replace(loan, until_s=loan.until_s + later_s)


class Snapshots:
    """The snapshots of one mock."""

    def __init__(self) -> None:
        self.by_name: dict[str, Snapshot] = {}

    def take(self, name: str, sandboxes: Mapping[str, Sandbox], now_s: float, *, whole: bool) -> Snapshot:
        """Keep these as they are now, in the place of an earlier snapshot of this name; raises ``BadSnapshot``."""
        if not re.fullmatch(NAME, name):
            raise BadSnapshot(f"{name!r} is no name", remedy="use at most 100 letters, digits, dots, dashes")
        if name not in self.by_name and len(self.by_name) >= SNAPSHOTS_MAX:
            raise BadSnapshot(f"there are {SNAPSHOTS_MAX} already", remedy="delete one")
        kept = {key: replace(sandbox) for key, sandbox in sandboxes.items()}
        self.by_name[name] = Snapshot(name, now_s, kept, whole)
        return self.by_name[name]

    def named(self, name: str) -> Snapshot:
        """The snapshot of this name; raises ``BadSnapshot``."""
        if name not in self.by_name:
            raise BadSnapshot(f"no snapshot is called {name!r}", remedy="see which there are")
        return self.by_name[name]

    def drop(self, name: str) -> None:
        """Forget a snapshot; raises ``BadSnapshot``."""
        del self.by_name[self.named(name).name]
