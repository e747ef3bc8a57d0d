"""A command, the vendor that it meets in a storm, and what is demanded of it: what plays schedules for the search.

A command that does nothing in fair weather, or fails there, is refused: of it a storm would tell nothing.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from tapehiss.mocks.contestant import URL, VARIABLE, at_once
from tapehiss.mocks.errors import BadCommand
from tapehiss.mocks.judge import Case, stable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tapehiss.mocks.contestant import Contestant, Run
    from tapehiss.mocks.judge import Terms
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.trace import Trace
    from tapehiss.mocks.vendor import Vendor

MISSED_MAX = 3
"""So many requests that are on no tape are named where a command fails."""


@dataclass
class Arena:
    """A command, the vendor that it meets, and what is demanded of it."""

    vendor: Vendor
    contestant: Contestant
    terms: Terms
    seed: int
    most: float = 1.0
    """The largest amplification."""
    planned: int = 0
    reached: int = 0
    """How many rules struck, of all that were planned."""
    missed: dict[str, None] = field(default_factory=dict)

    def run(self, schedule: Schedule = ()) -> Run:
        """One run in this weather."""
        return self.contestant.run(replace(self.vendor, schedule=schedule, seed=self.seed))

    @cached_property
    def fair(self) -> Trace:
        """What the command does when nothing goes wrong; raises ``BadCommand`` if that is nothing, or goes wrong."""
        one, other = self.run(), self.run()
        for run in (one, other):
            check_fair(run, self.contestant)
        return stable(one.trace, other.trace)

    @property
    def operations(self) -> tuple[str, ...]:
        """What the command asks in fair weather, in its order, as rules name it; anything, if that is another thing each time."""
        called = dict.fromkeys(attempt.operation for attempt in self.fair.attempts)
        return tuple(dict.fromkeys(re.sub(r"\{[^}]*\}", "*", operation) for operation in called)) or ("*",)

    def case(self, schedule: Schedule, run: Run) -> Case:
        """What is to be judged."""
        self.planned += len(schedule)
        self.reached += len(run.struck & set(schedule))
        self.most = max(self.most, len(run.trace.attempts) / max(len(self.fair.attempts), 1))
        self.missed |= dict.fromkeys(run.missed)
        return Case(self.fair, run.trace, self.terms)

    def play(self, schedule: Schedule) -> Case:
        """One run, to be judged."""
        return self.case(schedule, self.run(schedule))

    def many(
        self,
        schedules: Sequence[Schedule],
        count: int,
        shown: Callable[[Iterable[Run]], Iterable[Run]] = lambda runs: runs,
    ) -> Sequence[Case]:
        """Many runs, so many at a time; ``shown`` sees them pass."""
        runs = shown(at_once(self.run, schedules, count, self.contestant.leave))
        return [self.case(schedule, run) for schedule, run in zip(schedules, runs, strict=True)]


def check_fair(run: Run, contestant: Contestant) -> None:
    """Raise ``BadCommand`` unless the command does something in fair weather, and succeeds."""
    command = shlex.join(contestant.command)
    ended = f"ended with exit code {run.exit_code}"
    if run.stopped:
        ended = f"did not end within {contestant.deadline_s:g} s"
    if not run.trace.attempts:
        remedy = f"let it ask {URL}, or the URL in {VARIABLE}"
        raise BadCommand(f"it never asked the mock, and {ended}{_said(run)}", command, remedy)
    missed = f" ({'; '.join(run.missed[:MISSED_MAX])})" if run.missed else ""
    if run.stopped:
        raise BadCommand(f"in fair weather it {ended}{missed}", command, "give it more time, or a command that ends")
    if run.exit_code:
        remedy = "record what it asks, too" if missed else "make it succeed before it meets a storm"
        raise BadCommand(f"in fair weather it {ended}{missed}{_said(run)}", command, remedy)


def _said(run: Run) -> str:
    lines = [line for line in (run.stderr or run.stdout).splitlines() if line.strip()]
    return f": {lines[-1].strip()}" if lines else ""
