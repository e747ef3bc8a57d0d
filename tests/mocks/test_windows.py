"""How vendors count."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tapehiss.mocks.windows import SLACK_S, SLICES, Bucket, Concurrent, Daily, Fixed, Rolling, Sliding, day_of

QUOTAS = st.integers(1, 12).map(float)
LENGTHS = st.sampled_from([0.5, 1.0, 10.0, 60.0, 3600.0, 86400.0])
ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
MODELS = st.one_of(
    st.builds(Fixed, QUOTAS, LENGTHS, st.booleans()),
    st.builds(Sliding, QUOTAS, LENGTHS),
    st.builds(Rolling, QUOTAS, LENGTHS),
    st.builds(Bucket, QUOTAS, st.sampled_from([0.1, 0.5, 2.0, 25.0])),
    st.builds(Concurrent, QUOTAS, st.sampled_from([0.0, 0.0, 20.0])),
    st.builds(Daily, QUOTAS, ZONES),
)
STARTS = st.floats(1_600_000_000, 2_000_000_000)
STEPS = st.lists(
    st.tuples(st.floats(0, 90) | st.floats(0, 1) | st.just(0.0), st.integers(1, 3).map(float), st.floats(0, 40)),
    max_size=60,
)


def played(model, now_s, steps):
    """The state, the time, and ``(when, cost)`` of what was admitted, after requests that came after these pauses."""
    state, admitted = model.start(), []
    quota = model.capacity if isinstance(model, Bucket) else model.quota
    for pause_s, asked, busy_s in steps:
        now_s, cost = now_s + pause_s, min(asked, quota)
        if model.wait_s(state, now_s, cost) == 0:
            state = model.take(state, now_s, cost, busy_s)
            admitted.append((now_s, cost))
    return state, now_s, admitted


@given(MODELS, STARTS, STEPS, st.floats(0, 50))
@example(Fixed(1.0, 0.5, aligned=True), 1_600_000_000.3, [(0.0, 1.0, 0.0)], 0.0)
def test_who_waits_as_told_is_admitted(model, now_s, steps, busy_s):
    """For every model, after any past: waiting exactly as long as asked is always enough, whole seconds and fractions alike."""
    state, now_s, _ = played(model, now_s, steps)
    wait_s = model.wait_s(state, now_s, 1.0)
    assert 0 <= wait_s < math.inf
    assert model.wait_s(state, now_s + wait_s, 1.0) == 0
    assert model.wait_s(state, now_s + math.ceil(wait_s), 1.0) == 0
    assert model.wait_s(model.take(state, now_s + wait_s, 1.0, busy_s), now_s + wait_s, 1.0) >= 0


@given(st.builds(Fixed, QUOTAS, LENGTHS, st.booleans()), STARTS, STEPS)
def test_no_fixed_window_admits_more_than_its_quota(model, now_s, steps):
    """Counted by the windows of the clock."""
    _, _, admitted = played(model, now_s, steps)
    if model.aligned:
        for began in {math.floor((at_s + SLACK_S) / model.window_s) for at_s, _ in admitted}:
            inside = [cost for at_s, cost in admitted if math.floor((at_s + SLACK_S) / model.window_s) == began]
            assert sum(inside) <= model.quota


@given(st.builds(Rolling, QUOTAS, LENGTHS), STARTS, STEPS)
def test_no_stretch_of_a_rolling_window_holds_more_than_its_quota(model, now_s, steps):
    """Wherever the window is laid."""
    _, _, admitted = played(model, now_s, steps)
    for begin_s, _ in admitted:
        inside = [cost for at_s, cost in admitted if begin_s <= at_s < begin_s + model.window_s - 2 * SLACK_S]
        assert sum(inside) <= model.quota


@given(st.builds(Bucket, QUOTAS, st.sampled_from([0.1, 2.0])), STARTS, STEPS)
def test_a_bucket_gives_no_more_than_it_held_and_got(model, now_s, steps):
    """In any stretch: its capacity, and its rate times the length."""
    _, _, admitted = played(model, now_s, steps)
    for place, (begin_s, _) in enumerate(admitted):
        total = 0.0
        for at_s, cost in admitted[place:]:
            total += cost
            assert total <= model.capacity + (at_s - begin_s) * model.rate_per_s + 1e-3


@given(MODELS, STARTS, STEPS)
def test_a_reading_is_within_its_limit(model, now_s, steps):
    """What is shown never promises more than the quota, nor less than nothing."""
    state, now_s, _ = played(model, now_s, steps)
    shown = model.reading(state, now_s)
    assert 0 <= shown.remaining <= shown.limit
    assert shown.reset_s >= 0
    assert shown.used == shown.limit - shown.remaining


@given(MODELS, STARTS, STEPS)
def test_nothing_left_means_waiting(model, now_s, steps):
    """A client that reads ``remaining`` 0 and asks all the same is turned away."""
    state, now_s, _ = played(model, now_s, steps)
    if model.reading(state, now_s).remaining >= 1 + SLACK_S * 30:
        assert model.wait_s(state, now_s, 1.0) == 0


def test_a_window_of_the_clock_begins_with_the_clock():
    """Five requests at the end of one minute and five at the beginning of the next: both windows are kept to."""
    model, state = Fixed(5.0, 60.0), Fixed(5.0, 60.0).start()
    for at_s in [59.0] * 5 + [60.0] * 5:
        assert model.wait_s(state, at_s, 1.0) == 0
        state = model.take(state, at_s, 1.0, 0.0)
    assert model.wait_s(state, 60.0, 1.0) == 60.0
    assert model.reading(state, 90.0)[:3] == (5.0, 0.0, 30.0)


def test_a_window_that_begins_with_its_first_request():
    """Then it lasts its whole length."""
    model = Fixed(1.0, 60.0, aligned=False)
    state = model.take(model.start(), 59.0, 1.0, 0.0)
    assert model.wait_s(state, 60.0, 1.0) == 59.0


def test_a_sliding_window_remembers_the_last_one():
    """Half a window later, half of what was used before still counts."""
    model, state = Sliding(10.0, 60.0), Sliding(10.0, 60.0).start()
    for _ in range(10):
        state = model.take(state, 30.0, 1.0, 0.0)
    assert model.reading(state, 90.0).remaining == pytest.approx(5.0, abs=1e-3)
    assert model.wait_s(state, 60.0, 1.0) == pytest.approx(6.0, abs=1e-3)
    assert model.reading(state, 400.0).remaining == 10.0


def test_a_rolling_window_gives_back_slice_by_slice():
    """What was taken first comes back first, at most a hundredth of the window late."""
    model, state = Rolling(2.0, 10.0), Rolling(2.0, 10.0).start()
    for at_s in (0.0, 4.0):
        state = model.take(state, at_s, 1.0, 0.0)
    assert 6.0 <= model.wait_s(state, 4.0, 1.0) <= 6.0 + 10.0 / SLICES + SLACK_S
    assert model.reading(state, 4.0).remaining == 0


def test_short_calls_do_not_count_where_only_long_ones_do():
    """Salesforce: 25 calls that run for twenty seconds; a thousand short ones pass."""
    model, state = Concurrent(2.0, from_s=20.0), Concurrent(2.0).start()
    for _ in range(5):
        assert model.wait_s(state, 0.0, 1.0) == 0
        state = model.take(state, 0.0, 1.0, 30.0)
    assert model.wait_s(state, 19.0, 1.0) == 0
    assert model.wait_s(state, 20.0, 1.0) == 10.0
    assert model.reading(state, 20.0).remaining == 0


def test_a_call_that_takes_no_time_never_runs_beside_another():
    """In a world where answers come at once, only the rate is limited."""
    model = Concurrent(1.0)
    assert model.take(model.start(), 5.0, 1.0, 0.0) == ()


@pytest.mark.parametrize(("date", "hours"), [((2026, 3, 29), 23), ((2026, 10, 25), 25), ((2026, 7, 1), 24)])
def test_a_day_has_23_to_25_hours(date, hours):
    """Where clocks are set back and forth, a daily quota waits for the real midnight."""
    noon = datetime(*date, 10, tzinfo=UTC).timestamp()
    begin, end = day_of(noon, "Europe/Berlin")
    assert (end - begin) / 3600 == hours
