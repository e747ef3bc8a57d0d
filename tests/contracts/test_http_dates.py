"""Dates as HTTP spells them."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.http_dates import instant_of

AT_S = 784_111_777.0


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def _somewhere(request, monkeypatch):
    """A machine that is somewhere else."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("_somewhere")
@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Sun, 06 Nov 1994 08:49:37 -0000",
        "Sun, 06 Nov 1994 09:49:37 +0100",
    ],
)
def test_every_form_is_the_same_everywhere(text):
    """The three forms of RFC 9110, and zones: whatever the time zone of the machine is."""
    assert instant_of(text) == AT_S


@given(st.integers(0, 4_102_444_800))
def test_what_is_written_is_read(at_s):
    """To the second."""
    assert instant_of(formatdate(at_s, usegmt=True)) == at_s


@given(st.text())
def test_anything_else_is_no_date(text):
    """Whatever it is, it is read or is nothing: never an error."""
    assert instant_of(text) is None or isinstance(instant_of(text), float)
    assert instant_of(None) is instant_of("yesterday") is None
