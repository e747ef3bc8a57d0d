"""Whether a client did what it should: exactly two charges with this key, at least 2 s apart, none before the vendor said so.

The law of this file: pure. A verdict says ``ok``, or what was seen in place of what was wanted, and which requests nearly were it. What the
journal has forgotten is never taken for something that did not happen: where it could decide, the verdict says so.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.contracts.quota_values import dialect
from tapehiss.mocks.schedule import operation_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.mocks.journal import Entry
    from tapehiss.mocks.selection import Selection

TOLERANCE_S = 0.001
"""What clocks and floating-point numbers may differ by."""
TOLD_MAX = 20
"""How many violations, and how many numbers, a verdict tells."""
NEAR_MAX = 5
ERROR = 400


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected of the requests that are selected."""

    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    min_gap_s: float | None = None
    """Between one request and the next, by the vendor's clock."""
    max_gap_s: float | None = None
    order: tuple[str, ...] = ()
    """Operations that came, among the selected ones, in this order (others may lie between)."""
    waits_as_told: bool = False
    """None came before the end of a ``Retry-After`` that an earlier one was answered with."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is not as expected."""

    what: str
    """``count``, ``gap``, ``order``, ``early`` or ``forgotten``."""
    wanted: str
    seen: str
    numbers: tuple[int, ...] = ()
    """Of the entries."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A request that would have been one of them but for this."""

    entry: Entry
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is as expected."""

    count: int
    numbers: tuple[int, ...] = ()
    """Of the last entries that were selected."""
    violations: tuple[Violation, ...] = ()
    near: tuple[NearMiss, ...] = ()
    by_status: dict[str, int] = field(default_factory=dict)
    """How the selected ones were answered."""

    @property
    def ok(self) -> bool:
        """Whether everything is as expected."""
        return not self.violations


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the requests that came."""

    entries: Sequence[Entry]
    """In the order in which they came."""
    forgotten: int
    """How many that could be meant made way for these."""
    kept: Callable[[int], Exchange | None]
    unix_s: float
    """Unix time at second 0 of the entries."""
    total: int | None = None
    """How many were selected in all, if that is known of the forgotten ones, too."""


def judged(selection: Selection, wanted: Expectation, evidence: Evidence) -> Verdict:
    """The verdict about the requests that are selected."""
    found = list(selection.pick(evidence.entries, evidence.kept))
    count = len(found) if evidence.total is None else evidence.total
    violations = [
        *_counted(wanted, count, sure=evidence.total is not None or not evidence.forgotten),
        *_apart(wanted, found),
        *_in_order(wanted, found),
        *(_early(found, evidence.unix_s) if wanted.waits_as_told else ()),
    ]
    if evidence.forgotten and _undecided(wanted, count, known=evidence.total is not None):
        seen = f"{evidence.forgotten} made way for later ones"
        violations.append(Violation("forgotten", "all requests in the journal", seen))
    return Verdict(
        count,
        tuple(entry.number for entry in found[-TOLD_MAX:]),
        tuple(violations[:TOLD_MAX]),
        tuple(_nearly(selection, evidence)) if violations else (),
        dict(Counter(str(entry.status or entry.ending) for entry in found)),
    )


def _bounds(wanted: Expectation) -> tuple[int, int | None]:
    """The fewest and the most."""
    most = [bound for bound in (wanted.at_most, wanted.exactly) if bound is not None]
    return max(wanted.at_least or 0, wanted.exactly or 0), min(most, default=None)


def _counted(wanted: Expectation, count: int, *, sure: bool) -> Iterator[Violation]:
    low, high = _bounds(wanted)
    if high is not None and count > high:
        yield Violation("count", f"at most {high}", str(count))
    if count < low and sure:
        yield Violation("count", f"at least {low}", str(count))


def _undecided(wanted: Expectation, count: int, *, known: bool) -> bool:
    """Whether requests that the journal has forgotten could change the verdict."""
    low, high = _bounds(wanted)
    between = wanted.min_gap_s is not None or wanted.max_gap_s is not None or wanted.order or wanted.waits_as_told
    return bool(between) or (not known and (count < low or (high is not None and count <= high)))


def _apart(wanted: Expectation, found: list[Entry]) -> Iterator[Violation]:
    for one, other in itertools.pairwise(found):
        gap_s = other.at_s - one.at_s
        if wanted.min_gap_s is not None and gap_s < wanted.min_gap_s - TOLERANCE_S:
            yield Violation("gap", f"at least {wanted.min_gap_s:g} s", f"{gap_s:.3f} s", (one.number, other.number))
        if wanted.max_gap_s is not None and gap_s > wanted.max_gap_s + TOLERANCE_S:
            yield Violation("gap", f"at most {wanted.max_gap_s:g} s", f"{gap_s:.3f} s", (one.number, other.number))


def _in_order(wanted: Expectation, found: list[Entry]) -> Iterator[Violation]:
    rest = iter(found)
    last: tuple[int, ...] = ()
    for operation in wanted.order:
        fits = operation_pattern(operation)
        entry = next((each for each in rest if fits(each.method, each.path)), None)
        if entry is None:
            ever = tuple(each.number for each in found if fits(each.method, each.path))[-TOLD_MAX:]
            seen = "it came only before" if ever else "it never came"
            yield Violation("order", f"{operation} after the one before it", seen, (*last, *ever))
            return
        last = (entry.number,)


def _early(found: list[Entry], unix_s: float) -> Iterator[Violation]:
    """Requests that came while the client had been told to wait."""
    until_s, told = float("-inf"), None
    for entry in found:
        if told is not None and entry.at_s < until_s - TOLERANCE_S:
            seen = f"{until_s - entry.at_s:.3f} s too early"
            yield Violation("early", f"a wait of {told.retry_after}", seen, (told.number, entry.number))
        answered_s = entry.at_s + entry.delay_s
        asked = entry.retry_after if entry.status is not None and entry.status >= ERROR else ""
        wait_s = dialect(asked, unix_s + answered_s)[1] if asked else None
        if wait_s is not None and answered_s + wait_s > until_s:
            until_s, told = answered_s + wait_s, entry


def _nearly(selection: Selection, evidence: Evidence) -> Iterator[NearMiss]:
    """The last requests that differ in one thing only."""
    found = 0
    for entry in reversed(evidence.entries):
        if entry.number < selection.since or selection.key not in {None, entry.marks.key}:
            continue
        differs = selection.differs(entry, evidence.kept)
        if len({name.partition(" ")[0] for name in differs}) == 1:
            yield NearMiss(entry, differs[:TOLD_MAX])
            found += 1
            if found == NEAR_MAX:
                return
