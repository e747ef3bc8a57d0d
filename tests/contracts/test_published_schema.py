"""What a published schema allows."""

from __future__ import annotations

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.published_schema import ALTERNATIVES_MAX, alternatives, followed

KINDS = {"null": None, "boolean": True, "integer": 1, "number": 1.5, "string": "s", "array": [], "object": {}}
PLAIN = st.one_of(
    st.just({}),
    st.sampled_from(list(KINDS)).map(lambda kind: {"type": kind}),
    st.lists(st.sampled_from(list(KINDS)), min_size=1, max_size=3, unique=True).map(lambda kinds: {"type": kinds}),
)
SCHEMAS = st.recursive(
    PLAIN,
    lambda below: st.builds(
        lambda word, parts, own: {**own, word: parts},
        st.sampled_from(["anyOf", "oneOf", "allOf"]),
        st.lists(below, min_size=1, max_size=3),
        PLAIN,
    ),
    max_leaves=6,
)


def allowed(schema: object, kind: str) -> bool:
    return any(each.allows(kind) for each in alternatives([schema], {}))


@given(SCHEMAS)
def test_what_a_validator_accepts_is_allowed(schema):
    """No false contradiction: a value that the schema accepts is of a kind that is allowed."""
    for kind, value in KINDS.items():
        if jsonschema.Draft202012Validator(schema).is_valid(value):
            assert allowed(schema, kind)


@given(SCHEMAS.filter(lambda schema: "oneOf" not in str(schema)))
def test_what_is_allowed_is_accepted(schema):
    """Nothing is let pass that kinds alone forbid (oneOf says more than alternatives do)."""
    for kind, value in KINDS.items():
        if allowed(schema, kind):
            assert jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ({"type": "string", "nullable": True}, {"string", "null"}),
        ({"type": "string", "x-nullable": True}, {"string", "null"}),
        ({"enum": ["a", 1]}, {"string", "integer", "number"}),
        ({"allOf": [{"type": "number"}, {"type": "integer"}]}, {"integer"}),
        ({"$ref": "#/a/b~1c/0"}, {"array"}),
        ({"$ref": "#/nowhere"}, set(KINDS)),
        ({"$ref": "#/loop"}, set(KINDS)),
        (True, set(KINDS)),
    ],
)
def test_dialects(schema, kinds):
    """Nullable in all its spellings, closed lists, references; what leads nowhere allows anything."""
    document = {"a": {"b/c": [{"type": "array"}]}, "loop": {"$ref": "#/loop"}}
    assert {kind for kind in KINDS if any(each.allows(kind) for each in alternatives([schema], document))} == kinds


def test_members_are_those_of_all_parts():
    """What is taken together demands and knows what each part does."""
    schema = {
        "allOf": [
            {"properties": {"a": {"type": "string"}}, "required": ["a"]},
            {"properties": {"b": {}}, "required": ["b"]},
        ]
    }
    [one] = alternatives([schema], {})
    assert (set(one.members), one.required) == ({"a", "b"}, {"a", "b"})


def test_width_is_bounded():
    """A product of alternatives ends."""
    wide = {"anyOf": [{"type": "string"}] * 30}
    assert len(alternatives([{"allOf": [wide, wide, wide]}], {})) == ALTERNATIVES_MAX


def test_a_list_is_pointed_into():
    """References may lead into arrays."""
    assert followed({"$ref": "#/x/1"}, {"x": [1, 2]}) == 2
    assert followed({"$ref": "#/x/9"}, {"x": [1, 2]}) is None


@pytest.mark.parametrize(
    ("listed", "kinds"),
    [(True, {"boolean", "string"}), (None, {"null"}), (1.5, {"number", "string"}), ("x", {"string"})],
)
def test_a_listed_value_stands_for_its_kinds(listed, kinds):
    """A closed list without a type says by its values which kinds it takes; numbers and booleans are texts in a URL."""
    assert {
        kind for kind in KINDS if any(each.allows(kind) for each in alternatives([{"enum": [listed]}], {}))
    } == kinds
