"""Every way of telling a client to wait."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.dialects import INSTANTS
from tapehiss.mocks.retry_after import FORMS, NAMES, told

NOW_S = 1_800_000_000.0


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        ("delta_s", (("Retry-After", "2"),)),
        ("decimal_s", (("Retry-After", "1.5"),)),
        ("delta_ms", (("Retry-After", "1500"),)),
        ("epoch_s", (("Retry-After", "1800000002"),)),
        ("go_duration", (("Retry-After", "1.5s"),)),
        ("rfc_3339", (("Retry-After", "2027-01-15T08:00:02Z"),)),
        ("http_date", (("Retry-After", "Fri, 15 Jan 2027 08:00:02 GMT"),)),
        ("ms_header", (("retry-after-ms", "1500"),)),
        ("both_headers", (("Retry-After", "2"), ("retry-after-ms", "1500"))),
        ("duplicate", (("Retry-After", "2"), ("Retry-After", "4"))),
        ("none", ()),
        ("empty", (("Retry-After", ""),)),
        ("garbage", (("Retry-After", "soon"),)),
        ("negative", (("Retry-After", "-2"),)),
        ("zero", (("Retry-After", "0"),)),
        ("huge", (("Retry-After", "99999999999"),)),
        ("infinite", (("Retry-After", "inf"),)),
        ("past_date", (("Retry-After", "Fri, 15 Jan 2027 07:00:02 GMT"),)),
        ("far_date", (("Retry-After", "Fri, 31 Dec 99999 23:59:59 GMT"),)),
    ],
)
def test_each_form(form, headers):
    """A wait of a second and a half, told in every form that was seen in the wild."""
    assert told(form, 1.5, NOW_S) == headers


@given(st.sampled_from(sorted(FORMS)), st.floats(0, 86_400))
def test_forms_speak_of_nothing_but_waits(form, wait_s):
    """Every form is headers that a recorded answer may have, too, so that they can take their place."""
    assert {name.lower() for name, _ in told(form, wait_s, NOW_S)} <= NAMES


@given(st.floats(0, 86_400))
def test_a_date_is_never_too_early(wait_s):
    """Who waits for the date has waited long enough, and hardly longer."""
    ((_, date),) = told("http_date", wait_s, NOW_S)
    assert -1e-3 <= parsedate_to_datetime(date).timestamp() - (NOW_S + wait_s) <= 1.0


def test_every_dialect_is_a_form():
    """What limits can say faults can say, in the same words."""
    assert INSTANTS.keys() <= FORMS.keys()
