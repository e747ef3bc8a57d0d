"""Counterexamples in files."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.cassettes.exchange import Ending
from tapehiss.mocks.faults import Lose
from tapehiss.mocks.judge import Case, Terms, Verdict
from tapehiss.mocks.promises import PROMISES
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.storm import Counterexample
from tapehiss.mocks.stormfile import (
    FORMAT,
    StormFile,
    digest_of_recordings,
    storm_file,
    storm_from_json,
    storm_to_json,
)
from tapehiss.mocks.strategies import schedules
from tapehiss.mocks.trace import Attempt, End, Fate, Trace

SECONDS = st.floats(0, 1e9)
ATTEMPTS = st.builds(
    Attempt,
    st.text(),
    st.integers(0, 2**64 - 1),
    SECONDS,
    SECONDS,
    st.sampled_from(Fate),
    st.booleans(),
    st.text(),
    st.text(),
    st.none() | st.integers(100, 999),
    st.none() | SECONDS,
    st.booleans(),
    st.booleans(),
    st.sampled_from(Ending),
)
TERMS = st.builds(
    Terms,
    st.frozensets(st.sampled_from(["PUT", "DELETE"])),
    attempts_max=st.integers(1, 99),
    deadline_s=SECONDS | st.just(math.inf),
    patience_s=SECONDS,
)
FILES = st.builds(
    StormFile,
    st.sampled_from(list(PROMISES)),
    st.text(),
    schedules(),
    TERMS,
    st.text(),
    st.integers(0, 2**64 - 1),
    st.builds(
        Trace,
        st.lists(ATTEMPTS, max_size=3).map(tuple),
        st.builds(End, SECONDS, st.booleans(), st.text(), st.booleans()),
    ),
    st.dictionaries(st.text(), st.text(), max_size=3).map(lambda versions: tuple(sorted(versions.items()))),
)
GOOD = StormFile("effects-once", "", (Rule(Lose(), first=1),), Terms(), "ab", 0, Trace((), End(1.0, ok=True)))


@given(FILES)
def test_what_is_written_is_read(file):
    """Through JSON text, nothing is lost."""
    assert storm_from_json(json.loads(json.dumps(storm_to_json(file)))) == file


WRONG = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=9), inner, max_size=2),
    max_leaves=3,
)


@given(st.data(), WRONG)
def test_whatever_stands_in_a_file_is_a_file_or_flaws(data, wrong):
    """Nothing is raised, and every flaw has words."""
    good = storm_to_json(replace(GOOD, run=Trace((Attempt("GET /a", 1, 0.0, 0.0, Fate.DONE),), GOOD.run.end)))
    place = data.draw(st.sampled_from([good, good["terms"], good["end"], good["events"][0], good["schedule"][0]]))
    place[data.draw(st.sampled_from(list(place)))] = wrong
    read = storm_from_json(good)
    assert isinstance(read, StormFile) or (read and all(flaw.what for flaw in read))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"storm": 9}, "storm: is format 9"),
        ({"promise": "world-peace"}, "promise: 'world-peace' is none of no-unsafe-resend"),
        ({"seed": -1}, "seed: -1 is not a whole number"),
        ({"events": {}}, "events: is not a list"),
        ({"events": [7]}, "events[0]: is not a mapping"),
        ({"schedule": [{"status": 503, "first": "x"}]}, "schedule[0].first: 'x' is not a count"),
        ({"terms": {"deadline_s": "soon"}}, "terms.idempotent: is missing"),
        ({"end": {"at_s": 0, "ok": True, "crash": "", "stopped": False, "sky": 0}}, "end.sky: is not known here"),
        ({"versions": {"python": 3}}, "versions.python: 3 is not a text"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change, told):
    """One flaw for each thing."""
    flaws = storm_from_json(storm_to_json(GOOD) | change)
    assert any(str(flaw).startswith(told) for flaw in flaws), flaws


@pytest.mark.parametrize("data", [None, [], {}, {"rules": []}, "storm"])
def test_another_file_is_told_from_a_counterexample(data):
    """At once."""
    [flaw] = storm_from_json(data)
    assert flaw.what == "is no counterexample of a storm"


def test_keys_do_not_stand_in_a_file():
    """Only what tells them apart; what is not a key stays empty."""
    attempts = tuple(Attempt("POST /a", 1, 0.0, 0.0, Fate.DONE, key=key) for key in ("s3cret", "other", "s3cret", ""))
    case = Case(Trace((), End(0.0, ok=True)), Trace(attempts, End(1.0, ok=True)))
    file = storm_file(
        Counterexample((), Verdict("same-key", kept=False, arguments=(("operation", "x"),)), case), tape="", seed=1
    )
    one, other, again, none = (each.key for each in file.run.attempts)
    assert one == again != other
    assert none == ""
    assert "s3cret" not in json.dumps(storm_to_json(file))
    assert storm_to_json(file)["storm"] == FORMAT


def test_recordings_are_told_apart():
    """By what they say and by their order; the same ones are the same."""
    assert digest_of_recordings(SHOP) == digest_of_recordings(list(SHOP))
    digests = {digest_of_recordings(SHOP), digest_of_recordings(SHOP[1:]), digest_of_recordings(SHOP[::-1])}
    assert len(digests) == 3
