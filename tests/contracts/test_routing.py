"""The tree of a vendor's paths."""

from __future__ import annotations

from tapehiss.contracts.counts import Evidence
from tapehiss.contracts.overrides import Overrides
from tapehiss.contracts.routing import Call, Folding, Place


def tree(*paths):
    """A tree with one call of each path."""
    root = Place()
    for number, path in enumerate(paths):
        root.at(path.split("/")[1:]).calls.append(Call(str(number), "GET", Evidence()))
    return root


def folded(*paths):
    """The crossing of a tree, and its templates in the order of the paths."""
    folding = Folding()
    crossing = folding.fold(tree(*paths), Overrides())
    return crossing, [folding.templates[str(number)] for number in range(len(paths))]


def walked(crossing, *steps):
    """The template's segments for the steps of a request, as far as they lead."""
    path = []
    for step in steps:
        found = crossing.next(step)
        if found is None:
            return path
        segment, crossing = found
        path.append(segment)
    return path


def test_every_call_has_a_template():
    """Forms under one name, endings and actions of their own, selectors at the end, rests with the forms."""
    paths = [
        "/users/{id}",
        "/users/{text}/keys",
        "/users/{id}.json",
        "/users/{id}:ban",
        "/users/~+",
        "/graphql/#query=A",
        "/",
    ]
    assert folded(*paths)[1] == [
        "/users/{user_id}",
        "/users/{user_id}/keys",
        "/users/{user_id}.json",
        "/users/{user_id}:ban",
        "/users/{user_id}",
        "/graphql#query=A",
        "/",
    ]


def test_a_request_that_was_never_seen_is_led_where_it_belongs():
    """Literals first, then parameters with the same ending; words of routes are no values, unless the level is full."""
    crossing, _ = folded("/users/{id}", "/users/me", "/users/{id}.json", "/users/{id}:ban")
    assert walked(crossing, "users", "me") == ["users", "me"]
    assert walked(crossing, "users", "{id}") == ["users", "{user_id}"]
    assert walked(crossing, "users", "ada") == ["users", "{user_id}"]
    assert walked(crossing, "users", "ada.json") == ["users", "{user_id}.json"]
    assert walked(crossing, "users", "ada", "/:ban") == ["users", "{user_id}", "/:ban"]
    assert walked(crossing, "users", "ada", "/:pat") == ["users", "{user_id}"]
    assert walked(crossing, "users", "search") == walked(crossing, "users", "#a=b") == ["users"]
    assert walked(crossing, "teams") == []
    full, _ = folded("/users/~+")
    assert walked(full, "users", "search") == ["users", "{user}"]
    assert walked(full, "users", "~+") == ["users", "{user}"]


def test_places_are_pooled():
    """What is below several segments is seen as one."""
    place = tree("/a/x", "/b/x", "/b/y/{id}")
    place.children["a"].add(place.children["b"])
    assert sorted(way for way, _ in place.children["a"].below()) == [("GET", "/x"), ("GET", "/x"), ("GET", "/y/{}")]
