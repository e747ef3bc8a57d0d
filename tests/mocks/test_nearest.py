"""A miss says what comes nearest and what differs."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP, get, post

from strategies import exchanges, requests
from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.nearest import NEAREST_MAX, SHOWN_MAX, Difference, miss, nearest


@given(requests(), st.lists(exchanges(), max_size=4))
@settings(max_examples=60)
def test_any_miss_is_a_problem_document(request, recorded):
    """Whatever was asked of whatever tapes, the answer is RFC 9457 with at most three recordings."""
    response = miss(request, recorded)
    document = json.loads(response.body)
    assert (response.status, document["status"]) == (404, 404)
    assert len(document["nearest"]) <= NEAREST_MAX


def test_the_nearest_recording_comes_first():
    """One segment, the method, one parameter: each is named as what differs."""
    near = nearest(Request("GET", HOST + "/v1/orders?limit=2&page=2"), SHOP)
    assert near[0].recording == 2
    assert near[0].differs == (Difference("query.page", "2", "1"),)
    near = nearest(Request("PUT", HOST + "/v1/orders/1"), SHOP)
    assert near[0].differs == (Difference("method", "PUT", "GET"),)
    near = nearest(Request("GET", HOST + "/v1/orders/2"), SHOP)
    assert near[0].differs == (Difference("path", "/v1/orders/2", "/v1/orders/1"),)


def test_each_method_and_url_is_told_once():
    """A thousand recordings of one request are one neighbour."""
    near = nearest(Request("GET", HOST + "/v1/ordres"), [*SHOP, *SHOP])
    assert len({(each.method, each.url) for each in near}) == NEAREST_MAX


def test_bodies_are_compared_field_by_field():
    """Where the place is the same the body's fields are named; a long value is shortened."""
    long = "x" * 500
    near = nearest(
        Request("PUT", HOST + "/a", (), json.dumps({"n": [2], "long": long}).encode()), [post("/a", b'{"n": 1}')]
    )
    assert near[0].differs[1:] == (
        Difference("body.long", long[: SHOWN_MAX - 1] + "…", None),
        Difference("body.n", "[2]", "1"),
    )


def test_credentials_are_not_shown():
    """A secret in the query is neither compared nor repeated, and no recorded query is shown."""
    body = miss(Request("GET", HOST + "/v1/a?api_key=hush"), [get("/v1/b?api_key=lull")]).body
    assert b"hush" not in body
    assert b"lull" not in body


def test_the_advice_names_the_place():
    """The detail is one sentence a person can act on, with or without neighbours."""
    detail = json.loads(miss(Request("GET", HOST + "/v1/x"), []).body)["detail"]
    assert detail == "GET /v1/x: the tapes are empty"
    detail = json.loads(miss(Request("GET", HOST + "/v1/orders/1"), SHOP[:1]).body)["detail"]
    assert (
        detail
        == f"GET /v1/orders/1: the nearest recording is GET {HOST}/v1/orders/1; what differs: nothing but headers"
    )
