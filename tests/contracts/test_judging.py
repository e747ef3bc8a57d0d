"""How a document differs from what is expected."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import Part
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.expectations import NOTHING, expected, strict_schema
from tapehiss.contracts.judging import DEVIATIONS_MAX, deviations, kind_of
from tapehiss.contracts.wording import CHECK
from traffic import answers, documents

BODY = "response 200 application/json"
READABLE = documents().filter(lambda document: "\\ud" not in json.dumps(document))
"""Documents without surrogates: half a pair is unread, and never comes so far."""


def expectation(bodies):
    """What answers with these bodies let one expect."""
    (evidence,) = learn(answers(bodies)).operations.values()
    return expected(evidence.parts.get(BODY, Part()))


def mutated(document, draw):
    """The document with one thing in it changed, wherever the dice fall."""
    if isinstance(document, dict) and document and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(document)))
        return {**document, name: mutated(document[name], draw)}
    if isinstance(document, list) and document and draw(st.booleans()):
        place = draw(st.integers(0, len(document) - 1))
        return [*document[:place], mutated(document[place], draw), *document[place + 1 :]]
    if isinstance(document, dict):
        name = draw(st.sampled_from([*sorted(document), "new"]))
        return {key: value for key, value in document.items() if key != name} | draw(
            st.sampled_from([{}, {name: None}])
        )
    return draw(READABLE)


@given(st.lists(READABLE, min_size=1, max_size=4), st.integers(1, 12), st.data())
def test_three_judges_say_the_same(bodies, times, data):
    """jsonschema (the reference), jsonschema-rs and the walk that explains refuse the same documents, fresh or mutated."""
    at = expectation(bodies * times)
    schema = strict_schema(at)
    reference, fast = jsonschema.Draft202012Validator(schema), jsonschema_rs.Draft202012Validator(schema)
    for document in (*bodies, mutated(data.draw(st.sampled_from(bodies)), data.draw), data.draw(READABLE)):
        said = deviations(at, document)
        assert (reference.is_valid(document), fast.is_valid(document)) == (not said, not said)


@given(st.lists(READABLE, min_size=1, max_size=4), READABLE)
def test_every_deviation_can_be_told(bodies, other):
    """Each has a row in the table, and the arguments that its words need; each is told once."""
    found = deviations(expectation(bodies), other)
    assert [each.id for each in found if CHECK[each.id].arguments - dict(each.arguments).keys() - {"chance"}] == []
    assert len({(each.id, each.path, each.subject) for each in found}) == len(found)


@pytest.mark.parametrize(
    ("bodies", "document", "told"),
    [
        ([{"a": 1}], {}, ("member-missing", "/a", '"a"', "")),
        ([{"a": 1}], {"a": 1, "b": 2}, ("member-unknown", "/b", '"b"', "/b")),
        ([{"a": 1}], {"a": "x"}, ("kind-unexpected", "/a", "string", "/a")),
        ([{"a": 1}], {"a": 1.5}, ("fraction-unexpected", "/a", "number", "/a")),
        ([{"a": 1}], {"a": None}, ("null-unexpected", "/a", "null", "/a")),
        ([{"a": None}], {"a": "x"}, ("value-after-null", "/a", "string", "/a")),
        ([{"a": [1]}], {"a": [1, "x", "y"]}, ("kind-unexpected", "/a/~*", "string", "/a/1")),
        ([{"a": "red"}] * 10, {"a": "blue"}, ("value-new", "/a", '"blue"', "/a")),
        ([{"a": "2026-11-21"}] * 2, {"a": "today"}, ("format-broken", "/a", "date", "/a")),
        ([{"a": n} for n in range(10)], {"a": -1}, ("value-out-of-range", "/a", "below", "/a")),
        ([{"a": n} for n in range(10)], {"a": 100}, ("value-out-of-range", "/a", "above", "/a")),
        ([{"l/~": {"x": 1}}], {"l/~": {}}, ("member-missing", "/l~1~0/x", '"x"', "/l~1~0")),
        ([{"m": {"1001": {"x": 1}, "1002": {"x": 2}}}], {"m": {"1003": {}}}, ("member-missing", "/m/~+/x", '"x"', "/m/1003")),
    ],
)  # fmt: skip
def test_a_difference_has_a_name_and_two_places(bodies, document, told):
    """Id, path of the contract, what it is about, and the pointer to the first value that shows it."""
    (found,) = deviations(expectation(bodies), document)
    assert (found.id, found.path, found.subject, found.pointer) == told


@pytest.mark.parametrize(
    ("bodies", "document"),
    [
        ([{"a": 1.5}], {"a": 1}),
        ([{"a": 1}], {"a": 1.0}),
        ([{"a": []}], {"a": [1, "x"]}),
        ([{"m": {"1001": 1}}], {"m": {"1002": 2}}),
        ([{"m": {"1001": 1}}], {"m": {}}),
    ],
)
def test_what_is_within_the_evidence_is_no_difference(bodies, document):
    """Whole numbers are numbers, 1.0 is whole, and the keys of a map are free."""
    assert deviations(expectation(bodies), document) == ()


PETS = [{"type": "cat", "lives": 9, "age": 2}, {"type": "dog", "barks": True, "age": 3}] * 20


def test_a_variant_has_its_own_members():
    """What all objects of one tag's value had is missed in such an object, and in no other."""
    at = expectation([[pet] for pet in PETS])
    assert at.items.tag == "type"
    assert deviations(at, [PETS[0], PETS[1]]) == ()
    (found,) = deviations(at, [PETS[0], {"type": "dog", "age": 4}])
    assert (found.id, found.path, found.pointer) == ("member-missing", "/~*/barks", "/1")
    assert [each.id for each in deviations(at, [{"type": "fox", "age": 4}])] == ["value-new"]


def test_a_tuple_has_its_places():
    """What stands where, where an array was always the same few items of several kinds."""
    at = expectation([["x", n] for n in range(10)])
    assert deviations(at, ["y", 3]) == ()
    assert [(found.subject, found.pointer) for found in deviations(at, [1, 2])] == [("integer at 0", "/0")]


@given(st.sampled_from(PETS), READABLE)
def test_variants_and_tuples_say_the_same_to_all_judges(pet, other):
    """The strict schema and the walk agree where there are tags and places, too."""
    at = expectation([[pet] for pet in PETS] + [["x", n] for n in range(10)])
    fast = jsonschema_rs.Draft202012Validator(strict_schema(at))
    reference = jsonschema.Draft202012Validator(strict_schema(at))
    without = [{key: value for key, value in pet.items() if key != name} for name in pet]
    for document in ([pet], without, [{**pet, "type": other}], ["x", 1], [1, "x"], [other, other]):
        verdict = not deviations(at, document)
        assert (fast.is_valid(document), reference.is_valid(document)) == (verdict, verdict)


def test_values_are_the_witnesses_of_a_format():
    """The same date in twenty exchanges is one witness, twenty dates are twenty."""
    same = deviations(expectation([{"a": "2026-11-21"}] * 20), {"a": "today"})
    days = deviations(expectation([{"a": f"2026-11-{day}"} for day in range(10, 30)]), {"a": "today"})
    many = deviations(expectation([{"a": f"2026-11-{day}"} for day in range(10, 31)] * 2), {"a": "today"})
    assert [each.exchanges for each in (*same, *days, *many)] == [1, 20, 21]


def test_differences_are_bounded():
    """A hundred are enough to know that something is wrong."""
    document = {f"n{number}": 1 for number in range(1000)}
    assert len(deviations(expectation([{"a": 1}]), document)) == DEVIATIONS_MAX


def test_a_kind_is_json_schema_s():
    """Whole floats are integers (JSON Schema 2020-12 section 6.1.1), and a boolean is no number."""
    assert [kind_of(value) for value in (1, 1.0, 1.5, True, None, "", [], {})] == [
        "integer", "integer", "number", "boolean", "null", "string", "array", "object",
    ]  # fmt: skip


def test_of_nothing_nothing_differs():
    """Where no document was seen any is as expected; so is any item where arrays were empty, and any number where few were."""
    assert deviations(NOTHING, {"a": 1}) == ()
    assert deviations(expectation([{"a": n} for n in range(10)]), {"a": 12}) == ()


def test_a_member_of_an_open_object_is_free():
    """Where more names came than are kept, one that is not known is none that never came."""
    at = replace(expectation([{"a": 1}]), closed=False)
    assert deviations(at, {"a": 1, "b": 2}) == ()
