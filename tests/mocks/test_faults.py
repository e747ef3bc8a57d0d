"""What faults do to an outcome, and their JSON."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.mocks import strategies
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.faults import (
    BODY_MAX_BYTES,
    Latency,
    Reset,
    Status,
    Truncate,
    fault_from_json,
    fault_to_json,
    headers_from_json,
    reason_of,
    strike,
)
from tapehiss.mocks.outcome import Outcome, Rung

FINE = Outcome(Response(200, "OK", (), b"0123456789"), rung=Rung.EXACT, recording=0)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FAULTS = strategies.faults() | st.builds(Status, st.integers(400, 599), st.just((("X-Why", "weather"),)), TEXT)


@given(FAULTS)
def test_a_fault_survives_json(fault):
    """A fault written as JSON text is read back as the same value."""
    assert fault_from_json(json.loads(json.dumps(fault_to_json(fault)))) == fault


@given(st.lists(FAULTS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_different_faults_does_not_matter(faults, dice):
    """Faults of different kinds that strike together do the same in any order."""
    one_of_each = list({type(fault): fault for fault in faults}.values())
    shuffled = dice.sample(one_of_each, len(one_of_each))
    assert strike(shuffled, FINE) == strike(one_of_each, FINE)


@given(st.lists(FAULTS, min_size=1, max_size=4))
def test_the_severest_fault_decides(faults):
    """A reset leaves nothing, a truncation never a whole answer, a latency alone changes nothing but the time."""
    outcome, delay_s = strike(faults, FINE)
    assert delay_s == pytest.approx(sum(fault.delay_s for fault in faults if isinstance(fault, Latency)))
    kinds = {type(fault) for fault in faults}
    if Reset in kinds:
        assert (outcome.response, outcome.ending) == (None, Ending.RESET)
    elif Truncate in kinds:
        assert outcome.ending is not Ending.COMPLETE
    elif Status in kinds:
        assert outcome.response in [fault.response() for fault in faults if isinstance(fault, Status)]
    else:
        assert outcome == FINE


def test_the_first_status_wins():
    """Of two statuses the one given first is the answer."""
    outcome, _ = strike([Status(503), Status(429)], FINE)
    assert outcome.response is not None
    assert outcome.response.status == 503


def test_a_status_without_a_body_is_a_problem_document():
    """What a client reads says which status it is and that the schedule did it."""
    response = Status(429, (("Retry-After", "2"),)).response()
    assert response.headers == (("Retry-After", "2"), ("Content-Type", "application/problem+json"))
    assert json.loads(response.body) == {
        "type": "about:blank",
        "title": "Too Many Requests",
        "status": 429,
        "detail": "a fault of the schedule",
    }
    assert Status(500, (("Content-Type", "text/plain"),)).response().headers == (("Content-Type", "text/plain"),)
    assert json.loads(Status(529).response().body)["title"] == "Fault"
    assert reason_of(529) == ""


def test_truncation_never_lets_a_whole_answer_through():
    """A cut behind the end cuts before it; an empty body leaves no answer; a cut answer is not healed by a later cut."""
    assert strike([Truncate(3)], FINE)[0].body_bytes == 3
    assert strike([Truncate(99), Truncate(4)], FINE)[0].body_bytes == 4
    empty = Outcome(Response(204))
    assert strike([Truncate(3)], empty)[0] == Outcome(None, Ending.RESET)
    assert strike([Truncate(3), Reset()], empty)[0] == Outcome(None, Ending.RESET)
    assert strike([Truncate(3)], Outcome(None, Ending.TIMED_OUT))[0] == Outcome(None, Ending.TIMED_OUT)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, ""),
        ({"status": 500, "reset": True}, ""),
        ({"status": "500"}, "status"),
        ({"status": True}, "status"),
        ({"status": 200}, "status"),
        ({"status": 500, "body": 1}, "body"),
        ({"status": 500, "body": "\ud800"}, "body"),
        ({"status": 500, "body": "x" * (BODY_MAX_BYTES + 1)}, "body"),
        ({"status": 500, "headers": "no"}, "headers"),
        ({"status": 500, "headers": [["a"]]}, "headers"),
        ({"status": 500, "headers": {"a b": "c"}}, "headers"),
        ({"status": 500, "headers": {"a": "b\r\nc: d"}}, "headers"),
        ({"status": 500, "headers": {"a": "\u2028"}}, "headers"),
        ({"latency_s": -1}, "latency_s"),
        ({"latency_s": float("nan")}, "latency_s"),
        ({"latency_s": 1, "headers": {}}, "headers"),
        ({"reset": True, "body": ""}, "body"),
        ({"truncate_bytes": -1}, "truncate_bytes"),
        ({"truncate_bytes": 1.5}, "truncate_bytes"),
        ({"reset": 1}, "reset"),
    ],
)
def test_wrong_data_is_a_flaw_that_names_the_field(data, field):
    """Data that describes no fault is answered with the field that is wrong and a remedy."""
    flaw = fault_from_json(data)
    assert isinstance(flaw, Flaw)
    assert (flaw.field, bool(flaw.remedy)) == (field, True)


def test_headers_may_be_a_mapping_with_numbers():
    """``{Retry-After: 2}`` in YAML is what a person writes."""
    assert headers_from_json({"Retry-After": 2}) == (("Retry-After", "2"),)


def test_severity_grows_down_the_list():
    """Shrinking moves up the list of faults, so it must be sorted."""
    kinds = (Latency, Status, Truncate, Reset)
    assert all(a.severity < b.severity for a, b in itertools.pairwise(kinds))
