"""The length of a window and the way it is refilled, against vendors whose rules are known."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from habits import NOW_S, conduct, told
from tapehiss.contracts.windows import USUAL_S, Series, read_series

LIMIT = 100


def answers(window_s, times, reset):
    """Answers of a vendor whose quota is filled up at once every ``window_s``; ``reset`` writes when."""
    spent: dict[float, int] = {}
    for at_s in sorted(times):
        refill_s = (at_s // window_s + 1) * window_s
        spent[refill_s] = spent.get(refill_s, 0) + 1
        left = LIMIT - spent[refill_s]
        yield told(
            headers={"X-RateLimit-Limit": str(LIMIT), "X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": reset(at_s, refill_s)},
            at_s=at_s,
        )  # fmt: skip


FORMS = {
    "delta": lambda at_s, refill_s: str(int(refill_s - at_s)),
    "epoch": lambda _, refill_s: str(int(refill_s)),
    "milliseconds": lambda _, refill_s: str(int(refill_s * 1_000)),
    "go": lambda at_s, refill_s: f"{int(refill_s - at_s) // 60}m{int(refill_s - at_s) % 60}s",
}


@settings(max_examples=40)
@given(
    st.sampled_from([60, 300, 900, 3_600]),
    st.sampled_from(sorted(FORMS)),
    st.lists(st.floats(0, 0.99), min_size=4, max_size=20),
)
def test_a_fixed_window_is_found(window_s, form, moments):
    """From answers at any moments of each of a few windows, and one at a beginning, the length is found, in any dialect."""
    begin_s = NOW_S // window_s * window_s
    later = [begin_s + (each + moment + (1 - moment) / 2) * window_s for each, moment in enumerate(moments)]
    times = [begin_s + 1, *(begin_s + (each + moment) * window_s for each, moment in enumerate(moments)), *later]
    series = read_series("x-ratelimit", conduct(answers(window_s, times, FORMS[form])))
    assert series.window_s == window_s
    assert series.refill == "on the clock"


@pytest.mark.parametrize("full_s", [60, 86_400])
def test_a_bucket_that_fills_drop_by_drop_is_no_window(full_s):
    """Where the wait is in proportion to what was spent, the time for the whole bucket is told."""
    several = [
        told(
            headers={
                "x-ratelimit-limit-requests": "1000",
                "x-ratelimit-remaining-requests": str(1000 - spent),
                "x-ratelimit-reset-requests": f"{spent * full_s * 1000 // 1000}ms",
            },
            at_s=NOW_S + 7 * spent,
        )
        for spent in range(1, 12)
    ]
    assert read_series("x-ratelimit-request", conduct(several)).refill == "drop by drop"
    assert read_series("x-ratelimit-request", conduct(several)).window_s == full_s


def test_little_is_claimed_from_little():
    """Two answers, or waits of a few seconds, prove no window; the longest wait is told all the same."""
    few = conduct(answers(3_600, [NOW_S, NOW_S + 9_000], FORMS["epoch"]))
    short = conduct(answers(5, [NOW_S + 5 * each for each in range(20)], FORMS["delta"]))
    assert read_series("x-ratelimit", few).window_s is None
    assert read_series("x-ratelimit", few).wait_max_s > 0
    assert read_series("x-ratelimit", short).window_s is None
    assert read_series("nothing", few) == Series()


def test_lengths_are_in_order():
    """The usual lengths are tried from the shortest."""
    assert list(USUAL_S) == sorted(USUAL_S)
