"""Sums of bounded collections."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.sums import Seen, earlier, later, merged, rank_of_text, smallest, tally

TEXTS = st.text(st.characters(codec=None), max_size=3)
TALLIES = st.dictionaries(TEXTS, st.integers(1, 9), max_size=12)


@given(TALLIES, st.integers(0, 13))
def test_the_smallest_are_the_first_by_rank(values, most):
    """Ranking all at once is ranking one by one, half characters included."""
    kept, dropped = smallest(values, most)
    assert (set(sorted(values, key=rank_of_text)[:most]), len(values) > most) == (set(kept), dropped)


@given(st.lists(TALLIES, max_size=5), st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_smallest_of_all_are_among_the_smallest_of_each_part(parts, most, dice):
    """Cutting after every addition, in any order, keeps the same entries with the same exact counts as cutting once."""
    whole: dict[str, int] = {}
    for part in parts:
        whole = tally(whole, part)
    dice.shuffle(parts)
    cut: dict[str, int] = {}
    for part in parts:
        cut = dict(smallest(tally(cut, dict(smallest(part, most)[0])), most)[0])
    assert dict(smallest(whole, most)[0]) == cut


@given(TALLIES, TALLIES)
def test_a_tally_keeps_every_count(a, b):
    """Adding tallies loses nothing and does not change them."""
    before = dict(a), dict(b)
    both = tally(a, b)
    assert sum(a.values()) + sum(b.values()) == sum(both.values())
    assert before == (a, b)


def test_merging_does_not_touch_what_it_merges():
    """The sum of two mappings is a new one."""
    a, b = {"x": 1}, {"x": 2, "y": 3}
    assert merged(a, b) == {"x": 3, "y": 3}
    assert (a, b) == ({"x": 1}, {"x": 2, "y": 3})
    assert merged(a, {}) == a == merged({}, a)


def test_witnesses_are_ordered_by_time():
    """The earlier one is the first, whatever the tape; without one of them it is the other."""
    a, b = Seen(1.0, "b.yaml", 9), Seen(2.0, "a.yaml", 4)
    assert (a, b) == (earlier(b, a), later(a, b))
    assert a == earlier(a, None) == later(None, a)
    assert earlier(None, None) is None
