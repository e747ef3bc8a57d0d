"""What may be said of the values of a field."""

from __future__ import annotations

import pytest

from tapehiss.contracts.counts import Field, Seen
from tapehiss.contracts.values import (
    format_of,
    instant,
    is_enumeration,
    is_never_negative,
    only,
    said,
    support,
    witnessed,
)


def test_values_of_another_kind_are_no_words():
    """A saved contract whose kinds somebody changed says nothing of its values."""
    assert is_enumeration(Field({"string": 400}, 400, values={'"on"': 200, '"off"': 200}))
    assert not is_enumeration(Field({}, 400, values={"1000": 200, "1001": 200}))


def test_a_format_needs_several_strings():
    """One date may be an accident, five in several exchanges are not; one other string and there is none."""
    assert format_of(Field({"string": 5}, 2, formats=frozenset({"date"}))) == "date"
    assert format_of(Field({"string": 4}, 2, formats=frozenset({"date"}))) == ""
    assert format_of(Field({"string": 5}, 1, formats=frozenset({"date"}))) == ""
    assert format_of(Field({"string": 50}, 9, formats=frozenset())) == ""


@pytest.mark.parametrize(
    ("numbers", "exchanges", "expected"), [((0, 9), 300, True), ((0, 9), 299, False), ((-1, 9), 900, False)]
)
def test_a_least_value_needs_a_proof(numbers, exchanges, expected):
    """Never negative is said after three hundred exchanges; a largest value never: the next order id is larger."""
    seen = Field({"integer": exchanges}, exchanges, numbers=numbers)
    assert is_never_negative(seen) is expected
    assert "maximum" not in said(seen)
    assert ("minimum" in said(seen)) is expected


def test_support_says_when_and_where():
    """First and last are instants, the witness is file and line; what is not known is left out."""
    seen = Field(
        {"string": 2, "null": 1}, 2, first=Seen(0, "a.yaml", 3), last=Seen(1_700_000_000, "b.yaml", 7), lengths=(1, 4)
    )
    assert support(seen, 4) == {
        "seen": 3,
        "of": 4,
        "exchanges": 2,
        "kinds": {"null": 1, "string": 2},
        "lengths": [1, 4],
        "last": "2023-11-14T22:13:20Z",
        "witness": "b.yaml:7",
    }
    assert witnessed(None, None) == {}


def test_only_some_kinds():
    """The evidence of some kinds has their values alone."""
    seen = Field(
        {"string": 1, "integer": 1}, 1, {'"a"': 1, "5": 1}, numbers=(5, 5), lengths=(1, 1), formats=frozenset({"x"})
    )
    assert only(seen, {"integer": 1}) == Field({"integer": 1}, 1, {"5": 1}, numbers=(5, 5))
    assert only(seen, {"string": 1}).values == {'"a"': 1}


def test_any_time_can_be_told():
    """A year beyond what dates can say is the last one that they can."""
    assert instant(1e30) == "9999-12-31T23:59:59Z"
