"""Hypothesis strategies for schedules: what is drawn shrinks towards fair weather, then towards mild faults on the first attempt.

Nothing here draws a length first. Alternatives are not ``one_of``: Hypothesis prefers fewer choices to earlier ones, so a reset, which
needs none, would pass for simpler than a delay. Every fault and every rule is made of the same number of choices, the kind first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tapehiss.mocks.damage import KINDS as DAMAGES
from tapehiss.mocks.faults import (
    Damage,
    Drip,
    Empty,
    Fault,
    Garble,
    GzipCut,
    Latency,
    Lose,
    Reset,
    Stall,
    Status,
    Truncate,
    Unterminated,
)
from tapehiss.mocks.schedule import Rule, Schedule

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

RETRY_AFTER_MAX_S = 120
TRUNCATE_MAX_BYTES = 2000
AFTER_MAX = 4
FIRST_MAX = 5
STATUSES = (429, 503, 500, 502, 504, 529)
"""Errors that a vendor sends in bad weather, those first that say that nothing was done."""


RATES = (2000.0, 200.0, 20.0)
"""Bytes per second, bearable ones first."""
_DAMAGE = tuple(Damage(kind) for kind in DAMAGES)


def faults(*, latency_max_s: float = 60.0) -> SearchStrategy[Fault]:
    """Any fault, mild ones first."""
    return st.builds(
        _fault,
        st.integers(0, 12 + len(_DAMAGE)),
        st.floats(0, latency_max_s),
        st.sampled_from(STATUSES),
        st.integers(0, RETRY_AFTER_MAX_S + 1),
        st.integers(0, TRUNCATE_MAX_BYTES),
    )


def _fault(kind: int, delay_s: float, code: int, retry_after_s: int, at_bytes: int) -> Fault:
    delay_s = round(delay_s, 3)
    made: tuple[Fault, ...] = (
        Latency(delay_s),
        Drip(RATES[at_bytes % len(RATES)]),
        Stall(delay_s, at_bytes),
        _status(code, retry_after_s),
        *_DAMAGE,
        GzipCut(),
        Unterminated(),
        Truncate(at_bytes, lying=True),
        Truncate(at_bytes),
        Truncate(at_bytes, abrupt=True),
        Lose(),
        Garble(),
        Empty(),
        Reset(),
    )
    return made[kind]


def _status(code: int, retry_after_s: int) -> Status:
    """``Retry-After`` is one less than drawn; for 0 there is none."""
    return Status(code, (("Retry-After", str(retry_after_s - 1)),) if retry_after_s else ())


def rules(*, on: SearchStrategy[str] | None = None, latency_max_s: float = 60.0) -> SearchStrategy[Rule]:
    """A fault on the first few attempts, within some seconds, or on a share of the attempts."""
    operation = st.just("*") if on is None else on
    fault = faults(latency_max_s=latency_max_s)
    return st.builds(_rule, fault, operation, st.integers(0, 2), st.integers(0, 300), st.integers(1, 300))


def _rule(fault: Fault, on: str, kind: int, begin: int, length: int) -> Rule:
    made = (
        Rule(fault, on, after=begin % AFTER_MAX, first=1 + (length - 1) % FIRST_MAX),
        Rule(fault, on, from_s=float(begin), to_s=float(begin + length)),
        Rule(fault, on, probability=min(length, 100) / 100),
    )
    return made[kind]


def schedules(
    *, rules_max: int = 4, on: SearchStrategy[str] | None = None, latency_max_s: float = 60.0
) -> SearchStrategy[Schedule]:
    """Schedules; the simplest is ``()``, fair weather."""
    return st.lists(rules(on=on, latency_max_s=latency_max_s), max_size=rules_max).map(tuple)
