"""What the evidence of one part lets one expect of its next document."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.contracts.counts import Part
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.expectations import EXCHANGES_MIN, NOTHING, expected, strict_schema
from traffic import answers, documents, lists

BODY = "response 200 application/json"


def expectation(*bodies):
    """What answers with these bodies let one expect."""
    (evidence,) = learn(answers(bodies)).operations.values()
    return expected(evidence.parts[BODY])


@settings(max_examples=30)
@given(lists())
def test_a_strict_schema_is_a_schema(several):
    """Whatever was learnt, the schema is a valid one."""
    for evidence in learn(several).operations.values():
        for part in evidence.parts.values():
            jsonschema.Draft202012Validator.check_schema(strict_schema(expected(part)))


@given(st.lists(documents().filter(lambda each: "\\ud" not in json.dumps(each)), min_size=1, max_size=4))
def test_a_strict_schema_accepts_what_was_learnt_from(bodies):
    """Stricter than the view, and still nothing that was learnt from is refused."""
    validator = jsonschema.Draft202012Validator(strict_schema(expectation(*bodies)))
    assert [validator.is_valid(body) for body in bodies] == [True] * len(bodies)


def test_of_nothing_nothing_is_expected():
    """A part without documents has a schema that accepts everything."""
    assert expected(Part()) == NOTHING
    assert jsonschema.Draft202012Validator(strict_schema(NOTHING)).is_valid({"a": 1})


def test_words_are_a_short_list_seen_often_enough():
    """Few words in enough exchanges are a list; other texts, many words or few exchanges are not."""
    often = [{"a": word} for word in ("red", "green")] * EXCHANGES_MIN
    assert expectation(*often).members["a"].words == {"red", "green"}
    assert expectation(*often[: EXCHANGES_MIN - 1]).members["a"].words == frozenset()
    assert expectation(*often, {"a": "2026-11-21"}).members["a"].words == frozenset()
    assert expectation(*({"a": f"w{chr(97 + n)}"} for n in range(21))).members["a"].words == frozenset()


def test_words_leave_other_kinds_alone():
    """A null beside the words, or an object, is judged by its kind."""
    mixed = [{"a": "red"}, {"a": None}, {"a": {"b": 1}}] * EXCHANGES_MIN
    validator = jsonschema.Draft202012Validator(strict_schema(expectation(*mixed)))
    assert validator.is_valid({"a": None})
    assert validator.is_valid({"a": {"b": 2}})
    assert not validator.is_valid({"a": "blue"})


def test_a_range_is_wide_and_does_not_cross_zero():
    """Twice the distance from zero and by its own width; what was never negative should not be."""
    counts = [{"a": n, "b": -n, "c": 0, "d": 10**18 + n} for n in range(1, EXCHANGES_MIN + 1)]
    members = expectation(*counts).members
    assert members["a"].numbers == (0, 2 * EXCHANGES_MIN)
    assert members["b"].numbers == (-2 * EXCHANGES_MIN, 0)
    assert (members["c"].numbers, members["d"].numbers) == (None, None)
    assert expectation(*counts[:-1]).members["a"].numbers is None


def test_a_format_is_said_of_several_texts():
    """One text has a form by chance; and a format that no pattern tells is left to the view."""
    assert expectation({"a": "2026-11-21"}).members["a"].format == ""
    assert expectation({"a": "2026-11-21"}, {"a": "2026-11-22"}).members["a"].format == "date"
    assert expectation({"a": "::1"}, {"a": "::2"}).members["a"].format == ""
    assert expectation({"a": "2026-11-21"}, {"a": "x"}).members["a"].format == ""
