"""Counts of exchanges and the questions that are put to them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.changes import Count, asked, exchanges_with
from tapehiss.contracts.counts import Field
from tapehiss.contracts.statistics import fisher, one_way


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=6), min_size=1, max_size=6))
def test_a_lower_bound_on_exchanges(pages):
    """However values are spread over exchanges, at least so many exchanges have one as is said, and all have when all values are so."""
    hits = sum(map(sum, pages))
    every = sum(map(len, pages))
    seen = Field({"string": hits, "null": every - hits}, len(pages))
    count = exchanges_with(seen, hits)
    assert count.of == len(pages)
    assert count.hits <= sum(map(any, pages))
    assert (count.hits > 0) == (hits > 0)
    if hits == every or every == len(pages):
        assert count.hits == sum(map(any, pages))


def test_counts():
    """A count in words, and the exchanges that it leaves."""
    assert str(Count(3, 10)) == "3 of 10"
    assert Count(3, 10).misses == Count(7, 10)
    assert exchanges_with(Field(), 0) == Count(0, 0)


def test_a_question_counts_wherever_it_could_be_decided():
    """Where hits are lower bounds, the smallest possible chance is that of any number of them up to the upper bound."""
    old, new = Count(0, 10), Count(1, 10)
    assert asked(old, new, None).trial == fisher(0, 10, 1, 10)
    wider = asked(old, new, None, Count(5, 20)).trial
    assert wider.chance == fisher(0, 10, 1, 10).chance
    assert wider.least == one_way(5, 20)
    assert asked(old, new, None, Count(20, 20)).trial.least == one_way(10, 20)
