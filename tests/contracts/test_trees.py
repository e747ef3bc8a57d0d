"""Evidence as a tree."""

from __future__ import annotations

from gathered import part_of

from tapehiss.contracts.counts import Field, Part
from tapehiss.contracts.trees import pooled, together, tree_of


def test_a_tree_has_members_items_and_the_rest():
    """Names lead to members, items are one node, ids are the rest."""
    root = tree_of(part_of({"a/b": [{"x": 1}], "42": 1, "43": 2}))
    assert root is not None
    assert list(root.members) == ["a/b"]
    assert root.members["a/b"].items is not None
    assert list(root.members["a/b"].items.members) == ["x"]
    assert root.rest is not None
    assert root.rest.seen.occurrences == 2
    assert [step for step, _ in root.steps()] == ["a~1b", "~+"]


def test_nothing_seen_is_no_tree():
    """A part without documents has no tree."""
    assert tree_of(Part()) is None


def test_pooling_adds_counts_but_no_witnesses():
    """Two places of one exchange are not two exchanges: statements do not get stronger by pooling."""
    one = Field({"string": 3}, 3, {'"a"': 2})
    both = pooled([one, one])
    assert (both.occurrences, both.exchanges, both.values) == (6, 3, {'"a"': 2})


def test_trees_add():
    """Members of the same name are added, others stand beside each other."""
    a, b = tree_of(part_of({"x": 1, "y": [1]})), tree_of(part_of({"x": "s", "z": {"7": 1}, "y": [None]}))
    assert a is not None
    assert b is not None
    both = together([a, b])
    assert sorted(both.members) == ["x", "y", "z"]
    assert both.members["x"].seen.kinds == {"integer": 1, "string": 1}
    assert both.members["y"].items is not None
    assert both.members["y"].items.seen.kinds == {"integer": 1, "null": 1}
    assert both.members["z"].rest is not None


def test_a_rest_beyond_a_bound_is_partial():
    """Where the bound of fields was reached, what stands under a rest is not complete and not told."""
    part = part_of({"1": {"x": 1}})
    root = tree_of(Part(part.exchanges, {}, part.fields, frozenset({"fields"})))
    assert root is not None
    assert root.rest is not None
    assert root.rest.partial
    assert root.rest.members == {}
