"""Hypothesis strategies for schedules: what is drawn shrinks towards fair weather, then towards mild faults on the first attempt.

Nothing here draws a length first. Alternatives are not ``one_of``: Hypothesis prefers fewer choices to earlier ones, so a reset, which
needs none, would pass for simpler than a delay. Every fault and every rule is made of the same number of choices, the kind first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tapehiss.mocks.damage import KINDS as DAMAGES
from tapehiss.mocks.faults import (
    GARBLED,
    Bandwidth,
    ClockStep,
    Damage,
    Drip,
    Empty,
    Expired,
    Fault,
    Garble,
    GzipCut,
    Latency,
    Lognormal,
    Lose,
    Pareto,
    Recorded,
    Refuse,
    Reset,
    Revoked,
    Rising,
    Stall,
    Status,
    Truncate,
    Twice,
    Uniform,
    Unterminated,
)
from tapehiss.mocks.retry_after import FORMS
from tapehiss.mocks.schedule import Rule, Schedule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

RETRY_AFTER_MAX_S = 120
TRUNCATE_MAX_BYTES = 2000
AFTER_MAX = 4
FIRST_MAX = 5
LASTING = frozenset({"delta_ms", "epoch_s", "epoch_ms", "huge", "infinite", "far_date"})
"""Forms of a wait that clients read as hours or more: nobody has them in real time."""
LATER = (0, 0, 0, 1, 2)
"""Most rules strike from the first attempt on: whether there is a second one is up to the client."""
STATUSES = (429, 503, 500, 502, 504, 529)
"""Errors that a vendor sends in bad weather, those first that say that nothing was done."""


RATES = (2000.0, 200.0, 20.0)
"""Bytes per second, bearable ones first."""
_DAMAGE = tuple(Damage(kind) for kind in DAMAGES if kind != "set")
_FORMS = tuple(FORMS)


def faults(*, latency_max_s: float = 60.0) -> SearchStrategy[Fault]:
    """Any fault, mild ones first."""
    return st.builds(
        _fault,
        st.integers(0, len(_faults(0.0, 0, 429, 0, 0)) - 1),
        st.floats(0, latency_max_s),
        st.floats(0, latency_max_s),
        st.sampled_from(STATUSES),
        st.integers(0, RETRY_AFTER_MAX_S + 1),
        st.integers(0, TRUNCATE_MAX_BYTES),
    )


def _fault(kind: int, delay_s: float, more_s: float, code: int, retry_after_s: int, at_bytes: int) -> Fault:
    return _faults(round(delay_s, 3), round(more_s, 3), code, retry_after_s, at_bytes)[kind]


def _faults(delay_s: float, more_s: float, code: int, retry_after_s: int, at_bytes: int) -> tuple[Fault, ...]:
    """Every kind of fault that ends by itself, mild ones first."""
    low_s, high_s = sorted((delay_s, more_s))
    return (
        Latency(delay_s),
        Uniform(low_s, high_s),
        Lognormal(delay_s),
        Pareto(delay_s),
        Recorded(1.0 + at_bytes),
        Rising(delay_s, more_s),
        ClockStep(float(at_bytes - TRUNCATE_MAX_BYTES // 2)),
        Drip(RATES[at_bytes % len(RATES)]),
        Bandwidth(RATES[at_bytes % len(RATES)]),
        Stall(delay_s, at_bytes),
        Stall(delay_s, in_head=True),
        Twice(),
        _status(code, retry_after_s),
        Status(code, wait_s=float(retry_after_s), form=_FORMS[at_bytes % len(_FORMS)]),
        Status(200, body_of=code),
        Status(code, early=True),
        Expired(),
        Revoked(),
        *_DAMAGE,
        GzipCut(),
        Unterminated(),
        Truncate(at_bytes, lying=True),
        Truncate(at_bytes),
        Truncate(at_bytes, abrupt=True),
        Lose(),
        Garble(),
        *(Garble(part) for part in GARBLED),
        Empty(),
        Reset(),
        Reset(early=True),
        Refuse(),
    )


def _status(code: int, retry_after_s: int) -> Status:
    """``Retry-After`` is one less than drawn; for 0 there is none."""
    return Status(code, (("Retry-After", str(retry_after_s - 1)),) if retry_after_s else ())


def rules(*, on: SearchStrategy[str] | None = None, latency_max_s: float = 60.0) -> SearchStrategy[Rule]:
    """A fault on the first few attempts, within some seconds, on a share of the attempts, or on some calls."""
    operation = st.just("*") if on is None else on
    fault = faults(latency_max_s=latency_max_s)
    return st.builds(
        _rule, fault, operation, st.integers(0, KINDS_OF_RULES - 1), st.integers(0, 300), st.integers(1, 300)
    )


KINDS_OF_RULES = 6


def _rule(fault: Fault, on: str, kind: int, begin: int, length: int) -> Rule:
    over_s = float(length) if isinstance(fault, Rising) else 0.0
    made = (
        Rule(fault, on, after=begin % AFTER_MAX, first=1 + (length - 1) % FIRST_MAX, over_s=over_s),
        Rule(fault, on, from_s=float(begin), to_s=float(begin + length), over_s=over_s),
        Rule(fault, on, probability=min(length, 100) / 100, over_s=over_s),
        Rule(fault, on, probability_from=0.0, from_s=float(begin), over_s=float(length)),
        Rule(fault, on, from_call=1 + begin % AFTER_MAX, every=1 + length % FIRST_MAX, over_s=over_s),
        Rule(fault, on, since="* /*", to_call=1 + length % FIRST_MAX, over_s=over_s),
    )
    assert len(made) == KINDS_OF_RULES
    return made[kind]


def schedules(
    *, rules_max: int = 4, on: SearchStrategy[str] | None = None, latency_max_s: float = 60.0
) -> SearchStrategy[Schedule]:
    """Schedules; the simplest is ``()``, fair weather."""
    return st.lists(rules(on=on, latency_max_s=latency_max_s), max_size=rules_max).map(tuple)


def storms(
    operations: Sequence[str] = ("*",), *, latency_max_s: float = 3.0, wait_max_s: float = 1.0, rules_max: int = 2
) -> SearchStrategy[Schedule]:
    """Outages that clients stumble over, of an API that is asked in real time: half of the faults are the classic ones.

    No rule makes anybody wait longer than ``latency_max_s`` for an answer or ``wait_max_s`` for permission. There are few different ones, so
    that fifty schedules meet most of what matters, and shrinking is a matter of some runs; the simplest is a 429 on the first attempt at the
    first of the operations.
    """
    fault = st.one_of(
        st.sampled_from(_classic(latency_max_s, wait_max_s)), st.sampled_from(_unusual(latency_max_s, wait_max_s))
    )
    first, after = st.integers(1, FIRST_MAX), st.sampled_from(LATER)
    rule = st.builds(Rule, fault, st.sampled_from(operations), after=after, first=first)
    return st.lists(rule, min_size=1, max_size=rules_max).map(tuple)


def tour(
    operations: Sequence[str] = ("*",), *, latency_max_s: float = 3.0, wait_max_s: float = 1.0
) -> tuple[Schedule, ...]:
    """Each of the classic faults once, on the first attempt at each operation, mild ones first: so small that nothing is left to shrink."""
    faults = _classic(latency_max_s, wait_max_s)
    return tuple((Rule(fault, on, first=1),) for fault in faults for on in operations)


def _classic(latency_max_s: float, wait_max_s: float) -> tuple[Fault, ...]:
    """What every client meets sooner or later, mild ones first; the one that takes time comes last."""
    wait = (("Retry-After", str(max(round(wait_max_s), 0))),)
    return (
        Status(429),
        Status(429, wait),
        Status(500),
        Status(503, wait),
        Status(400),
        Damage("html"),
        Truncate(1, lying=True),
        Truncate(1),
        Lose(),
        Reset(),
        Latency(latency_max_s),
    )


def _unusual(latency_max_s: float, wait_max_s: float) -> tuple[Fault, ...]:
    """What is met less often. Nothing that strikes before the body was read: of such a request nobody knows which call it was."""
    return (
        Latency(round(latency_max_s / 4, 3)),
        *(Status(429, wait_s=wait_max_s, form=form) for form in _FORMS if form not in LASTING),
        Status(500, (("x-should-retry", "false"),)),
        *(Status(code) for code in (503, 502, 504, 529, 408, 409, 401, 404, 422)),
        Status(200, body_of=500),
        Expired(),
        *(each for each in _DAMAGE if each.kind != "content-type"),  # whose body is whole
        GzipCut(),
        Unterminated(),
        Truncate(1, abrupt=True),
        Garble(),
        *(Garble(part) for part in GARBLED),
        Empty(),
        Stall(latency_max_s, 1),
        Stall(latency_max_s, in_head=True),
    )
