"""Delays that are drawn, and answers that come slowly."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Response
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.slow import DELAY_MAX_S, Drip, Latency, Lognormal, Pareto, Recorded, Rising, Stall, Uniform

DRAWS = st.integers(0, 2**53 - 1).map(lambda number: number / 2**53)
DRAWN = st.one_of(
    st.builds(lambda a, b: Uniform(min(a, b), max(a, b)), st.floats(0, 1e4), st.floats(0, 1e4)),
    st.builds(Lognormal, st.floats(0, 1e4), st.floats(0.01, 100)),
    st.builds(Pareto, st.floats(0, 1e4), st.floats(0.01, 100)),
)
EVEN = [(number + 0.5) / 20_000 for number in range(20_000)]


@given(DRAWN, DRAWS, DRAWS)
def test_a_higher_draw_is_never_a_shorter_wait(fault, one, other):
    """The delay grows with the draw, is never negative and never more than a day: shrinking the draw shrinks the delay."""
    low, high = sorted((one, other))
    assert 0 <= fault.wait_s(low) <= fault.wait_s(high) * (1 + 1e-9) <= DELAY_MAX_S * (1 + 1e-9)


@pytest.mark.parametrize(
    ("fault", "median_s", "p99_s"),
    [
        (Uniform(1.0, 3.0), 2.0, 2.98),
        (Lognormal(0.2, 0.5), 0.2, 0.2 * math.exp(0.5 * statistics.NormalDist().inv_cdf(0.99))),
        (Pareto(0.1, 1.5), 0.1 * 2 ** (1 / 1.5), 0.1 * 100 ** (1 / 1.5)),
    ],
)
def test_quantiles_are_those_of_the_distribution(fault, median_s, p99_s):
    """Over draws that are evenly spread the median and the 99th percentile are as the books say."""
    delays = sorted(fault.wait_s(draw) for draw in EVEN)
    assert delays[10_000] == pytest.approx(median_s, rel=1e-2)
    assert delays[19_800] == pytest.approx(p99_s, rel=1e-2)


def test_the_mean_of_a_lognormal():
    """It is ``median * exp(sigma^2 / 2)``."""
    mean = statistics.fmean(Lognormal(0.2, 0.5).wait_s(draw) for draw in EVEN)
    assert mean == pytest.approx(0.2 * math.exp(0.125), rel=1e-2)


def test_a_rise_begins_low_and_ends_high():
    """In the middle it is in the middle."""
    assert [Rising(1.0, 3.0).wait_s(risen) for risen in (0.0, 0.5, 1.0)] == [1.0, 2.0, 3.0]


def test_a_recorded_time_is_scaled():
    """Twice as slow; a time that was never recorded is none."""
    assert Recorded(2.0).wait_s(0.25) == 0.5
    assert Recorded().wait_s(-1.0) == 0.0


def test_only_the_manner_of_an_answer_changes():
    """What is slow is whole: the slowest drip counts, a pause in the head and one in the body are two."""
    fine = Outcome(Response(200, "OK", (), b"body"))
    assert Latency(9.0).apply(fine) is fine
    slow = Stall(3.0, in_head=True).apply(Stall(2.0, 1).apply(Drip(20.0).apply(Drip(200.0).apply(fine))))
    assert (slow.response, slow.ending) == (fine.response, fine.ending)
    assert (slow.manner.bytes_per_s, slow.manner.stall_at_bytes, slow.manner.stall_s) == (20.0, 1, 2.0)
    assert Stall(1.0, in_head=True).apply(slow).manner.head_stall_s == 4.0
