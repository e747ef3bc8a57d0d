"""What limits make of an outcome."""

from __future__ import annotations

from dataclasses import replace

from tapehiss.cassettes.exchange import Exchange, Request, Response, header
from tapehiss.mocks.faults import Reset, Status
from tapehiss.mocks.limits import Limit, Limits
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.windows import Fixed
from tapehiss.mocks.wire import Asked, message_of

ASK = Request("GET", "https://x.example/a", (("Authorization", "Bearer t"),))
RECORDED = Exchange(ASK, Response(200, "OK", (("X-Left", "77"), ("Content-Type", "text/plain")), b"one"))
AGAIN = Exchange(ASK, Response(200, "OK", (("X-Left", "76"),), b"two"), started_at=1.0)
ONE_A_MINUTE = Limits((Limit("minute", Fixed(1.0, 60.0)),), headers=(("X-Left", "{minute.remaining}"),))


def vendor(schedule=()):
    return Vendor.of([RECORDED, AGAIN], schedule).__class__(
        Vendor.of([RECORDED, AGAIN]).index, schedule, limits=ONE_A_MINUTE, unix_s=1_790_000_000.0
    )


def test_a_refused_request_plays_no_recording():
    """The second answer of a sequence waits until the client has waited."""
    state, first, _ = vendor().answer(State(), ASK, 0.0)
    state, refused, _ = vendor().answer(state, ASK, 1.0)
    state, second, _ = vendor().answer(state, ASK, 60.0)
    assert (first.response.body, refused.response.status, refused.limit, second.response.body) == (
        b"one",
        429,
        "minute",
        b"two",
    )


def test_recorded_numbers_make_way_for_live_ones():
    """The header that was recorded is replaced, not doubled."""
    _, outcome, _ = vendor().answer(State(), ASK, 0.0)
    message = message_of(outcome, Asked())
    assert [value for name, value in message.headers if name == "X-Left"] == ["0"]


def test_faults_strike_what_limits_let_through_and_what_they_refuse():
    """A fault's answer has none of the vendor's counters; a reset takes a refusal away, too."""
    _, outcome, _ = vendor((Rule(Status(503)),)).answer(State(), ASK, 0.0)
    assert (outcome.response.status, outcome.told) == (503, ())
    state, _, _ = vendor().answer(State(), ASK, 0.0)
    _, outcome, _ = vendor((Rule(Reset()),)).answer(state, ASK, 1.0)
    assert (outcome.response, outcome.limit) == (None, "minute")


def test_waiting_as_told_on_the_wire_is_enough():
    """Retry-After, in whole seconds, of a refusal in the middle of a second."""
    state, _, _ = vendor().answer(State(), ASK, 0.3)
    state, refused, _ = vendor().answer(state, ASK, 0.4)
    wait_s = float(header(refused.response.headers, "retry-after"))
    _, after, _ = vendor().answer(state, ASK, 0.4 + wait_s)
    assert after.limit == ""


def test_limits_that_are_asked_before_the_body():
    """Who has nothing left is refused by the head alone, and the connection ends; whoever is admitted is counted once."""
    early = replace(vendor(), limits=replace(ONE_A_MINUTE, early=True))
    sent = replace(ASK, body=b"much")
    assert early.refuse(State(), ASK, 0.0) is None
    state, first, _ = early.answer(State(), sent, 0.0)
    assert (first.limit, first.early) == ("", False)
    assert first.told == vendor().answer(State(), sent, 0.0)[1].told
    refused = early.refuse(state, ASK, 1.0)
    assert refused is not None
    assert (refused[1].limit, refused[1].early, refused[1].response.status) == ("minute", True, 429)
    assert early.answer(state, sent, 1.0) == refused
    assert vendor().refuse(state, ASK, 1.0) is None
