"""Shapes of objects."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import SHAPE_LENGTH_MAX
from tapehiss.contracts.shapes import NAMES_MAX, shapes_of, tags_among
from traffic import documents


def shape(value: dict[str, object]) -> str:
    (text,) = shapes_of(tuple(value), [(member,) for member in value.values()], 1)
    return text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ({"b": 1, "a": "x"}, '{"a":0,"b":0}'),
        ({"object": "charge", "id": "x"}, '{"id":0,"object":"charge"}'),
        (
            {"eventType": "user.created", "node_type": "a b", "name": "x"},
            '{"eventType":"user.created","name":0,"node_type":"a b"}',
        ),
        ({"type": "a", "kind": "b", "class": "c"}, '{"class":"c","kind":"b","type":0}'),
        ({"type": "a", "status": "b", "kind": "c"}, '{"kind":"c","status":0,"type":"a"}'),
        ({"type": {"id": 1}}, '{"type":0}'),
        ({"type": True}, '{"type":0}'),
        ({"type": "cus_9s6XKzkNRiz8i3"}, '{"type":0}'),
        ({"type": "x" * 50}, '{"type":0}'),
        ({"1": "a", "2": "b"}, '{"~+":0}'),
        ({"\ud800": 1}, '{"\\ud800":0}'),
    ],
)
def test_a_shape_is_the_names_and_the_tags(value, text):
    """Sorted names; words of members that are called like tags, two at most; data among the names is one rest."""
    assert text == shape(value)


@given(st.lists(st.tuples(documents(), documents()), min_size=1, max_size=6))
def test_counting_together_is_counting_one_by_one(values):
    """Objects with the same names have, together, the shapes that each of them has."""
    expected: dict[str, int] = {}
    for kind, other in values:
        text = shape({"type": kind, "a": other})
        expected[text] = expected.get(text, 0) + 1
    assert expected == shapes_of(("type", "a"), list(zip(*values, strict=True)), len(values))


def test_large_objects_have_no_shape():
    """An object of very many or very long names is counted without one."""
    many = tuple(f"n{number}x" for number in range(NAMES_MAX + 1))
    assert shapes_of(many, [], 3) == {"": 3}
    assert shapes_of(("x" * SHAPE_LENGTH_MAX,), [(1,)], 1) == {"": 1}
    assert json.loads(shape(dict.fromkeys(many[:100], 1)))


def test_tags_are_found_by_their_names():
    """Places of the members that could tell the variants of a union apart."""
    assert tags_among(("id", "@type", "content_types")) == (1,)
    assert tags_among(("id", "prototype", "classes")) == ()
