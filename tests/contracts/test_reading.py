"""What one exchange says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Request, Response
from tapehiss.contracts.reading import Reading, media_of, read, status_of
from traffic import answer, exchanges

JSON = (("Content-Type", "application/json"),)
URL = "https://api.vendor.example/v1/things/7?limit=3"


def parts(exchange: Exchange) -> dict[str, Reading]:
    return {reading.part: reading for reading in read(exchange).readings}


@given(exchanges())
def test_every_exchange_can_be_read(exchange):
    """Nothing that was sent or answered is too strange to be counted, and every part has a name that can be taken apart."""
    for reading in read(exchange).readings:
        assert (status_of(reading.part) is not None) is reading.part.startswith("response ")
        assert bool(media_of(reading.part)) is reading.part.startswith(("request ", "response "))


def test_an_accepted_exchange_has_all_its_parts():
    """Path and query parameters, request body and response body."""
    exchange = Exchange(Request("POST", URL, JSON, b'{"a":1}'), Response(201, "", JSON, b"{}"))
    assert {name: reading.documents for name, reading in parts(exchange).items()} == {
        "path 3": (7,),
        "query": ({"limit": 3},),
        "request-headers": ({},),
        "request application/json": ({"a": 1},),
        "response-headers 201": ({},),
        "response 201 application/json": ({},),
    }


def test_a_rejected_request_says_nothing_about_how_to_ask():
    """From 400 on only the response counts."""
    assert list(parts(answer({}, url=URL, status=422))) == ["response-headers 422", "response 422 application/json"]


def test_a_truncated_body_is_not_learnt_from():
    """What the vendor did not finish says how it was asked, and nothing about its answers."""
    exchange = replace(answer({}, url=URL), ending=Ending.TRUNCATED)
    assert set(parts(exchange)) == {"path 3", "query", "request-headers", "request -"}


def test_no_response_no_parts():
    """An exchange without a response is counted by its ending only."""
    account = read(Exchange(Request("GET", URL), None, Ending.RESET))
    assert (account.ending, account.readings) == (Ending.RESET, ())


@pytest.mark.parametrize(
    ("response", "part", "unread"),
    [
        (Response(200, "", JSON, b""), "response 200 -", ""),
        (Response(200, "", (), b'{"a": 1}'), "response 200 application/json", ""),
        (Response(200, "", (), b"{a: 1}"), "response 200 unlabelled", ""),
        (Response(200, "", (("Content-Type", "Text/HTML ; charset=x"),), b"<p>"), "response 200 text/html", ""),
        (Response(200, "", JSON, b"{", cut=Cut(9, "")), "response 200 application/json", "cut"),
        (Response(200, "", JSON, b"\x1f\x8b", undecoded=True), "response 200 application/json", "coding not undone"),
        (Response(200, "", JSON, b"<html>"), "response 200 application/json", "not JSON"),
    ],
)
def test_bodies_are_known_by_media_type(response, part, unread):
    """Empty bodies, bodies without a type, types with parameters, and bodies of which only a part was kept."""
    assert unread == parts(Exchange(Request("GET", URL), response))[part].unread


def test_a_url_that_is_none_has_no_parameters():
    """A URL that cannot be split does not stop the reading."""
    assert parts(Exchange(Request("GET", "http://[half/v1?a=1"), Response(200)))["query"].documents == ({},)
