"""The storm: draws schedules, lets a client run through them, and shrinks what breaks a promise to the smallest outage that does.

How a client is run is the caller's affair: ``play`` takes a schedule and gives the case to be judged. What is found counts only when it breaks
the same promise in every one of ``REPLAYS`` further runs; what does not is told apart as ``unsure``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import seed as seeded

from tapehiss.mocks.judge import Case, Verdict, judge
from tapehiss.mocks.schedule import Schedule

if TYPE_CHECKING:
    from collections.abc import Collection

    from hypothesis.strategies import SearchStrategy

REPLAYS = 3
"""How many further runs have to show the same."""
EXAMPLES = 200
"""How many schedules are tried unless told otherwise."""

Play = Callable[[Schedule], Case]


@dataclass(frozen=True, slots=True)
class Counterexample:
    """The smallest schedule under which a promise was broken, and the run that shows it."""

    schedule: Schedule
    verdict: Verdict
    case: Case


@dataclass(frozen=True, slots=True)
class Findings:
    """What a storm brought to light."""

    broken: tuple[Counterexample, ...] = ()
    unsure: tuple[Counterexample, ...] = ()
    """Seen once, and not in every replay."""
    kept: frozenset[str] = frozenset()
    """Promises that were put to the test and never broken."""
    unseen: frozenset[str] = frozenset()
    """Promises about which nothing happened."""
    runs: int = 0


class _Broken(Exception):
    """Carries a counterexample through Hypothesis, which tells failures apart by their types: there is one for each promise."""

    def __init__(self, found: Counterexample) -> None:
        super().__init__(found.verdict.promise)
        self.found = found


class _Log:
    """What all runs together have shown."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.runs = 0
        self.tested: set[str] = set()

    def run(self, schedule: Schedule) -> tuple[Case, dict[str, Verdict]]:
        """One run: the case, and the verdicts by promise."""
        case = self._play(schedule)
        verdicts = {verdict.promise: verdict for verdict in judge(case)}
        self.runs += 1
        self.tested.update(name for name, verdict in verdicts.items() if verdict.kept is not None)
        return case, verdicts


def storm(
    play: Play,
    weather: SearchStrategy[Schedule],
    promises: Collection[str],
    *,
    examples: int = EXAMPLES,
    seed: int = 0,
) -> Findings:
    """Look for the smallest schedule that breaks each of the promises.

    What was found is no longer looked for: the storm goes on until all the others have stood as many schedules as are asked for.
    """
    log = _Log(play)
    wanted = frozenset(promises)
    found: dict[str, Counterexample] = {}
    while more := _search(log, weather, [name for name in promises if name not in found], examples, seed):
        found |= {each.verdict.promise: _fewer(log, each) for each in more}
    sure = {name: each for name, each in found.items() if all(_again(log, each) for _ in range(REPLAYS))}
    order = [name for name in promises if name in found]
    return Findings(
        tuple(found[name] for name in order if name in sure),
        tuple(found[name] for name in order if name not in sure),
        (wanted & log.tested) - found.keys(),
        wanted - log.tested,
        log.runs,
    )


def _fewer(log: _Log, found: Counterexample) -> Counterexample:
    """The same without the rules that have no part in it: Hypothesis sometimes keeps one that does nothing."""
    for place in reversed(range(len(found.schedule))):
        schedule = found.schedule[:place] + found.schedule[place + 1 :]
        case, verdicts = log.run(schedule)
        if (verdict := verdicts[found.verdict.promise]).kept is False:
            found = Counterexample(schedule, verdict, case)
    return found


def _again(log: _Log, found: Counterexample) -> bool:
    return log.run(found.schedule)[1][found.verdict.promise].kept is False


def _search(
    log: _Log, weather: SearchStrategy[Schedule], promises: Collection[str], examples: int, seed: int
) -> list[Counterexample]:
    kinds = {name: type(f"Broken {name}", (_Broken,), {}) for name in promises}

    @seeded(seed)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=True,
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    @given(weather)
    def through(schedule: Schedule) -> None:
        case, verdicts = log.run(schedule)
        for name, kind in kinds.items():
            if verdicts[name].kept is False:
                raise kind(Counterexample(schedule, verdicts[name], case))

    try:
        through()
    except _Broken as one:
        return [one.found]
    except BaseExceptionGroup as several:
        return [each.found for each in several.exceptions if isinstance(each, _Broken)]
    return []
