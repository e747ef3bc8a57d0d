"""Which values have the same shape."""

from __future__ import annotations

from gathered import tree

from tapehiss.contracts.recurrence import alike, closed, contexts, planted, recurrences, recursions, recursive

COMMENT = {
    "text": "a",
    "by": "x",
    "replies": [{"text": "b", "by": "y", "replies": [{"text": "c", "by": "z", "replies": []}]}],
}


def test_a_comment_in_the_replies_to_a_comment_is_its_like():
    """All levels of a recursive shape are one class."""
    root = tree(COMMENT)
    forest = planted([("thread", root)])
    classes = closed(recursions(forest))
    levels = recursive(forest, classes)
    assert len(levels) == 2
    assert {classes.leader(node) for node in levels} == {classes.leader(root)}


def test_an_owner_who_has_a_name_and_an_id_as_well_is_no_recursion():
    """Likeness alone proves nothing: the inner object must be able to hold what leads to it."""
    root = tree({"id": 1, "name": "a", "type": "t", "owner": {"id": 2, "name": "b", "type": "u"}})
    assert list(recursions(planted([("thing", root)]))) == []


def test_the_same_thing_in_two_places_is_found():
    """Nearly the same names with the same kinds are the same kind of thing, whatever else differs."""
    a = tree({"id": "x", "object": "card", "brand": "v", "last4": "1", "address": None})
    b = tree([{"id": "y", "object": "card", "brand": "w", "last4": "2", "address": {"city": "c"}}])
    forest = planted([("a", a), ("b", b)])
    classes = closed(recurrences(forest))
    assert b.items is not None
    assert classes.leader(a) is classes.leader(b.items)
    assert contexts(forest, classes[a], classes) == 2


def test_things_that_only_look_alike_are_not_the_same():
    """Other kinds under the same names, and lists of other things in the same envelope, are other shapes."""
    assert not alike(tree({"a": 1, "b": 2, "c": 3}), tree({"a": "1", "b": "2", "c": "3"}))
    orders = tree({"data": [{"order": 1, "total": 2}], "more": True, "url": "u"})
    people = tree({"data": [{"name": "n", "mail": "m"}], "more": True, "url": "u"})
    assert not alike(orders, people)


def test_members_of_the_same_are_the_same():
    """Joining two objects joins what stands under the same steps."""
    a, b = tree({"x": {"y": [1]}}), tree({"x": {"y": ["s"]}, "z": 1})
    classes = closed([(a, b)])
    assert classes.leader(a.members["x"].members["y"]) is classes.leader(b.members["x"].members["y"])
    assert classes[b.members["z"]] == (b.members["z"],)
