"""Numbers and instants as vendors spell them."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.dialects import INSTANTS, asked_in, filled, go_duration, number, pieces_of

WAITS = st.floats(0, 1e6)
NOWS = st.floats(1e9, 2e9)
READ = {
    "delta_s": lambda text, _: float(text),
    "decimal_s": lambda text, _: float(text),
    "delta_ms": lambda text, _: float(text) / 1000,
    "epoch_s": lambda text, now_s: float(text) - now_s,
    "epoch_ms": lambda text, now_s: float(text) / 1000 - now_s,
    "rfc_3339": lambda text, now_s: datetime.fromisoformat(text).timestamp() - now_s,
    "http_date": lambda text, now_s: parsedate_to_datetime(text).timestamp() - now_s,
    "human": lambda text, now_s: datetime.strptime(text[:33], "%a %b %d %Y %H:%M:%S GMT%z").timestamp() - now_s,
}


@pytest.mark.parametrize("form", READ)
@given(WAITS, NOWS)
def test_no_form_asks_for_less_than_the_wait(form, wait_s, now_s):
    """Whoever reads the text and waits so long has waited long enough, and not a second too long."""
    asked_s = READ[form](INSTANTS[form](wait_s, now_s + wait_s), now_s)
    assert wait_s - 2e-4 <= asked_s <= wait_s + 1.001


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0s"),
        (0.012, "12ms"),
        (1.5, "1.5s"),
        (8.64, "8.64s"),
        (360, "6m0s"),
        (3630, "1h0m30s"),
        (60.0004, "1m0.001s"),
    ],
)
def test_a_go_duration_is_as_go_prints_it(seconds, text):
    """Whole units from the largest to seconds; milliseconds alone below one second."""
    assert go_duration(seconds) == text


def test_a_template_is_filled_place_by_place():
    """Numbers, instants, the wait and the reason; text around them stays."""
    values = {
        ("steady", "limit"): 60.0,
        ("steady", "remaining"): 58.4,
        ("steady", "reset"): 12.2,
        ("", "reason"): "burst",
    }
    known = {**values, ("", "retry_after"): 0.3, ("", "limit_name"): "b"}
    template = 'q={steady.limit};r={steady.remaining};t={steady.reset};at={steady.reset:epoch_s} {retry_after} {reason} {limit_name} {"a":1}'
    said = filled(template, lambda counter, value: known[counter, value], 1_700_000_000.0)
    assert said == 'q=60;r=58;t=13;at=1700000013 1 burst b {"a":1}'
    assert filled("2024-02-15", lambda *_: None, 0.0) == "2024-02-15"


def test_a_template_tells_what_it_asks_for():
    """So that a profile is checked when it is read, not when it is played."""
    asked = asked_in(pieces_of("{steady.reset:epoch_s} {retry_after:http_date} {reason}"))
    assert [each[:3] for each in asked] == [
        ("steady", "reset", "epoch_s"),
        ("", "retry_after", "http_date"),
        ("", "reason", ""),
    ]


@pytest.mark.parametrize(("value", "text"), [(0.0, "0"), (59.9, "59"), (0.5, "0.5"), (1e-6, "0"), (2.0, "2")])
def test_what_remains_is_rounded_down(value, text):
    """A vendor that says one remains and then refuses would be lying; a rate below one keeps its fraction."""
    assert number(value) == text
