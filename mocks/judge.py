"""The judge: which promises a client kept in a storm, from what passed over the wire alone.

The law of this file: pure, and in doubt for the client. A run in fair weather says what the client means to do; a run in a storm is held against
it. Of a promise about which nothing happened it is said that it was not seen, never that it was kept.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from tapehiss.mocks.promises import PROMISES
from tapehiss.mocks.trace import REFUSAL, Attempt, Fate, Trace

Argument = str | int | float
Found = tuple[tuple[int, ...], dict[str, Argument]]
"""The attempts that show it, and what the words need."""
HASTE = 3
"""So many pauses in a row are looked at together: a single one may be short by chance where pauses are drawn."""
OPEN_REFUSALS = frozenset({401, 404, 408, 409, 423, 425, 429})
"""Refusals that a client may answer by asking again: with a new token, or later."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is demanded of a client where a promise has a number in it."""

    idempotent: frozenset[str] = frozenset()
    """Methods of which the vendor promises that twice is once."""
    attempts_max: int = 12
    amplification_max: float = 12.0
    deadline_s: float = math.inf
    """Seconds after which the client must have ended."""
    tolerance_s: float = 0.05
    """By how much a time may be missed: clocks are read at different ends of a wire."""
    pauses_min_s: float = 0.05
    """How long ``HASTE`` pauses take at least, together."""
    turned_away_max: int = 1
    """So many refusals of one call that ask for a short wait must be survived."""
    patience_s: float = 10.0
    """A longer wait than this may be a reason to give up."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one promise in one run."""

    promise: str
    kept: bool | None
    """``None`` where nothing happened by which it could be judged."""
    attempts: tuple[int, ...] = ()
    """Which attempts show it, counted from 0."""
    arguments: tuple[tuple[str, Argument], ...] = ()

    def __str__(self) -> str:
        """What broke it, or what the promise says."""
        row = PROMISES[self.promise]
        return row.broken.format(**dict(self.arguments)) if self.kept is False else row.says


@dataclass(frozen=True)
class Case:
    """A run in a storm, the same client's run in fair weather, and what is demanded."""

    fair: Trace
    run: Trace
    terms: Terms = Terms()

    @cached_property
    def calls(self) -> Mapping[int, tuple[tuple[int, Attempt], ...]]:
        """The attempts of each call, numbered, in their order."""
        found: dict[int, list[tuple[int, Attempt]]] = defaultdict(list)
        for number, attempt in enumerate(self.run.attempts):
            found[attempt.call].append((number, attempt))
        return {call: tuple(attempts) for call, attempts in found.items()}

    @property
    def in_time(self) -> bool:
        """Whether the client ended before its deadline; one that did not may have been stopped, and nobody knows what it would have done."""
        return self.run.end.at_s <= self.terms.deadline_s + self.terms.tolerance_s

    @cached_property
    def _meant(self) -> Counter[int]:
        return Counter(attempt.call for attempt in self.fair.attempts)

    def meant(self, call: int) -> int:
        """How many times the client means to make a call; one that it makes in storms only is meant once."""
        return self._meant[call] or 1

    def counts_twice(self, attempt: Attempt) -> bool:
        """Whether a request that is carried out twice does more than one that is carried out once."""
        return attempt.writes and attempt.operation.partition(" ")[0] not in self.terms.idempotent

    def surplus(self, call: int) -> Iterator[tuple[int, list[Attempt]]]:
        """Attempts of a call that come after it was, or may have been, done as often as meant; each with those before it."""
        left, before = self.meant(call), list[Attempt]()
        for number, attempt in self.calls[call]:
            if left <= 0:
                yield number, before
            left -= attempt.fate is not Fate.NOT_PROCESSED
            before.append(attempt)


def judge(case: Case) -> tuple[Verdict, ...]:
    """A verdict on every promise, in the order of the table."""
    return tuple(JUDGES[name](case, name) for name in PROMISES)


def broken(verdicts: tuple[Verdict, ...]) -> tuple[Verdict, ...]:
    """Those that say that a promise was broken."""
    return tuple(verdict for verdict in verdicts if verdict.kept is False)


def stable(one: Trace, other: Trace) -> Trace:
    """What two runs in fair weather have in common: what a client makes up anew each time cannot be expected of it."""
    common = Counter(attempt.call for attempt in one.attempts) & Counter(attempt.call for attempt in other.attempts)
    kept = []
    for attempt in one.attempts:
        if common[attempt.call] > 0:
            common[attempt.call] -= 1
            kept.append(attempt)
    return Trace(tuple(kept), one.end)


Judge = Callable[[Case, str], Verdict]
Look = Callable[[Case], tuple[bool, Iterator[Found]]]
"""Whether anything happened by which the promise can be judged, and what broke it."""


def _judging(look: Look) -> Judge:
    def judged(case: Case, name: str) -> Verdict:
        seen, breaches = look(case)
        first = next(breaches, None)
        if first is None:
            return Verdict(name, True if seen else None)
        return Verdict(name, False, first[0], tuple(sorted(first[1].items())))

    return judged


def _found(numbers: Iterable[int], **told: Argument) -> Found:
    return tuple(numbers), told


def _numbers(attempts: Iterable[tuple[int, Attempt]]) -> Iterator[int]:
    return (number for number, _ in attempts)


def times(count: int) -> str:
    """How often, in words."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _unsafe(case: Case) -> tuple[bool, Iterator[Found]]:
    bare = {
        call: attempts
        for call, attempts in case.calls.items()
        if case.counts_twice(attempts[0][1]) and not any(attempt.key for _, attempt in attempts)
    }
    seen = any(attempt.fate is Fate.AMBIGUOUS for attempts in bare.values() for _, attempt in attempts)
    return seen, _resent(case, tuple(bare), lambda attempt: attempt.fate is Fate.AMBIGUOUS)


def _resent(case: Case, calls: tuple[int, ...], reason: Callable[[Attempt], bool]) -> Iterator[Found]:
    """Calls that were made again beyond what was meant, after an attempt that is a reason not to."""
    for call in calls:
        again = [(number, [each for each in before if reason(each)]) for number, before in case.surplus(call)]
        wrong = [number for number, reasons in again if reasons]
        if wrong:
            cause = next(number for number, attempt in case.calls[call] if reason(attempt))
            attempt = case.run.attempts[cause]
            again_said, status = times(len(wrong)), attempt.status or 0
            yield _found((cause, *wrong), operation=attempt.operation, again=again_said, status=status)


def _refused(case: Case) -> tuple[bool, Iterator[Found]]:
    seen = any(map(_final, case.run.attempts))
    return seen, _resent(case, tuple(case.calls), _final)


def _final(attempt: Attempt) -> bool:
    status = attempt.status or 0
    return attempt.fate is Fate.DONE and status >= REFUSAL and status not in OPEN_REFUSALS


def _forbidden(case: Case) -> tuple[bool, Iterator[Found]]:
    followed = {
        first: attempt
        for attempts in case.calls.values()
        for (first, attempt), _ in pairwise(attempts)
        if attempt.forbidden and len(attempts) > case.meant(attempt.call)
    }
    found = (_found((number,), operation=each.operation) for number, each in followed.items())
    return any(attempt.forbidden for attempt in case.run.attempts), found


def _effects(case: Case) -> tuple[bool, Iterator[Found]]:
    wanted = Counter(each.call for each in case.fair.attempts if each.carried_out)
    done = {
        call: [number for number, each in attempts if case.counts_twice(each) and each.carried_out]
        for call, attempts in case.calls.items()
    }
    return any(done.values()), (
        _found(
            numbers,
            operation=case.run.attempts[numbers[0]].operation,
            times=times(len(numbers)),
            wanted=times(wanted[call] or 1),
        )
        for call, numbers in done.items()
        if len(numbers) > (wanted[call] or 1)
    )


def _same_key(case: Case) -> tuple[bool, Iterator[Found]]:
    keyed = {
        call: attempts
        for call, attempts in case.calls.items()
        if any(attempt.key for _, attempt in attempts) and len(attempts) > case.meant(call)
    }
    return bool(keyed), (
        _found(_numbers(attempts), operation=attempts[0][1].operation)
        for call, attempts in keyed.items()
        if len({attempt.key for _, attempt in attempts}) > case.meant(call)
    )


def _same_body(case: Case) -> tuple[bool, Iterator[Found]]:
    by_key: dict[str, list[tuple[int, Attempt]]] = defaultdict(list)
    for number, attempt in enumerate(case.run.attempts):
        if attempt.key:
            by_key[attempt.key].append((number, attempt))
    return any(len(attempts) > 1 for attempts in by_key.values()), (
        _found(_numbers(attempts), operation=attempts[-1][1].operation)
        for attempts in by_key.values()
        if len({(attempt.operation, attempt.body) for _, attempt in attempts}) > 1
    )


def _attempts(case: Case) -> tuple[bool, Iterator[Found]]:
    most = case.terms.attempts_max
    return any(len(attempts) > case.meant(call) for call, attempts in case.calls.items()), (
        _found(
            _numbers(attempts),
            operation=attempts[0][1].operation,
            times=times(len(attempts)),
            most=most * case.meant(call),
        )
        for call, attempts in case.calls.items()
        if len(attempts) > most * case.meant(call)
    )


def _waits(case: Case) -> tuple[bool, Iterator[Found]]:
    told = [
        (first, second, before.wait_s, after.at_s - before.known_at_s, before.operation)
        for attempts in case.calls.values()
        for (first, before), (second, after) in pairwise(attempts)
        if before.wait_s is not None and before.fate is not Fate.DONE
    ]
    asked = any(attempt.wait_s is not None and attempt.fate is not Fate.DONE for attempt in case.run.attempts)
    return asked, (
        _found((first, second), operation=operation, wait_s=wait_s, after_s=round(max(after_s, 0.0), 3))
        for first, second, wait_s, after_s, operation in told
        if after_s < wait_s - case.terms.tolerance_s
    )


def _pauses(case: Case) -> tuple[bool, Iterator[Found]]:
    rows = [
        attempts[place : place + HASTE + 1]
        for call, attempts in case.calls.items()
        for place in range(len(attempts) - HASTE)
        if case.meant(call) == 1
        and all(each.fate is not Fate.DONE and each.wait_s is None for _, each in attempts[place : place + HASTE])
    ]
    return bool(rows), (
        _found(_numbers(row), operation=row[0][1].operation, again=HASTE, after_s=round(paused_s, 3))
        for row in rows
        if (paused_s := _paused_s([attempt for _, attempt in row])) < case.terms.pauses_min_s
    )


def _paused_s(attempts: list[Attempt]) -> float:
    return sum(max(after.at_s - before.known_at_s, 0.0) for before, after in pairwise(attempts))


def _amplified(case: Case) -> tuple[bool, Iterator[Found]]:
    requests, wanted = len(case.run.attempts), max(len(case.fair.attempts), 1)
    most = math.floor(wanted * case.terms.amplification_max)
    found = [_found(range(most, requests), requests=requests, wanted=wanted, most=most)] if requests > most else []
    return requests > wanted, iter(found)


def _whole(case: Case) -> tuple[bool, Iterator[Found]]:
    wanted = [attempt for attempt in case.fair.attempts if _good(attempt)]
    got = Counter(attempt.call for attempt in case.run.attempts if _good(attempt))
    missing = Counter(attempt.call for attempt in wanted) - got
    names = {attempt.call: attempt.operation for attempt in wanted}
    found = (
        _found(_numbers(case.calls.get(call, ())), operation=names[call], times=times(count))
        for call, count in missing.items()
        if case.run.end.ok
    )
    return case.run.end.ok and any(attempt.fate is not Fate.DONE for attempt in case.run.attempts), found


def _good(attempt: Attempt) -> bool:
    return attempt.fate is Fate.DONE and (attempt.status or 0) < REFUSAL


def _in_time(case: Case) -> tuple[bool, Iterator[Found]]:
    at_s, deadline_s = case.run.end.at_s, case.terms.deadline_s
    found = [] if case.in_time else [_found((), at_s=round(at_s, 3), deadline_s=deadline_s)]
    return deadline_s < math.inf, iter(found)


def _cleanly(case: Case) -> tuple[bool, Iterator[Found]]:
    crash = case.run.end.crash
    found = [_found((), crash=crash)] if crash else []
    return bool(crash) or (not case.run.end.ok and case.in_time), iter(found)


def _recovers(case: Case) -> tuple[bool, Iterator[Found]]:
    """Only where turning away is all that the weather did, and not more often than is to be survived."""
    away = [attempt for attempt in case.run.attempts if attempt.fate is Fate.NOT_PROCESSED]
    others = [attempt for attempt in case.run.attempts if attempt.fate is not Fate.NOT_PROCESSED]
    count = max(Counter(attempt.call for attempt in away).values(), default=0)
    survivable = (
        case.in_time
        and 0 < count <= case.terms.turned_away_max
        and all((attempt.wait_s or 0.0) <= case.terms.patience_s and not attempt.forbidden for attempt in away)
        and all(map(_good, others))
    )
    found: list[Found] = []
    if survivable and case.fair.end.ok and not case.run.end.ok:
        number = next(place for place, each in enumerate(case.run.attempts) if each.fate is Fate.NOT_PROCESSED)
        found = [_found((number,), operation=away[0].operation, times=times(count))]
    return survivable, iter(found)


JUDGES: Mapping[str, Judge] = {
    "no-unsafe-resend": _judging(_unsafe),
    "effects-once": _judging(_effects),
    "same-key": _judging(_same_key),
    "same-body": _judging(_same_body),
    "refusals-accepted": _judging(_refused),
    "stays-away": _judging(_forbidden),
    "attempts-bounded": _judging(_attempts),
    "waits-as-told": _judging(_waits),
    "pauses-between": _judging(_pauses),
    "amplification-bounded": _judging(_amplified),
    "success-is-whole": _judging(_whole),
    "ends-in-time": _judging(_in_time),
    "ends-cleanly": _judging(_cleanly),
    "recovers": _judging(_recovers),
}
