"""One test's own vendor, and what ends by itself."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.mocks.faults import Status
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.sandbox import Sandbox
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.vendorclock import VendorClock

ORDER = SHOP[0].request
BUSY, DOWN = (Rule(Status(503)),), (Rule(Status(500)),)


def status(sandbox: Sandbox, now_s: float) -> int:
    response = sandbox.answer(ORDER, now_s)[0].response
    assert response is not None
    return response.status


@given(st.floats(0.1, 1000), st.floats(0, 2000))
def test_what_is_on_loan_ends_by_itself(for_s, asked_s):
    """Whoever asks after the end finds what was before, whether or not anybody asked in between."""
    sandbox = Sandbox(Vendor.of(SHOP, DOWN))
    sandbox.play(BUSY, 0.0, for_s=for_s)
    assert status(sandbox, asked_s) == (503 if asked_s < for_s else 500)
    assert sandbox.due_s == (for_s if asked_s < for_s else math.inf)


def test_what_comes_back_begins_at_the_end_of_the_loan():
    """Its windows count from that second, not from the next request."""
    sandbox = Sandbox(Vendor.of(SHOP, (Rule(Status(500), from_s=5.0, to_s=10.0),)))
    sandbox.play(BUSY, 0.0, for_s=100.0)
    assert [status(sandbox, at_s) for at_s in (99.0, 107.0, 112.0)] == [503, 500, 200]


def test_a_loan_can_be_renewed():
    """Each time for so long from then; what ended before stays ended."""
    sandbox = Sandbox(Vendor.of(SHOP))
    sandbox.play(BUSY, 0.0, for_s=10.0)
    sandbox.prolong(9.0, 10.0)
    assert [status(sandbox, at_s) for at_s in (18.9, 19.0)] == [503, 200]
    sandbox.prolong(20.0, 10.0)
    assert status(sandbox, 21.0) == 200


def test_one_loan_after_another_goes_back_to_what_was_before_both():
    """And what is set without an end is what comes back from then on."""
    sandbox = Sandbox(Vendor.of(SHOP))
    sandbox.play(BUSY, 0.0, for_s=10.0)
    sandbox.play(DOWN, 1.0, for_s=10.0)
    assert [status(sandbox, at_s) for at_s in (10.9, 11.0)] == [500, 200]
    sandbox.play(BUSY, 20.0, for_s=5.0)
    sandbox.play(DOWN, 21.0)
    assert status(sandbox, 99.0) == 500


def test_limits_go_back_to_what_was_before_all_loans():
    """As weather does."""
    sandbox = Sandbox(Vendor.of(SHOP))
    sandbox.limit(shipped_profile("klaviyo:XS"), 0.0, for_s=10.0)
    sandbox.limit(shipped_profile("stripe"), 1.0, for_s=10.0)
    sandbox.settle(11.0)
    assert sandbox.profile is None


def test_limits_can_be_on_loan_too():
    """Apart from the weather."""
    sandbox = Sandbox(Vendor.of(SHOP))
    sandbox.limit(shipped_profile("klaviyo:XS"), 0.0, for_s=10.0)
    sandbox.play(BUSY, 0.0, for_s=20.0)
    assert (sandbox.profile.name, sandbox.due_s) == ("klaviyo", 10.0)
    assert status(sandbox, 10.0) == 503
    assert (sandbox.profile, sandbox.vendor.limits.limits, sandbox.due_s) == (None, (), 20.0)
    assert status(sandbox, 20.0) == 200


@pytest.mark.parametrize("clock", [VendorClock(1000.0), VendorClock(0.0, 77.0)])
def test_the_vendor_goes_by_its_clock_and_loans_do_not(clock):
    """A clock that stands does not keep the weather from ending."""
    sandbox = Sandbox(Vendor.of(SHOP), clock=clock)
    sandbox.play((Rule(Status(503), to_s=1.0),), 5.0, for_s=10.0)
    assert status(sandbox, 5.0) == 503
    assert sandbox.answer(ORDER, 8.0)[2] == clock.at(8.0)
    assert status(sandbox, 15.0) == 200


def test_a_reset_forgets_what_was_done_and_not_what_was_set():
    """The tapes begin anew, under the same weather."""
    sandbox = Sandbox(Vendor.of(SHOP, (Rule(Status(503), first=1),)))
    assert [status(sandbox, 1.0) for _ in range(2)] == [503, 200]
    sandbox.reset(2.0)
    assert (sandbox.requests, sandbox.state.began_s, status(sandbox, 2.0)) == (0, 2.0, 503)
