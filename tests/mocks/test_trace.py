"""What passed over the wire, as the judge reads it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from clumsy import run, trying

from journeys import EPOCH_S, KEYED, READ, TAPE, WRITE
from tapehiss.cassettes.exchange import Ending, Exchange, Response
from tapehiss.mocks.faults import Damage, Latency, Lose, Refuse, Reset, Status, Truncate
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.trace import Fate, fate_of
from tapehiss.mocks.vendor import Vendor

VENDOR = replace(Vendor.of(TAPE), unix_s=EPOCH_S)


def attempt(request, *faults):
    """The first attempt at a request, under these faults."""
    schedule = tuple(Rule(fault) for fault in faults)
    return run(replace(VENDOR, schedule=schedule), trying(request, attempts=1)).attempts[0]


@pytest.mark.parametrize(
    ("faults", "fate", "status"),
    [
        ((), Fate.DONE, 200),
        ((Status(404),), Fate.DONE, 404),
        ((Status(501),), Fate.DONE, 501),
        ((Status(429),), Fate.NOT_PROCESSED, 429),
        ((Status(425),), Fate.NOT_PROCESSED, 425),
        ((Refuse(),), Fate.NOT_PROCESSED, None),
        ((Status(408),), Fate.AMBIGUOUS, 408),
        ((Status(503),), Fate.AMBIGUOUS, 503),
        ((Reset(),), Fate.AMBIGUOUS, None),
        ((Latency(99.0),), Fate.AMBIGUOUS, None),
        ((Truncate(3),), Fate.AMBIGUOUS, 200),
        ((Truncate(3, lying=True),), Fate.AMBIGUOUS, 200),
        ((Damage("html"),), Fate.AMBIGUOUS, 200),
        ((Damage("html"), Latency(1.0)), Fate.AMBIGUOUS, 200),
    ],
)
def test_what_a_client_can_know(faults, fate, status):
    """Done, not processed, or nobody knows: an answer that is not whole is worth no more than none."""
    found = attempt(READ, *faults)
    assert (found.fate, found.status) == (fate, status)


def test_a_limit_turns_away():
    """Whatever status the vendor uses for it."""
    assert fate_of(Outcome(Response(403), limit="per second")) is Fate.NOT_PROCESSED


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ((), None),
        ((("Retry-After", "7"),), 7.0),
        ((("Retry-After", "Wed, 14 Oct 2026 17:46:50 GMT"), ("Date", "Wed, 14 Oct 2026 17:46:40 GMT")), 10.0),
        ((("Retry-After", "Wed, 14 Oct 2026 17:46:50 GMT"),), 10.0),
        ((("retry-after-ms", "1500"),), 1.5),
        ((("Retry-After", "soon"),), None),
        ((("Retry-After", "Wed, 14 Oct 2020 17:46:50 GMT"),), 0.0),
    ],
)
def test_how_long_it_was_asked_to_wait(headers, wait_s):
    """In every form; a date asks for no more than its difference to now."""
    assert attempt(READ, Status(429, headers)).wait_s == wait_s


def test_a_success_asks_nobody_to_wait():
    """Some vendors send Retry-After with every answer."""
    assert attempt(READ, Status(200, (("Retry-After", "9"),), "{}")).wait_s is None


@pytest.mark.parametrize(("told", "forbidden"), [("false", True), (" FALSE ", True), ("true", False), ("no", False)])
def test_a_vendor_can_ask_to_be_left_alone(told, forbidden):
    """``x-should-retry: false``, in any case."""
    assert attempt(READ, Status(500, (("X-Should-Retry", told),))).forbidden is forbidden
    assert not attempt(READ, Reset()).forbidden


def test_what_the_vendor_did():
    """Lost or not, what was played from a tape was carried out; what was refused was not."""
    assert attempt(WRITE).carried_out
    assert attempt(WRITE, Lose()).carried_out
    assert not attempt(WRITE, Reset()).carried_out
    assert not attempt(replace(WRITE, url=WRITE.url + "/nowhere")).carried_out
    refused = Vendor.of([Exchange(WRITE, Response(422))])
    assert not run(refused, trying(WRITE, attempts=1)).attempts[0].carried_out
    died = Vendor.of([Exchange(WRITE, None, ending=Ending.RESET)])
    assert run(died, trying(WRITE, attempts=1)).attempts[0].carried_out


def test_what_identifies_a_call():
    """Equal but for the key: one call; the key, the body and the operation are told apart."""
    bare, keyed, read = attempt(WRITE), attempt(KEYED), attempt(READ)
    assert bare.call == keyed.call != read.call
    assert (bare.key, keyed.key) == ("", "3f1c")
    assert bare.body == keyed.body != read.body == ""
    assert (bare.writes, read.writes) == (True, False)
    assert bare.operation == "POST /v1/things"
