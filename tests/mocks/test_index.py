"""Which recordings a request leads to."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP, get, post

from strategies import exchanges
from tapehiss.cassettes.exchange import Ending, Exchange, Request
from tapehiss.mocks.index import ABOUT_THE_BODY, index_of, playable
from tapehiss.mocks.outcome import Rung

INDEX = index_of(SHOP)


@given(st.lists(exchanges(), max_size=5))
@settings(max_examples=60)
def test_every_recorded_request_is_found(recorded):
    """A request that is on the tapes matches exactly, and its own recording is in the group."""
    index = index_of(recorded)
    for number, exchange in enumerate(index.recordings):
        match = index.find(exchange.request)
        assert match.rung is Rung.EXACT
        assert number in match.group.numbers
        assert match.group.numbers == sorted(match.group.numbers)


@given(st.lists(exchanges(), max_size=5))
@settings(max_examples=60)
def test_groups_have_ids_of_their_own(recorded):
    """No two groups share an id: a cursor belongs to one."""
    index = index_of(recorded)
    groups = [
        *(match.group for match in index.exact.values()),
        *index.normalised.values(),
        *index.operation.values(),
    ]
    assert len({group.id for group in groups}) == len(groups)


@pytest.mark.parametrize(
    ("request_", "rung", "numbers"),
    [
        (Request("GET", "http://127.0.0.1:8000/v1/orders/1"), Rung.EXACT, [0, 1]),
        (Request("GET", HOST + "/v1/orders?page=1&limit=2"), Rung.NORMALISED, [2]),
        (Request("GET", HOST + "/v1/orders/1", (("If-None-Match", '"x"'),)), Rung.NORMALISED, [0, 1]),
        (Request("HEAD", HOST + "/v1/orders/1"), Rung.NORMALISED, [0, 1]),
        (Request("POST", HOST + "/v1/orders", (), b'{"count":2,"item":"tape"}'), Rung.NORMALISED, [3]),
        (Request("POST", HOST + "/v1/orders", (), b'{"item": "disc"}'), Rung.IGNORING_BODY, [3, 4]),
        (Request("GET", HOST + "/v1/orders?limit=2&page=2"), Rung.MISS, []),
    ],
)
def test_the_ladder(request_, rung, numbers):
    """Exact, normalised, ignoring the body, miss."""
    match = INDEX.find(request_)
    assert match.rung is rung
    assert (match.group.numbers if match.group else []) == numbers


def test_the_closest_body_is_played_first():
    """On the rung that ignores the body, the recordings with the most fields in common come forward."""
    match = INDEX.find(Request("POST", HOST + "/v1/orders", (), b'{"item": "reel", "count": 9}'))
    assert match.closest == (4,)


@pytest.mark.parametrize("status", sorted(ABOUT_THE_BODY))
def test_what_was_wrong_with_one_body_is_not_held_against_another(status):
    """Of recordings that resemble a request equally, those that refused their own body give way; where all did, they are what there is."""
    taken, refused = post("/a", b'{"amount": 1, "currency": "eur"}'), post("/a", b'{"amount": -1, "currency": "eur"}')
    refused = replace(refused, response=replace(refused.response, status=status))
    asked = Request("POST", HOST + "/a", (), b'{"amount": 2, "currency": "eur"}')
    assert index_of([refused, taken]).find(asked).closest == (1,)
    assert index_of([refused, refused]).find(asked).closest == (0, 1)
    busy = replace(refused, response=replace(refused.response, status=503))
    assert index_of([busy, taken]).find(asked).closest == (0, 1)
    assert index_of([refused, taken]).find(refused.request).closest == ()


def test_a_part_is_not_played_to_who_asked_for_all():
    """206, 304 and the like are found only by requests with the same range or condition."""
    ranged = Exchange(Request("GET", HOST + "/f", (("Range", "bytes=0-1"),)), get("/f", 206).response)
    index = index_of([ranged])
    assert index.find(Request("GET", HOST + "/f")).rung is Rung.MISS
    assert index.find(Request("GET", HOST + "/f", (("range", "bytes=0-1"),))).rung is Rung.EXACT


def test_one_vendor_answers_under_any_name_and_several_by_theirs():
    """With one host on the tapes the mock's own name is good enough; with several, a known name leads to its own recordings."""
    other = Exchange(Request("GET", "https://auth.shop.example/v1/orders/1"), get("/", 401).response)
    index = index_of([*SHOP, other])
    assert index.find(Request("GET", "http://mock.example/v1/orders/1")).group.numbers == [0, 1, 9]
    assert index.find(Request("GET", "https://auth.shop.example/v1/orders/1")).group.numbers == [9]
    assert index.find(Request("GET", HOST + "/v1/orders/1")).group.numbers == [0, 1]
    assert index.hosts == {"api.shop.example", "auth.shop.example"}


def test_what_can_be_played():
    """A client that left before an answer came says nothing about the vendor; a vendor that reset does."""
    gone = Exchange(Request("GET", HOST), None, Ending.CLIENT_GONE)
    assert not playable(gone)
    assert index_of([gone, *SHOP]).recordings == SHOP


def test_equal_requests_share_a_fingerprint():
    """The fingerprint of an exact match is that of a normalised one."""
    exact = INDEX.find(Request("GET", HOST + "/v1/orders?limit=2&page=1"))
    turned = INDEX.find(Request("GET", HOST + "/v1/orders?page=1&limit=2"))
    assert exact.fingerprint == turned.fingerprint
    assert index_of([post("/a", b"1"), post("/a", b"2")]).find(Request("POST", HOST + "/a", (), b"3")).closest == (0, 1)
