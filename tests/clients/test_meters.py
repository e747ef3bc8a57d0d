"""Meters: windows, buckets, calls at the same time."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.meters import SLACK_S, SLICES, AtOnce, Bucket, Window, meter_of

LIMITS = st.sampled_from([Window(5, 10.0), Window(1, 1.0), Bucket(4, 0.5), Bucket(1, 2.0), AtOnce(3)])


@given(
    LIMITS, st.lists(st.tuples(st.floats(0, 8), st.integers(0, 2), st.sampled_from([1, 1, 2, 0.1, 0.3])), max_size=60)
)
def test_waiting_as_told_makes_room(limit, steps):
    """When ``wait_s`` have passed and nothing else happened, it fits; before, it does not; ``inf`` is for running calls only."""
    meter, now, running = meter_of(limit), 0.0, []
    for pause_s, kind, wanted in steps:
        now += pause_s
        if kind == 2 and running:
            meter.ends(running.pop(), now)
        cost = min(wanted, meter.room)
        wait_s = meter.wait_s(now, cost)
        if wait_s == math.inf:
            assert running, "without running calls, time makes room"
            continue
        if wait_s > 10 * SLACK_S:
            assert meter.wait_s(now + wait_s - 2 * SLACK_S, cost) > 0
        now += wait_s + 1e-9 if wait_s else 0.0
        assert meter.wait_s(now, cost) <= SLACK_S
        if kind == 0:
            meter.begins(cost)
            meter.ends(cost, now)
        elif kind == 1:
            meter.begins(cost)
            running.append(cost)


@given(st.lists(st.floats(0, 4), max_size=80))
def test_no_window_holds_more(pauses):
    """In every stretch of a window's length at most the quota begins (T1), also after idle time."""
    meter, now, began = meter_of(Window(3, 10.0)), 0.0, []
    for pause_s in pauses:
        now += pause_s
        if meter.wait_s(now, 1) == 0:
            meter.begins(1)
            meter.ends(1, now)
            began.append(now)
    assert all(len([at for at in began if start <= at < start + 10.0]) <= 3 for start in began)


def test_a_running_call_counts_until_it_is_answered_and_a_window_longer():
    """The vendor counted it at some moment in between: the meter takes the last."""
    meter = meter_of(Window(1, 10.0))
    meter.begins(1)
    assert meter.wait_s(1_000.0, 1) == math.inf
    meter.ends(1, 1_000.0)
    assert meter.wait_s(1_001.0, 1) == pytest.approx(9.0)


def test_what_was_not_sent_was_not_used():
    """A call that was taken back leaves no trace."""
    for limit in (Window(1, 10.0), Bucket(1, 1.0), AtOnce(1)):
        meter = meter_of(limit)
        meter.begins(1)
        meter.withdraws(1)
        assert meter.wait_s(0.0, 1) == 0


def test_a_bucket_fills_up_and_no_higher():
    """After any idle time there is the capacity and no more."""
    meter = meter_of(Bucket(2, 1.0))
    for _ in range(2):
        assert meter.wait_s(0.0, 1) == 0
        meter.begins(1)
        meter.ends(1, 0.0)
    assert meter.wait_s(0.0, 1) == pytest.approx(1.0, abs=1e-3)
    assert (meter.wait_s(1e6, 2), meter.wait_s(1e6, 3) > 0) == (0, True)


def test_how_long_a_queue_takes_at_least():
    """So much more than fits needs so many windows, or so much refilling."""
    assert meter_of(Window(10, 60.0)).lowest_s(10) == 0
    assert meter_of(Window(10, 60.0)).lowest_s(11) == 60
    assert meter_of(Window(10, 60.0)).lowest_s(21) == 120
    assert meter_of(Bucket(10, 2.0)).lowest_s(14) == 2
    assert meter_of(AtOnce(10)).lowest_s(14) == 0


def test_memory_is_bounded():
    """A quota of a million a day is remembered in slices."""
    meter = meter_of(Window(1e6, 86_400.0))
    for tick in range(50_000):
        meter.begins(1)
        meter.ends(1, tick * 1.0)
    assert len(meter._ended) <= SLICES + 1


@pytest.mark.parametrize("kind", [Window, Bucket])
@pytest.mark.parametrize("values", [(0, 1), (-1, 1), (1, 0), (math.inf, 1), (1, math.nan)])
def test_what_cannot_be_meant_is_refused(kind, values):
    """Nothing at all, or without an end."""
    with pytest.raises(Misuse):
        kind(*values)
    with pytest.raises(Misuse):
        AtOnce(0)
