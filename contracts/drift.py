"""What changed at a vendor between two contracts, each change decided by its evidence or said to be undecided.

OLD and NEW are compared by the operations that both together prove, so that a word which only one side can tell from an id is the
same operation on both. Every question about them (``changes``) gets an exact chance, and the run decides as many as it can while
the chance of one wrong decision among all of them stays at most ``alpha`` (``statistics.decided``). That holds when without a
change the exchanges of both sides are exchangeable: recorded from the same kind of use. Another kind of use (other objects,
other clients) can look like a change, and no statistics can tell the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.contracts.answer_changes import operation_changes
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conduct import Conduct
from tapehiss.contracts.conduct_changes import origin_changes
from tapehiss.contracts.findings import NOWHERE, Finding, Severity, Witness, gathered
from tapehiss.contracts.grouping import origins
from tapehiss.contracts.statistics import ALPHA, Trial, in_words, thresholds
from tapehiss.contracts.wording import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.changes import Change, Question
    from tapehiss.contracts.evidence import Contract

DECIDED, UNDECIDED = "decided", "undecided"


@dataclass(frozen=True, slots=True)
class Drift:
    """What a comparison found, and how sure it can be."""

    findings: tuple[Finding, ...] = ()
    """The worst first. What is undecided is at most ``info``; its argument ``verdict`` says so."""
    questions: int = 0
    """How many questions were asked."""
    alpha: float = ALPHA
    """The chance that any of the decided findings is none, when nothing changed."""
    operations: tuple[str, ...] = ()
    """The operations that OLD or NEW called."""
    common: int = 0
    """How many operations both called: without one there is nothing that could be compared."""
    old_exchanges: int = 0
    new_exchanges: int = 0

    @property
    def undecided(self) -> int:
        """How many changes were seen for which there is too little evidence."""
        return sum(map(is_undecided, self.findings))


def drift(old: Contract, new: Contract, *, alpha: float = ALPHA, overrides: Iterable[str] = ()) -> Drift:
    """What changed from ``old`` to ``new``; ``alpha`` is the chance of any false alarm in the whole run."""
    both = catalogue(old + new, overrides)
    before, after = both.of(old), both.of(new)
    placed = tuple(_questions(both, before, after))
    tried = [question.trial for _, question in placed if question.trial is not None]
    levels = iter(thresholds(tried, alpha))
    found = [
        _finding(operation, question, next(levels) if question.trial is not None else None)
        for operation, question in placed
    ]
    findings = gathered(each for each in found if each is not None)
    called = tuple(dict.fromkeys(operation for operation, _ in placed if " " in operation))
    common = sum(all(side.evidence(operation).exchanges for side in (before, after)) for operation, _ in both.entries)
    return Drift(findings, len(tried), alpha, called, common, old.exchanges, new.exchanges)


def _questions(both: Catalogue, before: Catalogue, after: Catalogue) -> Iterator[tuple[str, Question]]:
    """Every question with the operation that it is about, or the origin as a whole."""
    for operation, evidence in both.entries:
        for question in operation_changes(evidence, before.evidence(operation), after.evidence(operation)):
            yield str(operation), question
    conducts = [{origin.name: origin.conduct for origin in origins(each.entries)} for each in (before, after)]
    for origin in origins(both.entries):
        was, now = (known.get(origin.name, Conduct()) for known in conducts)
        for question in origin_changes(was, now):
            yield origin.name, question


def _finding(operation: str, question: Question, level: float | None) -> Finding | None:
    change = question.change
    if change is None:
        return None
    if question.trial is None or level is None:
        return _told(operation, change, Severity.INFO, ())
    decided = question.trial.chance <= level
    if not decided and not change.telling:
        return None
    worst = change.worst or RULES[change.id].severity
    return _told(operation, change, worst if decided else Severity.INFO, _proof(question.trial, level, decided=decided))


def _proof(trial: Trial, level: float, *, decided: bool) -> tuple[tuple[str, str], ...]:
    verdict = DECIDED if decided else UNDECIDED
    return (("chance", in_words(trial.chance)), ("level", in_words(level)), ("verdict", verdict))


def _told(operation: str, change: Change, severity: Severity, proof: tuple[tuple[str, str], ...]) -> Finding:
    arguments = (("old", str(change.old)), ("new", str(change.new)), ("was", change.was), ("now", change.now), *proof)
    seen = change.seen
    witness = Witness(seen.tape, seen.line, "") if seen is not None else NOWHERE
    return Finding(
        change.id,
        severity,
        operation,
        change.part,
        change.pointer,
        change.subject,
        arguments,
        witness,
        max(1, change.new.hits),
    )


def is_undecided(finding: Finding) -> bool:
    """Whether there is too little evidence for a finding: no setting makes more of it than a remark."""
    return ("verdict", UNDECIDED) in finding.arguments


def breaking(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Those that break a client which relied on what was recorded."""
    return (finding for finding in findings if finding.severity is Severity.ERROR)
