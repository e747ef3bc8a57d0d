"""An exchange becomes a vcrpy interaction and comes back."""

from __future__ import annotations

import pytest
from hypothesis import given

import strategies
from tapehiss.cassettes.errors import DamagedTape
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.view import X, from_interaction, has_surrogates, to_interaction, without_surrogates


def gzipped(status: int = 200, method: str = "GET", body: bytes = b"content", **more) -> Exchange:
    headers = (("Content-Encoding", "gzip"), ("Content-Length", "27"), ("Transfer-Encoding", "chunked"))
    return Exchange(Request(method, "https://api.vendor.example/"), Response(status, "", headers, body, **more))


@given(strategies.exchanges())
def test_an_exchange_comes_back_as_it_was(x):
    """Nothing is lost between the exchange and its interaction."""
    assert x == from_interaction(to_interaction(x))


@given(strategies.exchanges())
def test_an_exchange_comes_back_without_surrogates_too(x):
    """The detour for text that YAML cannot say loses nothing either."""
    safe = without_surrogates(to_interaction(x))

    assert not has_surrogates(safe)
    assert x == from_interaction(safe)


@given(strategies.exchanges(replayable=True))
def test_vcrpy_finds_what_it_needs(x):
    """Exactly four keys in the request; code and message, lists of header values and a body in the response."""
    view = to_interaction(x)

    assert list(view["request"]) == ["method", "uri", "body", "headers"]
    assert {"status", "headers", "body", X} == view["response"].keys()
    assert {"code", "message"} == view["response"]["status"].keys()
    assert view["response"]["status"]["message"].isascii()
    assert isinstance(view["response"]["body"]["string"], str | bytes)
    assert all(len(held) == 1 for held in view["request"]["headers"].values())


def test_a_decoded_body_has_its_own_length_and_no_coding():
    """The player gets content, so the headers speak of content."""
    assert to_interaction(gzipped())["response"]["headers"] == {"Content-Length": ["7"]}


def test_an_undecoded_body_keeps_its_coding():
    """Bytes that are still encoded are replayed as such."""
    view = to_interaction(gzipped(undecoded=True))["response"]["headers"]

    assert view == {"Content-Encoding": ["gzip"], "Content-Length": ["7"]}


@pytest.mark.parametrize(
    "x", [gzipped(204, body=b""), gzipped(304, body=b""), gzipped(200, "HEAD", b""), gzipped(103, body=b"")]
)
def test_a_response_without_body_keeps_the_length_of_the_other_one(x):
    """The Content-Length of HEAD and 304 is that of the answer to GET."""
    assert to_interaction(x)["response"]["headers"] == {"Content-Length": ["27"]}


def test_the_phrase_is_one_that_every_client_can_replay():
    """HTTP/2 sends none, and httpx breaks on one that is not ASCII."""
    messages = [
        to_interaction(Exchange(Request("GET", "/"), Response(status, reason)))["response"]["status"]["message"]
        for status, reason in [(404, ""), (404, "Nope"), (404, "caf\xe9"), (799, "")]
    ]

    assert messages == ["Not Found", "Nope", "Not Found", ""]


def test_what_is_ordinary_is_not_told_twice():
    """An exchange without peculiarities has its start beside the view, and nothing else."""
    x = Exchange(Request("GET", "/"), Response(200, "OK", (("A", "b"),)), started_at=5.0)

    assert to_interaction(x)["response"][X] == {"started_at": 5.0}


def test_a_cassette_by_others_is_read_as_it_stands():
    """No x-tapehiss, null bodies and headers: defaults."""
    theirs = {
        "request": {"method": "GET", "uri": "http://h/", "body": None, "headers": None},
        "response": {"status": {"code": 200, "message": None}, "headers": {"A": ["1", "2"]}, "body": {"string": None}},
    }

    assert Exchange(Request("GET", "http://h/"), Response(200, "", (("A", "1"), ("A", "2")))) == from_interaction(
        theirs
    )


@pytest.mark.parametrize(
    "damage",
    [
        {},
        {"response": {}},
        {"request": {"method": 1, "uri": "", "body": None, "headers": {}}, "response": {}},
        {"request": None, "response": {}},
        {"request": {"method": "", "uri": "", "body": {"base64": "?"}, "headers": {}}, "response": {}},
        {"request": {}, "response": {X: {"exact": "AA=="}}},
        {"request": {}, "response": {X: {"ending": "well"}}},
    ],
)
def test_what_is_no_interaction_is_damage(damage):
    """Wrong types and missing keys are one kind of error, whatever is wrong."""
    with pytest.raises(DamagedTape):
        from_interaction(damage)
