"""What faults do to an outcome, and their JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.mocks import strategies
from tapehiss.mocks.fault_forms import FORMS
from tapehiss.mocks.faults import (
    Answer,
    Damage,
    Drip,
    Empty,
    Expired,
    Garble,
    GzipCut,
    Hang,
    Latency,
    Lose,
    Refuse,
    Reset,
    Revoked,
    Stall,
    Status,
    Truncate,
    Twice,
    Unterminated,
    is_early,
)
from tapehiss.mocks.faults import strike as struck_by
from tapehiss.mocks.limits import Limits
from tapehiss.mocks.lore import Lore
from tapehiss.mocks.outcome import Manner, Outcome, Rung
from tapehiss.mocks.settling import Scene, settled

SCENE = Scene(Request("GET", "/"), Lore(), Limits(), 0.0)
FINE = Outcome(Response(200, "OK", (), b"0123456789"), rung=Rung.EXACT, recording=0)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FAULTS = strategies.faults() | st.builds(Status, st.integers(400, 599), st.just((("X-Why", "weather"),)), TEXT)


def strike(faults, outcome):
    """What the faults make of an outcome once they are definite."""
    return struck_by([each for fault in faults for each in settled(fault, SCENE)], outcome)


@given(st.lists(FAULTS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_different_faults_does_not_matter(faults, dice):
    """Faults of different kinds that strike together do the same in any order; all that bring another answer are one kind."""
    another = (Status, Expired, Revoked)
    one_of_each = list({another if isinstance(fault, another) else type(fault): fault for fault in faults}.values())
    (one, one_s), (other, other_s) = (
        strike(each, FINE) for each in (one_of_each, dice.sample(one_of_each, len(one_of_each)))
    )
    assert (one, one_s) == (other, pytest.approx(other_s))


@given(st.lists(FAULTS, min_size=1, max_size=4))
def test_the_severest_fault_decides(faults):
    """Those that leave no answer leave none, whatever else strikes; those that only slow it down leave it as it is."""
    outcome, delay_s = strike(faults, FINE)
    definite = [each for fault in faults for each in settled(fault, SCENE)]
    assert delay_s == pytest.approx(sum(fault.delay_s for fault in definite if isinstance(fault, Latency)))
    kinds = {type(fault) for fault in definite}
    if kinds & {Lose, Garble, Empty, Reset, Refuse}:
        assert outcome.response is None
        assert outcome.ending in {Ending.RESET, Ending.MALFORMED, Ending.REFUSED}
    elif kinds <= {Latency, Drip, Stall, Twice}:
        assert (outcome.response, outcome.ending) == (FINE.response, FINE.ending)
    elif kinds <= {Latency, Answer}:
        assert outcome.response in [fault.response for fault in definite if isinstance(fault, Answer)]
    elif kinds <= {Damage}:
        assert outcome.response is not None
    else:
        assert (outcome.response, outcome.ending, outcome.manner) != (FINE.response, FINE.ending, FINE.manner)


def test_the_first_status_wins():
    """Of two statuses the one given first is the answer."""
    outcome, _ = strike([Status(503), Status(429)], FINE)
    assert outcome.response is not None
    assert outcome.response.status == 503


def test_truncation_never_lets_a_whole_answer_through():
    """A cut behind the end cuts before it; an empty body leaves no answer; a cut answer is not healed by a later cut."""
    assert strike([Truncate(3)], FINE)[0].body_bytes == 3
    assert strike([Truncate(99), Truncate(4)], FINE)[0].body_bytes == 4
    empty = Outcome(Response(204))
    assert strike([Truncate(3)], empty)[0] == Outcome(None, Ending.RESET)
    assert strike([Truncate(3), Reset()], empty)[0] == Outcome(None, Ending.RESET)
    assert strike([Truncate(3)], Outcome(None, Ending.TIMED_OUT))[0] == Outcome(None, Ending.TIMED_OUT)


def test_severity_grows_down_the_list():
    """Shrinking moves up the list of faults, so it must be sorted, and so is the table in which they are written down."""
    severities = [form.make.severity for form in FORMS]
    assert severities == sorted(severities)
    drawn = [type(fault).severity for fault in strategies._faults(1.0, 2.0, 429, 3, 4)]
    assert drawn == sorted(drawn)


def test_early_faults():
    """What strikes before the body of the request was read: a status or a reset that says so, and a refusal."""
    assert [is_early(each) for each in (Status(413, early=True), Reset(early=True), Refuse())] == [True] * 3
    assert not any(is_early(each) for each in (Status(413), Reset(), Lose(), Latency(1.0)))


def test_a_refusal_is_no_connection():
    """It is told from a reset where it can be."""
    outcome, _ = strike([Refuse()], FINE)
    assert (outcome.response, outcome.ending, outcome.early) == (None, Ending.REFUSED, True)


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


def test_an_empty_reply_is_no_reset():
    """No response either way, but one connection ends politely."""
    assert strike([Empty()], FINE)[0].manner == Manner(silent=True)
    assert strike([Reset()], FINE)[0].manner == strike([Lose()], FINE)[0].manner == Manner()
    assert strike([Garble("header")], FINE)[0].manner == Manner(garbage="header")


def test_silence_lasts():
    """Nothing comes until the client gives up."""
    assert strike([Hang()], FINE)[0].ending is Ending.TIMED_OUT


def test_a_torn_gzip_is_torn_once():
    """Two rules that strike together do not compress it twice."""
    assert strike([GzipCut(), GzipCut()], FINE) == strike([GzipCut()], FINE)
