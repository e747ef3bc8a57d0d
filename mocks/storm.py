"""The storm: draws schedules, lets a client run through them, and shrinks what breaks a promise to the smallest outage that does.

How a client is run is the caller's affair: ``play`` takes a schedule and gives the case to be judged. While the storm looks, each schedule is
played once: a client that is moody does not confuse the search. What is found counts only when it breaks the same promise in every one of
``REPLAYS`` further runs; what does not is told apart as ``unsure``.
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
    from collections.abc import Collection, Sequence

    from hypothesis.strategies import SearchStrategy

REPLAYS = 3
"""How many further runs have to show the same."""
EXAMPLES = 200
"""How many schedules are tried unless told otherwise."""

Play = Callable[[Schedule], Case]
Ahead = Callable[["Sequence[Schedule]"], "Sequence[Case]"]
"""Plays many schedules, at once if that is faster; the cases come in the same order."""


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
    hurried: bool = False
    """Whether the search ended before everything was as small as it could be."""


class _Broken(Exception):
    """Carries a counterexample through Hypothesis, which tells failures apart by their types: there is one for each promise."""

    def __init__(self, found: Counterexample) -> None:
        super().__init__(found.verdict.promise)
        self.found = found


class _Log:
    """What all runs together have shown; each schedule is looked at once, unless it is to be confirmed."""

    def __init__(self, play: Play, enough: Callable[[], bool]) -> None:
        self._play = play
        self._enough = enough
        self._known: dict[Schedule, Looked] = {}
        self.runs = 0
        self.tested: set[str] = set()
        self.hurried = False

    def learn(self, schedules: Sequence[Schedule], cases: Sequence[Case]) -> None:
        """What was played ahead."""
        for schedule, case in zip(schedules, cases, strict=True):
            self._known[schedule] = self._judged(case)

    def look(self, schedule: Schedule) -> Looked | None:
        """One run, or what it showed before; ``None`` for one that is new when there is no time left."""
        if schedule not in self._known:
            if self._enough():
                self.hurried = True
                return None
            self._known[schedule] = self._judged(self._play(schedule))
        return self._known[schedule]

    def breaks_again(self, found: Counterexample) -> bool:
        """Whether a further run breaks the same promise."""
        return self._judged(self._play(found.schedule))[1][found.verdict.promise].kept is False

    def _judged(self, case: Case) -> Looked:
        verdicts = {verdict.promise: verdict for verdict in judge(case)}
        self.runs += 1
        self.tested.update(name for name, verdict in verdicts.items() if verdict.kept is not None)
        return case, verdicts


Looked = tuple[Case, dict[str, Verdict]]
"""A run: the case, and the verdicts by promise."""


def storm(
    play: Play,
    weather: SearchStrategy[Schedule],
    promises: Collection[str],
    *,
    examples: int = EXAMPLES,
    seed: int = 0,
    first: Sequence[Schedule] = (),
    ahead: Ahead | None = None,
    enough: Callable[[], bool] = lambda: False,
) -> Findings:
    """Look for the smallest schedule that breaks each of the promises.

    ``first`` are schedules that are small already, the simplest first: what breaks under one of them is not searched for. What was found is no
    longer looked for: the storm goes on until all the others have stood as many schedules as are asked for. With ``ahead``
    these are drawn and played before the search begins; when ``enough`` says so, nothing new is tried, and what was found is only confirmed.
    """
    log = _Log(play, enough)
    if ahead is not None:
        drawn = tuple(dict.fromkeys((*first, *_drawn(weather, examples, seed))))
        log.learn(drawn, ahead(drawn))
    wanted = frozenset(promises)
    found = _first(log, first, promises)
    while more := _search(log, weather, [name for name in promises if name not in found], examples, seed):
        found |= {each.verdict.promise: _fewer(log, each) for each in more}
    sure = {name for name, each in found.items() if all(log.breaks_again(each) for _ in range(REPLAYS))}
    order = [name for name in promises if name in found]
    return Findings(
        tuple(found[name] for name in order if name in sure),
        tuple(found[name] for name in order if name not in sure),
        (wanted & log.tested) - found.keys(),
        wanted - log.tested,
        log.runs,
        log.hurried,
    )


def _first(log: _Log, schedules: Sequence[Schedule], promises: Collection[str]) -> dict[str, Counterexample]:
    """What each promise is broken by, the first of these schedules that does."""
    found: dict[str, Counterexample] = {}
    for schedule in schedules:
        case, verdicts = log.look(schedule) or (None, {})
        for name in promises:
            if case is not None and name not in found and verdicts[name].kept is False:
                found[name] = _fewer(log, Counterexample(schedule, verdicts[name], case))
    return found


def _fewer(log: _Log, found: Counterexample) -> Counterexample:
    """The same without the rules that have no part in it: Hypothesis sometimes keeps one that does nothing."""
    for place in reversed(range(len(found.schedule))):
        schedule = found.schedule[:place] + found.schedule[place + 1 :]
        looked = log.look(schedule)
        if looked and (verdict := looked[1][found.verdict.promise]).kept is False:
            found = Counterexample(schedule, verdict, looked[0])
    return found


def _drawn(weather: SearchStrategy[Schedule], examples: int, seed: int) -> tuple[Schedule, ...]:
    """The schedules that a search looks at as long as nothing breaks."""
    drawn: dict[Schedule, None] = {}
    _explore(weather, drawn.setdefault, examples, seed)
    return tuple(drawn)


def _search(
    log: _Log, weather: SearchStrategy[Schedule], promises: Collection[str], examples: int, seed: int
) -> list[Counterexample]:
    kinds = {name: type(f"Broken {name}", (_Broken,), {}) for name in promises}

    def through(schedule: Schedule) -> None:
        looked = log.look(schedule)
        for name, kind in kinds.items() if looked else ():
            if looked and looked[1][name].kept is False:
                raise kind(Counterexample(schedule, looked[1][name], looked[0]))

    try:
        _explore(weather, through, examples, seed)
    except _Broken as one:
        return [one.found]
    except BaseExceptionGroup as several:
        return [each.found for each in several.exceptions if isinstance(each, _Broken)]
    return []


def _explore(weather: SearchStrategy[Schedule], through: Callable[[Schedule], None], examples: int, seed: int) -> None:
    """Show schedules to ``through``; what it raises is shrunk, and raised when it cannot be made smaller."""

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
    def explored(schedule: Schedule) -> None:
        through(schedule)

    explored()
