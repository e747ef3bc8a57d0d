"""What faults do to an outcome, and their JSON."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.mocks import strategies
from tapehiss.mocks.faults import (
    Damage,
    Drip,
    Empty,
    Garble,
    GzipCut,
    Hang,
    Latency,
    Lose,
    Reset,
    Stall,
    Status,
    Truncate,
    Unterminated,
    reason_of,
    strike,
)
from tapehiss.mocks.outcome import Manner, Outcome, Rung

FINE = Outcome(Response(200, "OK", (), b"0123456789"), rung=Rung.EXACT, recording=0)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FAULTS = strategies.faults() | st.builds(Status, st.integers(400, 599), st.just((("X-Why", "weather"),)), TEXT)


@given(st.lists(FAULTS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_different_faults_does_not_matter(faults, dice):
    """Faults of different kinds that strike together do the same in any order."""
    one_of_each = list({type(fault): fault for fault in faults}.values())
    shuffled = dice.sample(one_of_each, len(one_of_each))
    assert strike(shuffled, FINE) == strike(one_of_each, FINE)


@given(st.lists(FAULTS, min_size=1, max_size=4))
def test_the_severest_fault_decides(faults):
    """Those that leave no answer leave none, whatever else strikes; those that only slow it down leave it as it is."""
    outcome, delay_s = strike(faults, FINE)
    assert delay_s == pytest.approx(sum(fault.delay_s for fault in faults if isinstance(fault, Latency)))
    kinds = {type(fault) for fault in faults}
    if kinds & {Lose, Garble, Empty, Reset}:
        assert outcome.response is None
        assert outcome.ending in {Ending.RESET, Ending.MALFORMED}
    elif kinds <= {Latency, Drip, Stall}:
        assert (outcome.response, outcome.ending) == (FINE.response, FINE.ending)
    elif kinds <= {Latency, Status}:
        assert outcome.response in [fault.response() for fault in faults if isinstance(fault, Status)]
    else:
        assert (outcome.response, outcome.ending, outcome.manner) != (FINE.response, FINE.ending, FINE.manner)


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


def test_severity_grows_down_the_list():
    """Shrinking moves up the list of faults, so it must be sorted."""
    kinds = (
        Latency, Drip, Stall, Status, Damage, GzipCut, Unterminated, Truncate, Lose, Garble, Empty, Reset, Hang,
    )  # fmt: skip
    assert all(a.severity < b.severity for a, b in itertools.pairwise(kinds))


def test_a_lying_truncation_passes_for_the_whole():
    """The answer is complete as far as HTTP can tell, and a byte short at least."""
    outcome, _ = strike([Truncate(99, lying=True)], FINE)
    assert (outcome.ending, outcome.body_bytes, outcome.manner) == (Ending.COMPLETE, 9, Manner(lying=True))


def test_a_lost_answer_was_given():
    """Of all faults that leave no answer it is the one after which the recording counts as played."""
    assert [kind.spoils for kind in (Lose, Garble, Empty, Reset, Hang)] == [False, True, True, True, True]


def test_what_has_no_body_cannot_be_damaged():
    """204 stays 204."""
    empty = Outcome(Response(204))
    for fault in (Damage("nan"), GzipCut(), Unterminated()):
        assert strike([fault], empty)[0] == empty
        assert strike([fault], Outcome(None, Ending.RESET))[0] == Outcome(None, Ending.RESET)


def test_the_slowest_drip_counts():
    """Of two rates the lower one is what comes through."""
    assert strike([Drip(20.0), Drip(200.0)], FINE)[0].manner.bytes_per_s == 20.0


def test_silence_lasts():
    """Nothing comes until the client gives up."""
    assert strike([Hang()], FINE)[0].ending is Ending.TIMED_OUT


def test_a_torn_gzip_is_torn_once():
    """Two rules that strike together do not compress it twice."""
    assert strike([GzipCut(), GzipCut()], FINE) == strike([GzipCut()], FINE)
