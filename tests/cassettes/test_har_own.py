"""Promises of ``cassettes/har_own.py``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from strategies import exchanges
from tapehiss.cassettes.exchange import Ending, Exchange, Message, Request, Response, Timings
from tapehiss.cassettes.har_own import own, with_own
from tapehiss.cassettes.source import Unreadable

BARE = Exchange(Request("GET", "https://api.vendor.example/"), Response(200))


def as_har_tells(exchange: Exchange) -> Exchange:
    """What of an exchange HAR 1.2 has fields for."""
    response = exchange.response
    return Exchange(
        replace(exchange.request, http_version="", trailers=(), undecoded=False, cut=None),
        response and replace(response, http_version="", trailers=(), undecoded=False, cut=None, chunks=()),
        messages=tuple(replace(message, at_s=0.0) for message in exchange.messages),
    )


@given(exchanges())
def test_what_har_cannot_say_comes_back(exchange: Exchange) -> None:
    """The law of the file."""
    assert with_own(as_har_tells(exchange), own(exchange)) == exchange


def test_nothing_is_told_that_is_plain() -> None:
    """A good exchange adds little."""
    assert own(BARE) == {
        "started_at": 0.0,
        "ending": "complete",
        "request": {"http_version": "HTTP/1.1"},
        "response": {"http_version": "HTTP/1.1"},
    }


def test_times_are_exact() -> None:
    """HAR's milliseconds are rounded; ours are not."""
    exchange = replace(BARE, started_at=1.1, timings=Timings(end_s=1 / 3), ending=Ending.TRUNCATED)
    assert with_own(BARE, own(exchange)) == exchange


@pytest.mark.parametrize(
    "bent",
    [
        {},
        5,
        {"ending": "odd"},
        {"started_at": "soon"},
        {"request": 5},
        {"request": {}},
        {"response": {"http_version": "1.1", "chunks": 5}},
        {"messages_at_s": [1.0]},
        {"notes": [["a"]]},
        {"request": {"http_version": "1.1", "cut": {"size": 1}}},
        {"timings": {"end_s": "soon"}},
    ],
)
def test_bent_facts_are_refused(bent: Any) -> None:
    """Half of them is worse than none."""
    facts = own(BARE) | bent if isinstance(bent, dict) and bent else bent
    with pytest.raises(Unreadable, match="_tapehiss is damaged"):
        with_own(BARE, facts)


def test_a_message_too_few_is_noticed() -> None:
    """Times and messages belong together."""
    talking = replace(BARE, messages=(Message(from_client=True, text=True, content=b"", at_s=1.0),))
    with pytest.raises(Unreadable):
        with_own(BARE, own(talking))
