"""What is known of a vendor beside its answers."""

from __future__ import annotations

import json
from dataclasses import replace

from shop import HOST, get, post

from tapehiss.cassettes.exchange import Cut, Ending, Request, Timings
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.index import index_of
from tapehiss.mocks.lore import ANSWERS_MAX, Lore, recorded_s

BUSY = get("/v1/items/1", 503, b'{"error":"busy"}')
FULL = post("/v1/orders", b"{}", 503, b'{"error":"full"}')
ELSEWHERE = replace(BUSY, request=Request("GET", "https://other.example/v1/items/1"))


def test_an_error_of_the_same_operation_comes_first():
    """Then one of any operation of the vendor, then nothing; identifiers in the path do not tell operations apart."""
    lore = Lore(index_of([FULL, BUSY]))
    assert lore.recorded(503, Request("GET", HOST + "/v1/items/2")) == BUSY.response
    assert lore.recorded(503, Request("GET", HOST + "/v1/carts")) == FULL.response
    assert lore.recorded(500, Request("GET", HOST + "/v1/items/2")) is None


def test_another_vendor_is_not_asked():
    """Each vendor has its own words; on a tape of one vendor any host is that vendor's."""
    lore = Lore(index_of([ELSEWHERE, get("/v1/carts")]))
    assert lore.recorded(503, Request("GET", HOST + "/v1/carts")) is None
    assert Lore(index_of([ELSEWHERE])).recorded(503, Request("GET", HOST + "/v1/carts")) == ELSEWHERE.response


def test_what_was_looked_up_is_forgotten_before_it_is_too_much():
    """However many operations are asked about, the answers that are kept are bounded, and the same."""
    lore = Lore(index_of([BUSY]))
    for number in range(ANSWERS_MAX + 2):
        assert lore.recorded(503, Request("GET", f"{HOST}/v1/of{chr(97 + number % 26)}/x{number:x}y")) == BUSY.response
        assert len(lore._answers) <= ANSWERS_MAX


def test_what_is_not_whole_is_no_example():
    """An error whose body was cut is not shown."""
    torn = replace(BUSY, ending=Ending.TRUNCATED)
    kept = replace(BUSY, response=replace(BUSY.response, cut=Cut(10_000, "0" * 64)))
    assert Lore(index_of([torn, kept])).recorded(503, BUSY.request) is None


def test_times_are_those_of_the_operation():
    """Drawn in their order; where an operation has none, from all."""
    timed = [get(f"/v1/items/{at}", timings=Timings(first_byte_s=float(at), end_s=99.0)) for at in (3, 1, 2)] + [
        get("/v1/report", timings=Timings(end_s=9.0))
    ]
    lore = Lore(index_of([*timed, get("/v1/never/timed")]))
    drawn = [lore.latency_s(Request("GET", HOST + "/v1/items/7"), draw) for draw in (0.0, 0.34, 0.99)]
    assert drawn == [1.0, 2.0, 3.0]
    assert lore.latency_s(Request("GET", HOST + "/v1/none"), 0.99) == 9.0
    assert Lore().latency_s(Request("GET", "/"), 0.5) == 0.0
    assert recorded_s(get("/v1/x")) is None


def test_a_contract_says_what_no_recording_shows():
    """A status that only the contract knows is made of what was seen there."""
    lore = Lore(index_of([get("/v1/items/1")]), learn([BUSY, FULL, BUSY]))
    made = lore.expected(503)
    assert made is not None
    assert (made.status, made.headers) == (503, (("Content-Type", "application/json"),))
    assert json.loads(made.body).keys() == {"error"}
    assert lore.expected(418) is None
    assert Lore().expected(503) is None
