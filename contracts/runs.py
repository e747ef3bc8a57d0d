"""A run of exchanges against a contract: what is found in all of them, graded by everything that was judged.

An exchange alone is graded by its own evidence (``grading``). Of the hundreds in a run some surprise without a change, so that a
finding has to stand out of the whole run. Three counts decide it, all of exchanges:

- it was seen h times among the m that were judged there, and never among the n that were learnt: without a change all of the h
  fell into the run by chance (``statistics.fisher``), which is m / (n + m) for one that came once;
- wherever else the run could have surprised as much, what was seen exactly once there could have come instead: each such thing
  adds the chance with which it does (Good's argument in ``statistics.novelty``, with all places of a run for one);
- it is never judged harder than the exchange alone.

The sum estimates the chance that a run of an unchanged vendor has any finding as surprising as this one, where the exchanges of both
sides could have been exchanged. (``drift`` asks every question beforehand, so that its bound is exact; here only what was found is.)
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import replace
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.contracts.conformance import Conformance, worst
from tapehiss.contracts.findings import NOWHERE, Finding, Ledger, Severity, Witness, gathered
from tapehiss.contracts.grading import RUN_STRICTER, graded
from tapehiss.contracts.reading import status_of
from tapehiss.contracts.statistics import fisher, in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.counts import Evidence


class Place(NamedTuple):
    """Where a run could surprise."""

    learnt: int
    """In how many exchanges it was learnt."""
    judged: int
    """In how many of the run it was judged."""
    once: int
    """How many things were seen there exactly once."""


class Run:
    """What a run has found so far; ``most`` bounds how many different findings are kept."""

    def __init__(self, judge: Conformance, most: int) -> None:
        self._judge = judge
        self._ledger = Ledger(most)
        self._judged: Counter[tuple[str, int]] = Counter()
        self._crowds: dict[int, _Crowd] = {}

    def add(self, exchange: Exchange, witness: Witness = NOWHERE) -> None:
        """Judge one more exchange."""
        self._ledger.add(self._judge.findings(exchange, witness))
        status = exchange.response.status if exchange.response is not None else 0
        self._judged[self._judge.operation(exchange), status] += 1
        self._crowds.clear()

    @property
    def exchanges(self) -> int:
        """How many were judged."""
        return self._judged.total()

    @property
    def operations(self) -> frozenset[str]:
        """The operations that they called, known or not."""
        return frozenset(line for line, _ in self._judged)

    @property
    def dropped(self) -> int:
        """How many findings came when there were ``most`` different ones."""
        return self._ledger.dropped

    def findings(self) -> tuple[Finding, ...]:
        """Everything that was found, each thing once and the worst first."""
        return gathered(map(self._graded, self._ledger.findings()))

    def _graded(self, finding: Finding) -> Finding:
        said = dict(finding.arguments)
        most = worst(finding.id, finding.part)
        learnt, once = said.get("learnt"), said.get("once")
        if most is Severity.INFO or not isinstance(learnt, int) or not isinstance(once, int):
            return finding
        is_word = finding.id == "value-new"
        alone = self._alone(finding, learnt)
        chance = alone * (1 + once * is_word) + self._crowd(finding.count).below(alone)
        severity = min(finding.severity, graded(most, chance * RUN_STRICTER, words=is_word))
        said["chance"] = in_words(min(1.0, chance))
        return replace(finding, severity=severity, arguments=tuple(said.items()))

    def _alone(self, finding: Finding, learnt: int) -> float:
        """The chance that all exchanges that show a finding are of the run, by what was seen at its place and at its whole part."""
        status = status_of(finding.part.replace("response-headers", "response")) or 0
        part = self._judge.evidence(finding.operation).parts.get(finding.part)
        whole = max(1, learnt, part.exchanges if part is not None else 0)
        judged = (
            sum(count for (line, _), count in self._judged.items() if line == finding.operation)
            if finding.id == "status-unknown"
            else self._judged[finding.operation, status]
        )
        here = min(judged, max(finding.count, -(-judged * learnt // whole)))
        return max(_first_times(finding.count, learnt, here), _first_times(finding.count, whole, judged))

    def _crowd(self, times: int) -> _Crowd:
        """What could have come ``times`` times, anywhere in the run."""
        if times not in self._crowds:
            self._crowds[times] = _Crowd(self._places(), times)
        return self._crowds[times]

    def _places(self) -> Iterator[Place]:
        """Every place of the run at which something was known."""
        for (line, status), judged in self._judged.items():
            if self._judge.knows(line):
                yield from self._of_answers(line, self._judge.evidence(line), status, judged)

    def _of_answers(self, line: str, evidence: Evidence, status: int, judged: int) -> Iterator[Place]:
        for name, part in evidence.parts.items():
            if part.fields and status_of(name.replace("response-headers", "response")) == status:
                yield Place(part.exchanges, judged, self._judge.judge(line, name).once)


class _Crowd:
    """The rare things of a run by the chance with which each comes so often and for the first time."""

    def __init__(self, places: Iterator[Place], times: int) -> None:
        found = sorted((_first_times(times, each.learnt, each.judged), each.once) for each in places if each.once)
        self._chances = [chance for chance, _ in found]
        self._sums = list(accumulate((chance * once for chance, once in found), initial=0.0))

    def below(self, chance: float) -> float:
        """The chance of any that is at least as surprising."""
        return self._sums[bisect_right(self._chances, chance)]


def _first_times(times: int, learnt: int, judged: int) -> float:
    """The chance that a thing which came so many times came in none of those that were learnt; nothing comes more often than judged."""
    return fisher(0, learnt, times, judged).chance if times <= judged else 0.0
