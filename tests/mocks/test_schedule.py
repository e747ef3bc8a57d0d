"""When a rule strikes: the laws that make an outage come twice."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks import strategies
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.faults import Latency, Status
from tapehiss.mocks.past import NOTHING
from tapehiss.mocks.schedule import (
    RULES_MAX,
    Call,
    Rule,
    flaws_in,
    noted,
    operation_flaw,
    operation_pattern,
    rule_from_json,
    schedule_from_json,
    schedule_to_json,
    strikes,
    struck,
)

SEEDS = st.integers(0, 2**64 - 1)
FINGERPRINTS = st.integers(0, 2**64 - 1)
CALLS = st.builds(
    Call, st.sampled_from(["GET", "POST"]), st.sampled_from(["/a", "/a/b", "/[x]"]), FINGERPRINTS, st.integers(0, 8)
)


@given(strategies.schedules(on=st.sampled_from(["*", "GET *", "/a*", "POST /a/b"])))
def test_a_schedule_survives_json(schedule):
    """A schedule written as JSON text is read back as the same value."""
    assert schedule_from_json(json.loads(json.dumps(schedule_to_json(schedule)))) == schedule


@given(st.text("GET*? /[]x", max_size=12), st.sampled_from(["GET", "T"]), st.text("/[]xG*", max_size=4))
def test_no_operation_is_refused_that_could_mean_a_request(on, method, path):
    """Whatever a pattern means, it is not said to be none; paths begin with a slash."""
    if len(on.split()) <= 2 and operation_pattern(on)(method, f"/{path}"):
        assert operation_flaw(on) is None


@given(strategies.schedules(), strategies.schedules(), SEEDS, CALLS, st.floats(0, 1000))
def test_schedules_compose(one, other, seed, call, elapsed_s):
    """What strikes under ``one + other`` is what strikes under each; ``()`` adds nothing."""
    assert struck(one + other, seed, call, elapsed_s) == struck(one, seed, call, elapsed_s) + struck(
        other, seed, call, elapsed_s
    )
    assert struck((), seed, call, elapsed_s) == ()


@given(
    strategies.schedules(),
    SEEDS,
    st.lists(st.tuples(CALLS, st.floats(0, 1000)), max_size=8),
    st.randoms(use_true_random=False),
)
def test_order_and_concurrency_change_nothing(schedule, seed, asked, dice):
    """Calls asked in any interleaving are struck alike: nothing is remembered between them, but by the rules that say so."""
    shuffled = dice.sample(asked, len(asked))
    first = {(call, at): struck(schedule, seed, call, at) for call, at in asked}
    assert {(call, at): struck(schedule, seed, call, at) for call, at in shuffled} == first


@given(SEEDS, FINGERPRINTS, st.integers(0, 20), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_only_adds_strikes(seed, fingerprint, attempt, one, other):
    """Turning a probability up never takes a strike away, so shrinking it is monotone."""
    low, high = sorted((one, other))
    if strikes(seed, Rule(Status(503), probability=low), fingerprint, attempt):
        assert strikes(seed, Rule(Status(503), probability=high), fingerprint, attempt)


@given(SEEDS, FINGERPRINTS, st.integers(0, 20))
def test_the_ends_of_probability_are_certain(seed, fingerprint, attempt):
    """Probability 0 never strikes and 1 always does."""
    assert not strikes(seed, Rule(Status(503), probability=0.0), fingerprint, attempt)
    assert strikes(seed, Rule(Status(503), probability=1.0), fingerprint, attempt)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("vary", ["fingerprint", "attempt", "seed"])
def test_the_observed_share_is_the_asked_one(share, vary):
    """Over 20,000 draws the share is right within five standard deviations, whichever of the three inputs varies."""
    rule, count = Rule(Status(503), probability=share), 20_000
    given_ = {"fingerprint": 7, "attempt": 7, "seed": 7}
    hits = sum(
        strikes(all_["seed"], rule, all_["fingerprint"], all_["attempt"])
        for all_ in (given_ | {vary: number} for number in range(count))
    )
    assert abs(hits - share * count) < 5 * math.sqrt(count * share * (1 - share))


@pytest.mark.parametrize("risen", [0.0, 0.3, 1.0])
def test_a_share_that_rises_is_observed_as_it_is_then(risen):
    """From 0.2 to 0.7: over 20,000 draws the share of the moment, within five standard deviations."""
    rule, count = Rule(Status(503), probability_from=0.2, probability=0.7, over_s=10.0), 20_000
    share = 0.2 + 0.5 * risen
    hits = sum(strikes(7, rule, fingerprint, 0, rule.risen(10.0 * risen)) for fingerprint in range(count))
    assert abs(hits - share * count) < 5 * math.sqrt(count * share * (1 - share))


def test_a_rise_begins_with_its_window():
    """And it is over when it is over; what does not rise has risen."""
    rule = Rule(Status(503), from_s=10.0, probability_from=0.0, over_s=20.0)
    assert [rule.risen(at_s) for at_s in (0.0, 10.0, 20.0, 30.0, 99.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert Rule(Status(503)).risen(0.0) == 1.0


def test_a_schedule_that_remembers_nothing_has_no_past():
    """Where no rule speaks of order nothing is written down."""
    assert noted((Rule(Status(503)),), NOTHING, Call("GET", "/", 1), 0.0, done=True) is NOTHING


def test_two_rules_draw_apart():
    """Rules that differ in fault or operation do not strike the same calls by necessity."""
    rules = [
        Rule(Status(503), probability=0.5),
        Rule(Status(500), probability=0.5),
        Rule(Status(503), "GET *", probability=0.5),
        Rule(Status(503), probability=0.5, where="X-Account: 1"),
    ]
    draws = [tuple(strikes(1, rule, fingerprint, 0) for fingerprint in range(64)) for rule in rules]
    assert len(set(draws)) == 4


def test_attempts_are_counted_from_the_first():
    """``after=1 first=2`` lets one attempt pass, strikes two, and lets all others pass."""
    rule = Rule(Status(503), after=1, first=2)
    assert [strikes(0, rule, 5, attempt) for attempt in range(5)] == [False, True, True, False, False]
    assert [strikes(0, Rule(Status(503), after=2), 5, attempt) for attempt in range(4)] == [False, False, True, True]


def test_a_window_has_its_beginning_and_not_its_end():
    """From 10 to 20 seconds means 10 and not 20."""
    rule = Rule(Latency(1.0), from_s=10.0, to_s=20.0)
    assert [rule.covers("GET", "/", at_s) for at_s in (9.9, 10.0, 19.9, 20.0)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("on", "method", "path", "meant"),
    [
        ("*", "GET", "/", True),
        ("POST /v1/*", "POST", "/v1/a/b", True),
        ("POST /v1/*", "GET", "/v1/a", False),
        ("POST /v1/*", "POST", "/v2/a", False),
        ("/v1/*", "DELETE", "/v1/", True),
        ("* /v1/a", "PUT", "/v1/a", True),
        ("GET *", "GET", "/anything", True),
        ("/a[1]", "GET", "/a[1]", True),
        ("/a[1]", "GET", "/a1", False),
        ("/v1", "GET", "/v1/", False),
    ],
)
def test_operations_are_globs(on, method, path, meant):
    """``METHOD /path``, with ``*`` for any characters and nothing else special."""
    assert operation_pattern(on)(method, path) is meant


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("503", ""),
        ({"status": 503, "frist": 2}, "frist"),
        ({"first": 2}, ""),
        ({"status": 503, "on": ""}, "on"),
        ({"status": 503, "on": "POST"}, "on"),
        ({"status": 503, "until": "post /v1/*"}, "until"),
        ({"status": 503, "on": "GET /a b"}, "on"),
        ({"status": 503, "after": -1}, "after"),
        ({"status": 503, "after": 1.5}, "after"),
        ({"status": 503, "first": 0}, "first"),
        ({"status": 503, "first": True}, "first"),
        ({"status": 503, "probability": 1.1}, "probability"),
        ({"status": 503, "probability": float("nan")}, "probability"),
        ({"status": 503, "from_s": -1}, "from_s"),
        ({"status": 503, "to_s": "60"}, "to_s"),
        ({"status": 503, "from_s": 60, "to_s": 60}, "to_s"),
        ({"status": 503, "from_call": 0}, "from_call"),
        ({"status": 503, "from_call": "many"}, "from_call"),
        ({"status": 503, "from_call": 3, "to_call": 2}, "to_call"),
        ({"status": 503, "every": 0}, "every"),
        ({"status": 503, "where": "X-Account"}, "where"),
        ({"status": 503, "where": "X Account: 1"}, "where"),
        ({"status": 503, "where": 1}, "where"),
        ({"status": 503, "since": "GET /a b"}, "since"),
        ({"status": 503, "until": ""}, "until"),
        ({"status": 503, "probability_from": 2}, "probability_from"),
        ({"status": 503, "probability_from": 0.1}, "over_s"),
        ({"status": 503, "over_s": 60}, "over_s"),
        ({"status": 503, "over_s": float("inf")}, "over_s"),
        ({"status": 503, "until_end": True}, "to_s"),
        ({"latency": "rising", "low_s": 1, "high_s": 2}, "over_s"),
    ],
)
def test_wrong_data_is_a_flaw_that_names_the_field(data, field):
    """Data that describes no rule is answered with the field that is wrong and a remedy."""
    flaw = rule_from_json(data)
    assert isinstance(flaw, Flaw)
    assert (flaw.field, bool(flaw.remedy)) == (field, True)


def test_every_flaw_of_a_schedule_is_told_at_once():
    """The flaws carry the number of their rule; what is no list of rules has a flaw, too."""
    flaws = flaws_in(schedule_from_json([{"status": 503}, {"status": 1}, {"reset": 0}]))
    assert [flaw.field for flaw in flaws] == ["rules[1].status", "rules[2].reset"]
    assert [flaw.field for flaw in flaws_in(schedule_from_json({}))] == ["rules"]
    assert [flaw.field for flaw in flaws_in(schedule_from_json([{"reset": True}] * (RULES_MAX + 1)))] == ["rules"]
    assert flaws_in(schedule_from_json([{"reset": True}])) == ()
