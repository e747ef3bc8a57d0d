"""Hypothesis strategies for schedules: what is drawn shrinks towards fair weather, then towards mild faults on the first attempt.

Nothing here draws a length or a flag first: lists shrink by losing rules, and alternatives are ordered from mild to severe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

from tapehiss.mocks.faults import Fault, Latency, Reset, Status, Truncate
from tapehiss.mocks.schedule import Rule, Schedule

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

RETRY_AFTER_MAX_S = 120
STATUSES = (429, 503, 500, 502, 504, 529)
"""Errors that a vendor sends in bad weather, those first that say that nothing was done."""


def faults(*, latency_max_s: float = 60.0) -> SearchStrategy[Fault]:
    """Any fault, mild ones first."""
    return st.one_of(
        st.floats(0, latency_max_s).map(lambda delay_s: Latency(round(delay_s, 3))),
        statuses(),
        st.integers(0, 2000).map(Truncate),
        st.just(Reset()),
    )


def statuses() -> SearchStrategy[Status]:
    """Error answers with and without ``Retry-After`` in seconds."""
    wait = st.none() | st.integers(0, RETRY_AFTER_MAX_S)
    return st.builds(_status, st.sampled_from(STATUSES), wait)


def _status(code: int, retry_after_s: int | None) -> Status:
    return Status(code, () if retry_after_s is None else (("Retry-After", str(retry_after_s)),))


def rules(*, on: SearchStrategy[str] | None = None, latency_max_s: float = 60.0) -> SearchStrategy[Rule]:
    """A fault on the first few attempts, on a share of them, or within some seconds."""
    fault, operation = faults(latency_max_s=latency_max_s), st.just("*") if on is None else on
    return st.one_of(
        st.builds(Rule, fault, operation, after=st.integers(0, 3), first=st.integers(1, 5)),
        st.builds(_share, fault, operation, st.integers(1, 100)),
        st.builds(_window, fault, operation, st.integers(0, 300), st.integers(1, 300)),
    )


def _share(fault: Fault, on: str, percent: int) -> Rule:
    return Rule(fault, on, probability=percent / 100)


def _window(fault: Fault, on: str, from_s: int, length_s: int) -> Rule:
    return Rule(fault, on, from_s=float(from_s), to_s=float(from_s + length_s))


def schedules(
    *, rules_max: int = 4, on: SearchStrategy[str] | None = None, latency_max_s: float = 60.0
) -> SearchStrategy[Schedule]:
    """Schedules; the simplest is ``()``, fair weather."""
    return st.lists(rules(on=on, latency_max_s=latency_max_s), max_size=rules_max).map(tuple)
