"""Headers that came together."""

from __future__ import annotations

from gathered import tree
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.headerset import names_together


def together(*calls: str) -> list[str]:
    root = tree(*(dict.fromkeys(names, "x") for names in calls))
    return names_together(root, root.members)


@given(st.lists(st.text("abcd", max_size=4), min_size=1, max_size=12))
def test_the_set_was_seen(calls):
    """Some call had all of them, and what every call had is among them."""
    found = set(together(*calls))
    assert any(found <= set(call) for call in calls)
    assert found >= set.intersection(*map(set, calls))


def test_what_excludes_each_other_is_not_mixed():
    """The commonest of two ways is told; of two that are as common, none."""
    assert together("av", "av", "as") == ["a", "v"]
    assert together("av", "as", "a") == ["a"]
    assert together("avx", "as", "avx", "s") == ["a", "v", "x"]


def test_what_a_recorder_dropped_at_times_is_told():
    """A quarter of the calls is enough where nothing speaks against it."""
    assert together("av", "a", "a", "a") == ["a", "v"]
    assert together("av", "a", "a", "a", "a") == ["a"]
    assert together("ab", "ab", "c") == ["a", "b"]
