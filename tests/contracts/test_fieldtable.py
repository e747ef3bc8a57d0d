"""The values of a document as rows."""

from __future__ import annotations

from gathered import tree

from tapehiss.contracts.counts import Field
from tapehiss.contracts.fieldtable import ROWS_MAX, field_rows
from tapehiss.contracts.trees import Node


def test_rows_say_where_what_how_often_and_which():
    """Names as people write them, kinds in words, presence as counts, values that were seen."""
    rows = field_rows(tree({"id": 1, "on": True, "list": [{"x": "a"}]}, {"id": 2, "on": None, "list": []}, {"id": 2}))
    assert rows == [
        ("id", "integer", "always", "e.g. 2, 1"),
        ("list", "array", "2 of 3", "0 to 1 item"),
        ("list[].x", "string", "seen once", "e.g. a"),
        ("on", "boolean or null", "2 of 3", "e.g. true"),
    ]


def test_only_booleans_that_were_seen_are_told():
    """Where one of the two was seen, the other is nowhere said to be possible; an older contract does not know."""
    assert field_rows(tree({"on": False}, {"on": False}))[0][3] == "always false"
    assert field_rows(tree({"on": False}))[0][3] == "e.g. false"
    assert field_rows(tree({"on": False}, {"on": True}))[0][3] == "true or false"
    older = Node(Field({"object": 2}, 2), {"on": Node(Field({"boolean": 2}, 2))})
    assert field_rows(older)[0][3] == "true or false"


def test_what_is_cut_is_said():
    """A table that ends above the leaves says where there is more."""
    rows = field_rows(tree({"a": {"b": {"c": {"d": {"e": 1}, "f": [], "g": [[1], [2]]}}}}))
    assert [row[3] for row in rows[3:]] == ["{e} … deeper", "0 items", "2 items … deeper"]


def test_constants_enumerations_and_unions_are_told_apart():
    """One value in several exchanges is always so; a closed list is a list; a tag names the variants."""
    assert field_rows(tree(*[{"object": "list"}] * 2))[0][3] == "always list"
    assert field_rows(tree(*[{"state": state} for state in ("open", "closed") * 200]))[0][3] == "one of closed, open"
    cards, banks = [{"s": {"type": "card", "brand": "v"}}] * 10, [{"s": {"type": "bank", "iban": "x"}}] * 10
    assert field_rows(tree(*cards, *banks))[0][3] == "by type: bank, card"


def test_maps_and_bare_values_have_rows():
    """A map has its keys as one row; a document that is no object is one."""
    assert field_rows(tree({"4242": 1}))[0][0] == "<key>"
    assert field_rows(tree("x"))[0] == ("(document)", "string", "seen once", "e.g. x")
    assert field_rows(tree([1, 2]))[1][0] == "[]"


def test_a_table_is_bounded():
    """A large document shows its outer members, and says how many rows are missing."""
    wide = {f"member{number:03}x": {"a": 1} for number in range(100)}
    rows = field_rows(tree({**wide, "b": "x"}))
    assert len(rows) == ROWS_MAX
    assert rows[-1][0] == f"… {101 - ROWS_MAX + 1} more"


def test_maps_are_looked_into():
    """A map in a document is called so, and its values have rows; kinds of text have their format."""
    rows = field_rows(tree(*[{"by": {"4242": {"at": "2026-01-01"}}}] * 5))
    assert [row[:2] for row in rows] == [("by", "map"), ("by.<key>", "object"), ("by.<key>.at", "string (date)")]


def test_values_are_whole():
    """URLs that differ at their ends look different; of long ones there are fewer, and an empty text is not nothing."""
    urls = [f"https://vendor.example/a/path/that/is/rather/long/and/ends/with/a/number/{number}" for number in range(3)]
    [row] = field_rows(tree(*({"url": url} for url in urls)))
    assert row[3] == f"e.g. {urls[0]}, {urls[1]}"
    assert field_rows(tree({"a": ""}, {"a": ""}, {"a": "x"}))[0][3] == 'e.g. "", x'
    assert field_rows(tree({"a": ""}, {"a": ""}))[0][3] == 'always ""'


def test_lengths_and_sizes_are_no_spans_of_nothing():
    """Where the least is the most there is one number."""
    assert field_rows(tree({"a": "x" * 109}))[0][3] == "109 characters"
    assert field_rows(tree({"a": "x" * 109}, {"a": "x" * 110}))[0][3] == "109 to 110 characters"
    assert field_rows(tree({"a": [{"b": 1}]}))[0][3] == "1 item"
