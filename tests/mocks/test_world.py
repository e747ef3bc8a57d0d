"""A flow in a world without a clock."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Ending, Exchange, Request
from tapehiss.mocks import strategies
from tapehiss.mocks.errors import EndlessFlow
from tapehiss.mocks.faults import Latency, Status, Truncate
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.wire import HANG_MAX_S
from tapehiss.mocks.world import Journey, travel

ORDER = SHOP[0].request


@dataclass(frozen=True)
class Send:
    """What any client's sending looks like."""

    request: Request
    timeout_s: float = 30.0


@dataclass(frozen=True)
class Sleep:
    """What any client's sleeping looks like."""

    wait_s: float


Reply = tuple[Outcome | None, float]


def reply(outcome: Outcome | None, at_s: float) -> Reply:
    return outcome, at_s


def until_fine(request: Request, attempts: int, wait_s: float):
    """Ask until the status is 200; the time at which it came."""
    for _ in range(attempts):
        outcome, at_s = yield Send(request)
        if outcome.response is not None and outcome.response.status == 200 and outcome.ending is Ending.COMPLETE:
            return at_s
        yield Sleep(wait_s)
    raise TimeoutError(attempts)


def patiently(request: Request):
    """Ask once, and wait for as long as it takes."""
    yield Send(request, 1e9)


def test_an_hour_of_outage_takes_no_time():
    """A client that asks every minute succeeds at the first minute after the outage."""
    vendor = Vendor.of(SHOP, (Rule(Status(503), to_s=3600.0),))
    journey = travel(vendor, until_fine(ORDER, 100, 60.0), reply)
    assert (journey.result, journey.error, journey.now_s) == (3600.0, None, 3600.0)
    assert (len(journey.steps), journey.slept_s) == (61, (60.0,) * 60)


@given(strategies.schedules(), st.integers(0, 99), st.floats(0, 1e6))
def test_a_journey_comes_twice(schedule, seed, now_s):
    """The same flow under the same schedule and seed is the same journey, and its times never go back."""
    vendor = Vendor.of(SHOP, schedule, seed=seed)
    one, other = (travel(vendor, until_fine(ORDER, 8, 20.0), reply, now_s=now_s) for _ in range(2))
    assert (one.steps, one.now_s, one.result) == (other.steps, other.now_s, other.result)
    times = [now_s, *(at for step in one.steps for at in (step.sent_at_s, step.known_at_s)), one.now_s]
    assert times == sorted(times)


def test_the_clients_timeout_is_an_outcome():
    """An answer that would come too late is a timeout, at the time when the client gives up."""
    slow = Vendor.of(SHOP, (Rule(Latency(31.0)),))
    journey = travel(slow, until_fine(ORDER, 1, 0.0), reply)
    assert [(step.known_at_s, step.outcome.ending) for step in journey.steps] == [(30.0, Ending.TIMED_OUT)]
    silent = Vendor.of([Exchange(ORDER, None, Ending.TIMED_OUT)])
    assert travel(silent, until_fine(ORDER, 1, 0.0), reply).steps[0].known_at_s == 30.0
    patient = travel(silent, patiently(ORDER), reply).steps[0]
    assert (patient.known_at_s, patient.outcome.ending) == (HANG_MAX_S, Ending.RESET)


def test_a_stream_takes_the_time_of_its_pieces():
    """At the recorded pace the last event decides when the client has it all."""
    journey = travel(Vendor.of(SHOP, latency=2.0), until_fine(SHOP[8].request, 1, 0.0), reply)
    assert journey.result == 4.0


def test_a_client_sees_no_more_than_arrives():
    """Of a truncated answer the flow gets the part that came."""
    vendor = Vendor.of(SHOP, (Rule(Truncate(4)),))
    (step,) = travel(vendor, until_fine(ORDER, 1, 0.0), reply).steps
    assert (step.outcome.response.body, step.outcome.ending) == (b'{"st', Ending.TRUNCATED)


def test_an_error_is_what_became_of_a_flow():
    """What a flow raises is its result, with the steps that led there; its state can be travelled on from."""
    journey = travel(Vendor.of(SHOP, (Rule(Status(503)),)), until_fine(ORDER, 2, 1.0), reply)
    assert (journey.result, repr(journey.error), len(journey.steps)) == (None, "TimeoutError(2)", 2)
    again = travel(Vendor.of(SHOP), until_fine(ORDER, 1, 0.0), reply, state=journey.state, now_s=journey.now_s)
    assert again.steps[0].outcome.recording == 0


def test_a_flow_without_end_is_ended():
    """A flow that never stops asking is an error, not a hanging test."""

    def forever():
        while True:
            yield Sleep(-1.0)

    journey: Journey[None] = travel(Vendor(), forever(), reply)
    assert isinstance(journey.error, EndlessFlow)
    assert journey.now_s == 0.0


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/report"])
def test_misses_and_recorded_failures_reach_the_flow(path):
    """A flow meets them as any client does."""
    journey = travel(Vendor.of(SHOP), until_fine(Request("GET", HOST + path), 1, 0.0), reply)
    assert isinstance(journey.error, TimeoutError)
