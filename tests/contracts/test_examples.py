"""Examples made of what was seen."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema_rs
from gathered import part_of, tree
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import DEPTH_MAX, Field, Part
from tapehiss.contracts.examples import UNKNOWN_BOOLEAN, body_of, shown, smallest_of, usual_of, value_of
from tapehiss.contracts.samples import samples_of
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
    assert str(smallest_of(tree(value))).count("x") == DEPTH_MAX / 2


DOCUMENTS = st.recursive(
    st.one_of(st.integers(-9, 9), st.text(max_size=3), st.none(), st.booleans()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=3),
    max_leaves=8,
)


def sent(*values: object) -> Part:
    """These documents as bodies of requests."""
    return replace(part_of(*values), samples=samples_of(values))


@given(st.lists(DOCUMENTS, min_size=1, max_size=8))
def test_a_body_was_sent_as_it_is(values):
    """What is shown to be copied is one of the bodies, never a mixture of several, and nothing in it is cut or made up."""
    told = body_of(sent(*values))
    assert told is not None
    assert json.dumps(told.document, sort_keys=True) in [json.dumps(value, sort_keys=True) for value in values]
    assert not told.pieced


def test_a_body_is_the_smallest_that_is_no_exception():
    """What one call in many left out may have been an accident; of equal bodies the one with texts in it is shown."""
    usual = [{"name": name, "kind": 1} for name in ("", "long name", "name")]
    assert body_of(sent({}, *usual, {"name": "a", "kind": 1, "more": 2})) == ({"name": "name", "kind": 1}, False)


def test_what_was_put_together_says_so():
    """Where no body was kept, its members are known one by one, and whoever copies it must know."""
    assert body_of(part_of({"a": 1})) == ({"a": 1}, True)
    assert body_of(part_of("x")) == ("x", False)
    assert body_of(Part()) is None


@given(st.lists(st.booleans(), min_size=1))
def test_booleans_were_seen(values):
    """An example never says true where only false was seen."""
    assert smallest_of(tree(*({"on": value} for value in values)))["on"] in values


def test_what_an_older_contract_did_not_count_is_asked_for():
    """Contracts that did not count booleans give none away, and a number is at least one of its range."""
    assert value_of(Field({"boolean": 2}, 2), "boolean") == UNKNOWN_BOOLEAN
    assert value_of(Field({"boolean": 3}, 3, booleans={"false": 1}), "boolean") == UNKNOWN_BOOLEAN
    assert value_of(Field({"integer": 2}, 2, numbers=(3, 9)), "integer") == 3


def test_what_is_shown_is_short():
    """Long texts are cut."""
    assert shown("x" * 100, 10) == "xxxxxxxxx…"
    assert shown({"a": 1}) == '{"a": 1}'
