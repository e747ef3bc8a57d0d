"""The values of a document as rows."""

from __future__ import annotations

from gathered import tree

from tapehiss.contracts.fieldtable import ROWS_MAX, field_rows


def test_rows_say_where_what_how_often_and_which():
    """Names as people write them, kinds in words, presence as counts, values that were seen."""
    rows = field_rows(tree({"id": 1, "on": True, "list": [{"x": "a"}]}, {"id": 2, "on": None, "list": []}, {"id": 2}))
    assert rows == [
        ("id", "integer", "always", "e.g. 2, 1"),
        ("list", "array", "2 of 3", "0 to 1 items"),
        ("list[].x", "string", "seen once", "e.g. a"),
        ("on", "boolean or null", "2 of 3", "true or false"),
    ]


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
