"""The vendor's clock over the control plane."""

from __future__ import annotations

import pytest
from shop import SHOP
from steering import Control

from tapehiss.mocks.live import LiveVendor, dated
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor

MIDNIGHT = 1_798_761_600


@pytest.fixture
def control():
    return Control(LiveVendor(dated(Vendor.of(SHOP), 1_000_000_000.0), by=state_by("path")))


def test_the_clock_can_be_read_set_moved_and_stopped(control):
    """In this order; the answer is what it shows then."""
    assert control("GET", "/clock").json() == {
        "unix_s": 1_000_000_010.0,
        "date": "2001-09-09T01:46:50Z",
        "going": True,
        "ahead_s": 0.0,
    }
    set_to = {"unix_s": MIDNIGHT, "advance_s": -1, "going": False}
    assert control("PUT", "/clock", json=set_to).json()["date"] == "2026-12-31T23:59:59Z"
    control.now_s = 99.0
    assert control("PUT", "/clock", json={"advance_s": 1}).json()["unix_s"] == MIDNIGHT
    control("PUT", "/clock", json={"going": True})
    control.now_s = 100.0
    assert control("GET", "/clock").json()["unix_s"] == MIDNIGHT + 1


def test_each_state_can_have_its_own_time(control):
    """One test's midnight is not another's."""
    control("PUT", "/clock?key=a", json={"unix_s": MIDNIGHT})
    assert [control("GET", f"/clock?key={key}").json()["ahead_s"] > 0 for key in ("a", "b", "")] == [True, False, False]


@pytest.mark.parametrize(
    "wrong",
    [{"unix_s": -1}, {"unix_s": "now"}, {"advance_s": 1e9, "unix_s": 4e9}, {"date": "2026-01-01"}, {"going": 2}],
)
def test_times_that_no_vendor_shows_are_refused(control, wrong):
    """And the clock stays as it was."""
    assert control("PUT", "/clock", json=wrong).status_code == 422
    assert control("GET", "/clock").json()["ahead_s"] == 0.0
