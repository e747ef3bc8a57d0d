"""What the values of rate-limit headers mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.quota_values import Item, dialect, items, number, ratio, span_s

NOW_S = 1_790_000_000.0


@pytest.mark.parametrize(
    ("text", "form", "wait_s"),
    [
        ("37", "seconds", 37),
        ("1.5", "seconds", 1.5),
        ("0", "seconds", 0),
        ("1790000060", "epoch-seconds", 60),
        ("1790000060000", "epoch-milliseconds", 60),
        ("60000000", "milliseconds", 60_000),
        ("12ms", "duration", 0.012),
        ("6m0s", "duration", 360),
        ("2026-09-21T14:14:20Z", "rfc3339", 60),
        ("Mon, 21 Sep 2026 14:14:20 GMT", "http-date", 60),
        ('"37"', "seconds", 37),
        ("tomorrow", "other", None),
        ("", "other", None),
    ],
)
def test_instants_and_waits_have_a_form(text, form, wait_s):
    """Seconds, milliseconds, epochs, durations and dates are told apart, and are waits from now."""
    told, wait = dialect(text, NOW_S)
    assert told == form
    assert wait == (wait_s if wait_s is None else pytest.approx(wait_s, abs=1e-6))


def test_without_a_clock_an_instant_is_no_wait():
    """An instant needs the time; a wait does not."""
    assert dialect("1790000060", None) == ("epoch-seconds", None)
    assert dialect("Mon, 21 Sep 2026 14:14:20 GMT", None) == ("http-date", None)
    assert dialect("37", None) == ("seconds", 37)


@given(st.text(max_size=60) | st.text(alphabet='0123456789:;,="wqrt .-smhd/', max_size=60))
def test_nothing_is_too_odd(text):
    """Any text has a form, and whatever else is read of it is a number or nothing."""
    form, wait_s = dialect(text, NOW_S)
    assert form in {
        "seconds", "milliseconds", "epoch-seconds", "epoch-milliseconds", "rfc3339", "http-date", "duration", "other",
    }  # fmt: skip
    assert wait_s is None or isinstance(wait_s, float)
    assert all(isinstance(value, float) for item in items(text) for value in item.parameters.values())
    assert isinstance(number(text), float | None)
    assert isinstance(span_s(text), float | None)
    assert ratio(text) is None or len(ratio(text)) == 2


def test_a_date_without_a_zone_is_utc():
    """Whatever the zone of the machine that reads it."""
    assert dialect("2026-09-21T14:14:20", NOW_S) == ("rfc3339", 60.0)
    assert dialect("Mon, 21 Sep 2026 14:14:20 -0000", NOW_S) == ("http-date", 60.0)


def test_lists_ratios_and_spans():
    """Structured lists (RFC 9651), loose members, ratios and words for spans of time."""
    assert items('"burst";q=100;w=60, 10;w=1') == [Item("burst", {"q": 100, "w": 60}), Item("10", {"w": 1})]
    assert items("limit=100, remaining=50, reset=5") == [Item("", {"limit": 100, "remaining": 50, "reset": 5})]
    assert (ratio("32/40"), ratio("api-usage=18/5000"), ratio("1/2/3")) == ((32, 40), (18, 5000), None)
    assert [span_s(each) for each in ("minute", "Daily", "24hour", "10s", "hourly", "months", "nothing")] == [
        60, 86_400, 86_400, 10, 3_600, 2_592_000, None,
    ]  # fmt: skip
    assert (number("150, 10;w=1"), number("1.5"), number("15 per hour")) == (150, 1.5, None)
