"""Examples made of what was seen."""

from __future__ import annotations

import jsonschema_rs
from gathered import part_of, tree
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.examples import shown, smallest_of, usual_of
from tapehiss.contracts.schemas import schema_of

FLAT = st.dictionaries(st.sampled_from("abcd"), st.one_of(st.integers(), st.text(max_size=5), st.none(), st.booleans()))


@given(st.lists(FLAT, min_size=1, max_size=8))
def test_an_example_is_like_what_it_was_learnt_from(values):
    """The schema of the same evidence accepts both examples."""
    schema = schema_of(part_of(*values))
    root = tree(*values)
    assert jsonschema_rs.is_valid(schema, smallest_of(root))
    assert jsonschema_rs.is_valid(schema, usual_of(root))


@given(st.lists(FLAT, min_size=1, max_size=8))
def test_the_members_of_an_example_came_together(values):
    """No mixture: some document had exactly these members."""
    assert set(smallest_of(tree(*values))) in [set(value) for value in values]


def test_a_tag_has_the_word_of_its_shape():
    """Members that belong to a variant come with its tag."""
    cards = [{"type": "card", "brand": "visa"}] * 3
    banks = [{"type": "bank", "iban": "x"}] * 2
    assert smallest_of(tree(*banks, *cards)) == {"brand": "visa", "type": "card"}


def test_values_are_real_or_stand_for_one():
    """What is too long to be kept is an ellipsis, or an example of its format; arrays have one item, maps one key."""
    document = {
        "a": ["x"],
        "long": "y" * 500,
        "at": "2026-01-01T00:00:00Z",
        "ok": True,
        "none": None,
        "m": {"4242": 1},
        "e": [],
    }
    assert usual_of(tree(document)) == {
        "a": ["x"], "at": "2026-01-01T00:00:00Z", "e": [], "long": "…", "m": {"<key>": 1}, "none": None, "ok": True,
    }  # fmt: skip


def test_depth_ends():
    """A document that is nested without end has an example that is not."""
    value: object = 1
    for _ in range(30):
        value = {"x": [value]}
    assert str(smallest_of(tree(value))).count("x") <= 6


def test_what_is_shown_is_short():
    """Long texts are cut."""
    assert shown("x" * 100, 10) == "xxxxxxxxx…"
    assert shown({"a": 1}) == '{"a": 1}'
