"""The vendor's idea of the time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.vendorclock import RIGHT, VendorClock

TIMES = st.integers(-(10**6), 10**6)
CLOCKS = st.builds(VendorClock, TIMES, st.none() | TIMES)


@given(CLOCKS, TIMES, TIMES, TIMES)
def test_a_clock_that_is_set_shows_it(clock, at_s, now_s, later_s):
    """Then it goes on, or stands, as before."""
    shown = clock.showing(at_s, now_s)
    assert shown.at(now_s) == at_s
    going = clock.stands_at_s is None
    assert shown.at(now_s + later_s) == at_s + (later_s if going else 0)


@given(CLOCKS, TIMES, TIMES)
def test_stopping_and_going_on_change_nothing_at_once(clock, now_s, later_s):
    """Only later does it show whether a clock goes."""
    shows_s = clock.at(now_s)
    assert clock.stopped(now_s).at(now_s + later_s) == shows_s
    assert clock.going(now_s).at(now_s + later_s) == shows_s + later_s


def test_at_first_it_is_right():
    """The vendor's time is the mock's."""
    assert RIGHT.at(7.5) == 7.5
