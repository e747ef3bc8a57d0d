"""Evidence as JSON Schema."""

from __future__ import annotations

import json

import jsonschema
import jsonschema_rs
import pytest
from gathered import part_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapes import structured

from tapehiss.contracts.counts import Field, Part
from tapehiss.contracts.documents import of_body
from tapehiss.contracts.schemas import DIALECT, schema_of
from tapehiss.contracts.values import UNSEEN_MASS_MAX, Schema, is_enumeration, unseen_mass_at_most
from traffic import documents


def clean_documents() -> st.SearchStrategy[object]:
    """Documents that a body can hold: no half surrogate pairs."""
    return documents().filter(lambda value: not of_body("application/json", json.dumps(value).encode()).unread)


def schema_from(*values: object) -> Schema:
    return {"$schema": DIALECT, **schema_of(part_of(*values))}


@given(st.lists(clean_documents(), min_size=1, max_size=6), clean_documents())
def test_a_schema_accepts_what_it_was_learnt_from(values, other):
    """The schema is valid 2020-12, accepts every document that it was learnt from, and two validators agree on all others."""
    schema = schema_from(*values)
    jsonschema.Draft202012Validator.check_schema(schema)
    fast, reference = jsonschema_rs.validator_for(schema), jsonschema.Draft202012Validator(schema)
    assert [(True, True)] * len(values) == [(fast.is_valid(value), reference.is_valid(value)) for value in values]
    assert fast.is_valid(other) is reference.is_valid(other)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(structured(), min_size=1, max_size=25), st.lists(structured(), max_size=3))
def test_structure_refuses_nothing_that_it_was_learnt_from(values, others):
    """Maps, tuples, tagged unions and recursion are no exception, and two validators agree on all documents."""
    schema = schema_from(*values)
    fast, reference = jsonschema_rs.validator_for(schema), jsonschema.Draft202012Validator(schema)
    assert [error.message for value in values for error in fast.iter_errors(value)] == []
    assert [value for value in [*values, *others] if fast.is_valid(value) is not reference.is_valid(value)] == []


@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers()), min_size=1, max_size=6))
def test_required_is_exact(objects):
    """A member is required if and only if it was in every object."""
    everywhere = set.intersection(*(set(each) for each in objects))
    assert sorted(everywhere) == schema_from(*objects).get("required", [])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2], {"type": "integer"}),
        ([1, 2.5], {"type": "number"}),
        ([1, None], {"type": ["integer", "null"]}),
        ([None], {"type": "null"}),
        ([True, "x"], {"type": ["boolean", "string"]}),
        ([[], [1]], {"type": "array", "items": {"type": "integer"}}),
        ([[]], {"type": "array"}),
        ([{}, None], {"type": ["object", "null"]}),
        ([{"a": 1}, {"a": 1, "b": None}],
         {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "null"}}, "required": ["a"]}),
        ([{"a": 1}, "x", None],
         {"anyOf": [{"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]},
                    {"type": "string"}, {"type": "null"}]}),
        ([{"a/b~c": 1}], {"type": "object", "properties": {"a/b~c": {"type": "integer"}}, "required": ["a/b~c"]}),
    ],
)  # fmt: skip
def test_shapes(values, expected):
    """Whole numbers are numbers where both occur, null makes nullable, and unlike shapes are alternatives."""
    assert expected == bare(schema_of(part_of(*values)))


def bare(schema: object) -> object:
    """A schema without support and examples."""
    if isinstance(schema, dict):
        return {key: bare(value) for key, value in schema.items() if key not in {"x-tapehiss", "examples"}}
    return [bare(value) for value in schema] if isinstance(schema, list) else schema


def test_every_statement_has_its_support():
    """How often seen, of how many chances, in how many exchanges."""
    schema = schema_of(part_of({"items": [{"a": 1}, {"a": 2}, {}]}, {"items": []}))
    assert schema["x-tapehiss"] == {"seen": 2, "of": 2, "exchanges": 2}
    items = schema["properties"]["items"]["items"]
    assert items["x-tapehiss"] == {"seen": 3, "of": 3, "exchanges": 1}
    assert items["properties"]["a"]["x-tapehiss"] == {"seen": 2, "of": 3, "exchanges": 1, "numbers": [1, 2]}


def test_words_that_repeat_for_long_are_an_enumeration():
    """Three words in four hundred exchanges, each in many: another one is unlikely, so they are all."""
    schema = schema_of(part_of(*["active", "past_due", "closed", None] * 100))
    assert schema["enum"] == ["active", "closed", "past_due", None]
    assert schema["x-tapehiss"]["unseen_mass_max"] <= UNSEEN_MASS_MAX


@pytest.mark.parametrize(
    "values",
    [
        ["active", "closed"] * 20,
        ["active"] * 399 + ["once"],
        [f"word {number}" for number in range(21)] * 40,
        ["cus_9s6XKzkNRiz8i3", "cus_9s6XKzkNRiz8i4"] * 200,
        ["2026-11-21"] * 400,
        [1, 2] * 200,
        ["x" * 101] * 400,
        [["active"] * 1000],
        [""] * 400,
    ],
)
def test_what_is_not_proven_closed_is_no_enumeration(values):
    """Few exchanges, a value seen once, many values, ids, dates, numbers, long texts, one page full of one word: examples at most."""
    part = part_of(*values)
    assert not any(is_enumeration(seen) for seen in part.fields.values())


@given(st.integers(1, 1000), st.integers(0, 24))
def test_the_bound_on_the_unseen_falls_with_evidence(exchanges, novelties):
    """More exchanges never raise the bound, more novelties never lower it, and it is a probability."""

    def bound(exchanges: int, novelties: int) -> float:
        return unseen_mass_at_most(Field({"string": 1}, exchanges, {str(number): 1 for number in range(novelties)}))

    assert 0 < bound(exchanges, novelties) <= 1
    assert bound(exchanges + 1, novelties) <= bound(exchanges, novelties) <= bound(exchanges, novelties + 1)


def test_nothing_seen_is_anything():
    """A part without documents has the empty schema, and an empty field may be anything."""
    assert schema_of(Part()) == {}
    assert unseen_mass_at_most(Field()) == 1.0


def nested(depth: int) -> dict[str, object]:
    return {"text": "a", "by": "b", "replies": [nested(depth - 1)] if depth else []}


def test_a_recursive_shape_is_a_definition_that_refers_to_itself():
    """A comment in the replies to a comment is written once, whatever the depth."""
    schema = schema_from(nested(3), nested(1))
    assert schema["$ref"] == "#/$defs/Reply"
    replies = schema["$defs"]["Reply"]["properties"]["replies"]
    assert replies["items"]["$ref"] == "#/$defs/Reply"
    assert jsonschema_rs.is_valid(schema, nested(9))
    assert not jsonschema_rs.is_valid(schema, {**nested(2), "text": 1})


def test_a_map_has_one_schema_for_all_values():
    """Ids are keys: what was learnt from two values holds for the third, and no key is required."""
    schema = schema_from({"4242": {"n": 1}}, {"4243": {"n": 2}})
    assert "required" not in schema
    assert jsonschema_rs.is_valid(schema, {"4244": {"n": 3}})
    assert not jsonschema_rs.is_valid(schema, {"4244": {}})


def test_a_record_with_ids_says_of_ids_only():
    """Beside members that are told apart, a name that is no id is nothing that was seen: it is let pass."""
    schema = schema_from({"count": 1, "4242": {"n": 1}}, {"count": 1, "4243": {"n": 1}})
    assert schema["required"] == ["count"]
    assert jsonschema_rs.is_valid(schema, {"count": 1, "note": "new"})
    assert not jsonschema_rs.is_valid(schema, {"count": 1, "4244": "other"})


def test_a_tuple_has_a_schema_for_each_position():
    """The same few items, unlike each other, in several exchanges: what stands where matters."""
    schema = schema_from(*[["GET", 200, None], ["PUT", 201, "x"]] * 3)
    assert [bare(each) for each in schema["prefixItems"]] == [
        {"type": "string"},
        {"type": "integer"},
        {"type": ["string", "null"]},
    ]
    assert not jsonschema_rs.is_valid(schema, [200, "GET", None])
    assert "prefixItems" not in schema_from(*[[1.5, 2.5]] * 9)


def test_a_tagged_union_demands_what_its_variants_have():
    """A card without its brand is refused, a kind of thing that was never seen is let pass."""
    cards = [{"type": "card", "brand": "visa"}] * 10
    banks = [{"type": "bank", "iban": "x"}] * 10
    schema = schema_from(*cards, *banks)
    assert [branch.get("title") for branch in schema["anyOf"]] == ["bank", "card", "other"]
    assert not jsonschema_rs.is_valid(schema, {"type": "card", "iban": "x"})
    assert jsonschema_rs.is_valid(schema, {"type": "cash"})


def test_beyond_a_bound_nothing_is_pooled():
    """Where not everything was kept, nothing is said that what was dropped could contradict."""
    part = part_of(nested(3), {"4242": {"n": 1}})
    bounded = Part(part.exchanges, part.unread, part.fields, frozenset({"fields"}))
    schema = schema_of(bounded)
    assert "$defs" not in schema
    assert "patternProperties" not in schema
