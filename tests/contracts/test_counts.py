"""What is counted adds up: bounds included."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import Evidence, Field, Part, merged, rank_of_path, smallest, tally

TALLIES = st.dictionaries(st.text(max_size=3), st.integers(1, 9), max_size=12)


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


@given(st.lists(st.text(alphabet="/ab~", max_size=6), unique=True), st.integers(0, 6))
def test_a_kept_path_has_a_kept_parent(texts, most):
    """Of paths with all their parents, the bound keeps a set that is closed upwards: no child is described without its parent."""
    paths = {"": 0} | {"/" + "/".join(text.split("/")[:depth]): 0 for text in texts for depth in range(1, 8)}
    paths |= {path.rpartition("/")[0]: 0 for path in paths}
    kept, dropped = smallest(paths, most, rank_of_path)
    assert (len(paths) > most) is dropped
    assert all(path.rpartition("/")[0] in kept for path in kept if path)


def test_zeros_change_nothing():
    """``Field()``, ``Part()`` and ``Evidence()`` are neutral on both sides."""
    seen = Field({"string": 2}, 1, {'"a"': 1}, more=True)
    part = Part(1, {"not JSON": 1}, {"": seen}, frozenset({"depth"}))
    evidence = Evidence({"complete": 1}, {"query": part}, frozenset({"parts"}))
    for value, zero in ((seen, Field()), (part, Part()), (evidence, Evidence())):
        assert (value, value) == (value + zero, zero + value)  # type: ignore[operator]


def test_merging_does_not_touch_what_it_merges():
    """The sum of two mappings is a new one."""
    a, b = {"x": 1}, {"x": 2, "y": 3}
    assert merged(a, b) == {"x": 3, "y": 3}
    assert (a, b) == ({"x": 1}, {"x": 2, "y": 3})
