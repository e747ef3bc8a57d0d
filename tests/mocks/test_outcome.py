"""When a recording counts as played."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tapehiss.cassettes.exchange import Response
from tapehiss.mocks.faults import Latency, Lose, Reset, Status, Truncate
from tapehiss.mocks.outcome import Outcome, Repeat, Rung
from tapehiss.mocks.schedule import Rule


@pytest.mark.parametrize(
    ("faults", "advances"),
    [
        ((), True),
        ((Latency(1.0),), True),
        ((Status(503),), False),
        ((Truncate(1),), False),
        ((Latency(1.0), Reset()), False),
    ],
)
def test_a_spoilt_answer_can_be_asked_for_again(faults, advances):
    """A recording is used up only when its answer reached the client, late or not."""
    struck = tuple(Rule(fault) for fault in faults)
    assert Outcome(Response(200), recording=0, struck=struck).advances is advances


def test_a_miss_uses_nothing_up():
    """Where no recording was played none is used up."""
    assert not Outcome(Response(404)).advances


def test_telling_changes_nothing_else():
    """Every other field stays what it is, whatever fields there are."""
    full = Outcome(*(each.name for each in fields(Outcome)))
    assert full.telling((("a", "b"),)) == replace(full, told=(("a", "b"),))


DONE = Response(201, body=b"{}")
LOST = Outcome(None, recording=3, struck=(Rule(Lose()),), meant=DONE)


@pytest.mark.parametrize(
    ("outcome", "done"),
    [
        (Outcome(DONE, recording=3), DONE),
        (Outcome(DONE, rung=Rung.SYNTHESISED), DONE),
        (LOST, DONE),
        (replace(LOST, response=Response(201, body=b"{damaged")), DONE),
        (Outcome(DONE, recording=3, struck=(Rule(Status(503)),), meant=DONE), None),
        (Outcome(DONE, recording=3, repeat=Repeat.REPLAYED), None),
        (Outcome(DONE, rung=Rung.SYNTHESISED, limit="minute"), None),
        (Outcome(None, recording=6), None),
        (Outcome(replace(DONE, status=402), recording=3), None),
        (Outcome(DONE), None),
    ],
)
def test_what_was_carried_out(outcome, done):
    """Also what was answered into the void; not what a fault, a limit or a key kept from being done, an error, or a miss."""
    assert outcome.done is done
