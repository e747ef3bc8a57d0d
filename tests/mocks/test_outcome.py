"""When a recording counts as played."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from tapehiss.cassettes.exchange import Response
from tapehiss.mocks.faults import Latency, Reset, Status, Truncate
from tapehiss.mocks.outcome import Outcome
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
