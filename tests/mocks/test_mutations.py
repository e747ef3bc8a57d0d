"""Damage that is guided by what is known of a vendor."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, get

from tapehiss.cassettes.exchange import Request
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.damage import KINDS, POINTED, damaged
from tapehiss.mocks.index import index_of
from tapehiss.mocks.mutations import PLACES_MAX, Guide, Place

GUIDED = ("missing", "null", "type", "unseen", "extra", "short-page", "empty-page")
LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.sampled_from(["new", "paid", "", "2026-01-01"])
DOCUMENTS = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b/c", "id", "items", "~"]), inner)
    ),
    max_leaves=8,
)
ITEMS = [{"id": number, "status": "paid" if number % 2 else "new", "of": {"x": None}} for number in range(6)]


def pages(*documents: object) -> Guide:
    """What is known of a vendor from these answers of one operation."""
    return Guide(
        index_of(get(f"/v1/items?cursor=c{at}", 200, json.dumps(each).encode()) for at, each in enumerate(documents))
    )


def differing(one: object, other: object, at: str = "") -> list[str]:
    """The places at which two documents differ, the outermost of each."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = [*one, *(name for name in other if name not in one)]
        return [place for name in names for place in _member(one, other, name, f"{at}/{_step(name)}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            place for number in range(len(one)) for place in differing(one[number], other[number], f"{at}/{number}")
        ]
    return [] if json.dumps(one) == json.dumps(other) else [at]


def _member(one: dict, other: dict, name: str, at: str) -> list[str]:
    return differing(one[name], other[name], at) if name in one and name in other else [at]


def _step(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


@given(st.lists(DOCUMENTS, min_size=1, max_size=4), st.sampled_from(GUIDED), st.floats(0, 1, exclude_max=True))
@settings(max_examples=150, deadline=None)
def test_a_mutation_is_one_change_that_the_contract_rejects_if_it_can_reject_any(documents, kind, draw):
    """The answer differs from the recorded one in exactly the place; the contract has something against it, or could have nothing."""
    guide = pages(*documents)
    recorded = guide.index.recordings[0]
    place = guide.place(kind, 0, recorded.request, draw)
    if place is None:
        return
    body = _damaged(recorded.response, kind, place)
    assert differing(documents[0], json.loads(body)) == [place.at]
    judge = Conformance(learn(guide.index.recordings))
    others = [guide.rejects(0, _damaged(recorded.response, kind, each)) for each in guide.places(kind, 0)]
    assert guide.rejects(0, body) or not any(others)
    found = judge.findings(_with(recorded, body))
    assert bool(found) is guide.rejects(0, body)
    assert judge.findings(recorded) == ()


def _with(recorded, body):
    return replace(recorded, response=replace(recorded.response, body=body))


def _damaged(response, kind: str, place: Place) -> bytes:
    return damaged(response, "set" if place.value else kind, place.at, place.value).body


@pytest.mark.parametrize(
    ("kind", "place"),
    [
        ("missing", "/data/0/id"),
        ("null", "/data/1/status"),
        ("type", "/more"),
        ("unseen", "/data/0/status"),
        ("extra", "/unexpected"),
        ("extra", "/data/2/of/unexpected"),
        ("short-page", "/data"),
        ("empty-page", "/data"),
    ],
)
def test_places(kind, place):
    """Required members, values that were never null, words of which all were seen, objects, lists of items."""
    guide = pages({"data": ITEMS[:3], "more": True}, {"data": ITEMS[3:], "more": False})
    assert place in [each.at for each in guide.places(kind, 0)]


def test_what_was_null_is_no_place_for_null():
    """A contract has nothing against null where null was seen."""
    guide = pages({"a": None, "b": 1}, {"a": 2, "b": 1}, {"a": None, "b": 3})
    assert [each.at for each in guide.places("null", 1)] == ["/b"]


def test_a_contract_that_is_given_guides():
    """It knows more than the recordings: an optional member is not taken away."""
    answers = [{"id": 1, "note": "x"}, {"id": 2}]
    known = learn(get(f"/v1/items?cursor=c{at}", 200, json.dumps(each).encode()) for at, each in enumerate(answers))
    index = pages(answers[0]).index
    assert [each.at for each in Guide(index).places("missing", 0)] == ["/id", "/note"]
    assert [each.at for each in Guide(index, known).places("missing", 0)] == ["/id"]


def test_a_cursor_is_repeated():
    """The next page is the one that was asked for: by cursor, by number, by link; without a cursor in the request there is none to repeat."""
    request = Request("GET", HOST + "/v1/items?cursor=7")
    assert pages({"data": ITEMS, "next_cursor": "c9"}).cursors(0, request) == (Place("/next_cursor", '"7"'),)
    assert pages({"data": ITEMS, "next_cursor": 9}).cursors(0, request) == (Place("/next_cursor", "7"),)
    link = f"{HOST}/v1/items?cursor=9"
    assert pages({"data": ITEMS, "links": {"next": link}}).cursors(0, request) == (
        Place("/links/next", json.dumps(request.url)),
    )
    assert pages({"data": ITEMS, "next_cursor": "c9"}).cursors(0, Request("GET", HOST + "/v1/items")) == ()
    assert pages({"data": ITEMS, "next_cursor": None}).place("repeated-cursor", 0, request, 0.5) is None


@pytest.mark.parametrize("body", [b"text", b"", b"[" * 100_000, b"7"])
def test_what_has_no_places(body):
    """Where there is no document, or nothing in it, there is no place."""
    guide = Guide(index_of([get("/v1/x", 200, body)]))
    assert all(
        guide.place(kind, 0, guide.index.recordings[0].request, 0.5) is None for kind in KINDS if kind in POINTED
    )


def test_a_large_document_is_tried_in_places_that_are_spread():
    """Not every one of thousands of places is tried, and those that are lie all over it."""
    places = pages([{"id": number} for number in range(1000)]).places("missing", 0)
    assert len(places) <= PLACES_MAX
    assert places[-1].at > "/9"
