"""Name-value pairs as one object."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.pairs import PARAMETERS_MAX, flattened, of_pairs, pairs_of, scalar

NAMES = st.text(alphabet="ab[].", max_size=8)


@given(st.lists(st.tuples(NAMES, st.sampled_from(["", "1", "x", "true"])), max_size=6))
def test_nothing_that_was_sent_is_lost(pairs):
    """Taken apart and put together again, every name has its values, whatever the brackets."""
    told = dict(flattened(of_pairs(pairs)))
    assert {name for name, _ in pairs} == set(told)
    for name, found in told.items():
        assert [scalar(text) for other, text in pairs if other == name] == (
            found if isinstance(found, list) else [found]
        )


@pytest.mark.parametrize(
    ("query", "value"),
    [
        ("a=1&a=x&b=true&c=", {"a": [1, "x"], "b": True, "c": ""}),
        ("expand[]=data", {"expand[]": ["data"]}),
        ("filter[created][gte]=1&filter[kind]=x", {"filter": {"created": {"gte": 1}, "kind": "x"}}),
        ("items[0][price]=p&items[1][price]=q", {"items": {"0": {"price": "p"}, "1": {"price": "q"}}}),
        ("a=1&a[b]=2", {"a": 1, "a[b]": 2}),
        ("a[b]=1&a[b][c]=2", {"a": {"b": 1}, "a[b][c]": 2}),
        ("filter[status][]=x", {"filter[status][]": ["x"]}),
        ("fields=id,name", {"fields": "id,name"}),
    ],
)
def test_repeated_and_nested_names(query, value):
    """Repeated names are lists, names with brackets are objects in objects, and a contradiction stays as it was written."""
    assert value == of_pairs(pairs_of(query))
    assert value == of_pairs(reversed(pairs_of(query))) or "a=1&a=x" in query


def test_too_many_pairs_are_refused():
    """A query string of more parameters than the bound is not read."""
    with pytest.raises(ValueError, match="Max number"):
        pairs_of("&".join(["a=1"] * (PARAMETERS_MAX + 1)))


@pytest.mark.parametrize("text", ["007", "1e3", "1.0", "+1", "٣", "9" * 30, "True", ""])
def test_what_only_resembles_a_number_stays_text(text):
    """Leading zeros, fractions, other digits and numbers that do not fit stay what was written."""
    assert text == scalar(text)


@given(st.text(alphabet="ab=&[]%41+;é", max_size=20))
def test_pairs_are_those_of_the_standard_library(text):
    """Names and values with and without escapes, empty ones, and what is no pair."""
    assert pairs_of(text) == parse_qsl(text, keep_blank_values=True)
