"""A body against its published schema."""

from __future__ import annotations

import pytest
from gathered import tree

from tapehiss.contracts.bodies_compared import DEPTH_MAX, BodyComparison
from tapehiss.contracts.wording import COMPARE, message_of

THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {
        "id": {"type": "integer"},
        "name": {"type": "string"},
        "state": {"type": "string", "enum": ["open", "closed"]},
        "at": {"type": "string", "format": "date-time"},
        "never": {"type": "string"},
        "list": {"type": "array", "items": {"type": "string"}},
    },
}


def found(schema: object, *documents: object, is_text: bool = False) -> list[tuple[str, str, str]]:
    walk = BodyComparison("GET https://h/", "response 200 application/json", {}, is_text=is_text)
    findings = list(walk.findings(tree(*documents), (schema,)))
    assert [
        each.id for each in findings if not message_of(each) or COMPARE[each.id].arguments - dict(each.arguments).keys()
    ] == []
    return [(each.id.removeprefix("published-"), each.pointer, each.subject) for each in findings]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"id": 1, "name": "a"}, []),
        ({"id": "1", "name": "a"}, [("kind-otherwise", "/id", "string")]),
        ({"id": 1, "name": None}, [("null-otherwise", "/name", "null")]),
        ({"id": 1}, [("required-absent", "/name", "name")]),
        ({"id": 1, "name": "a", "new": 1}, [("member-missing", "/new", "new")]),
        ({"id": 1, "name": "a", "state": "lost"}, [("value-otherwise", "/state", '"lost"')]),
        ({"id": 1, "name": "a", "at": "yesterday"}, [("format-otherwise", "/at", "date-time")]),
        ({"id": 1, "name": "a", "list": ["x", 1]}, [("kind-otherwise", "/list/~*", "integer")]),
        ([], [("kind-otherwise", "", "array")]),
    ],
)
def test_each_disagreement_has_its_finding(document, expected):
    """Kinds, null, required members, members that are not documented, lists of values, formats, items."""
    told = [each for each in found(THING, document) if each[0] != "member-unseen"]
    assert told == expected


def test_what_was_never_seen_is_a_remark():
    """Documented members that no object had are told, one by one."""
    told = found(THING, {"id": 1, "name": "a", "state": "open", "at": "2026-01-01T00:00:00Z", "list": []})
    assert told == [("member-unseen", "/never", "never")]


def test_alternatives_are_given_the_benefit():
    """A member that one alternative has is documented, required is what all demand, a map takes any name."""
    either = {"oneOf": [{"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, THING]}
    assert found(either, {"a": "x", "id": 1}) == [
        (("member-unseen"), f"/{name}", name) for name in ("at", "list", "name", "never", "state")
    ]
    assert found({"type": "object", "additionalProperties": {"type": "integer"}}, {"any": "x"}) == []
    assert found({"type": "object", "properties": {"a": {}}, "additionalProperties": True}, {"a": 1, "b": 2}) == []
    assert found({}, {"anything": 1}) == []


def test_text_stands_for_what_it_says():
    """In a URL everything is text: True is a boolean, 0.5 a number, one value a list of one."""
    schema = {
        "type": "object",
        "properties": {"on": {"type": "boolean"}, "n": {"type": "number"}, "l": {"type": "array"}},
    }
    assert found(schema, {"on": "True", "n": "0.5", "l": "x"}, is_text=True) == []
    assert found(schema, {"on": "maybe", "n": 1, "l": 1}, is_text=True) == [("kind-otherwise", "/on", "string")]


def test_what_says_nothing_contradicts_nothing():
    """Items of an array that is described no further, and what lies deeper than anybody describes."""
    assert found({"type": "array"}, [1, "x"]) == []
    assert found({"type": "object", "properties": {"l": {"type": "array"}}}, {"l": [1]}) == []
    deep: object = "x"
    schema: object = {"type": "integer"}
    for _ in range(DEPTH_MAX + 1):
        deep, schema = [deep], {"type": "array", "items": schema}
    assert found(schema, deep) == []


def test_what_holds_together_is_taken_together():
    """A member that two parts of ``allOf`` speak of must be as both say, in one alternative of several, too."""
    both = {"allOf": [{"properties": {"a": {"type": "number"}}}, {"properties": {"a": {"type": "integer"}}}]}
    for schema in (both, {"anyOf": [both, {"properties": {"a": {"type": "boolean"}}}]}):
        assert found(schema, {"a": 1}) == []
        assert found(schema, {"a": 1.5}) == [("kind-otherwise", "/a", "number")]


def test_a_closed_alternative_takes_no_others():
    """A member is missing in the description where no alternative has it or takes any."""
    closed = {"type": "object", "additionalProperties": False}
    named = {"type": "object", "properties": {"a": {}}}
    assert found({"anyOf": [closed, named]}, {"a": 1, "b": 1}) == [("member-missing", "/b", "b")]
