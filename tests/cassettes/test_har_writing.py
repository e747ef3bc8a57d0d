"""Promises of ``cassettes/har_writing.py``."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given

from strategies import exchanges
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response, Timings
from tapehiss.cassettes.exporting import to_har
from tapehiss.cassettes.har_writing import ERRORS, entry

SCHEMA = json.loads((Path(__file__).parent / "har-1.2.schema.json").read_text("utf-8"))
ASKED = Request("GET", "https://api.vendor.example/x?a=1&b=", (("Cookie", "a=1; b=2"),))


@given(exchanges())
def test_every_exchange_is_valid_har(exchange: Exchange) -> None:
    """Against HAR 1.2, whatever the exchange."""
    jsonschema.validate(to_har([exchange], "1.0"), SCHEMA, jsonschema.Draft202012Validator)


def test_an_entry_as_a_browser_would_write_it() -> None:
    """Cookies, query, sizes, times in milliseconds."""
    answered = Response(
        302, "Found", (("Content-Type", "text/html"), ("Set-Cookie", "s=1; Path=/"), ("Location", "/y")), b"<a>"
    )
    held = entry(Exchange(ASKED, answered, timings=Timings(0.01, 0.02, 0.1, 0.15)))
    assert held["request"]["cookies"] == [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}]
    assert held["request"]["queryString"] == [{"name": "a", "value": "1"}, {"name": "b", "value": ""}]
    assert held["response"]["content"] == {"size": 3, "mimeType": "text/html", "text": "<a>"}
    assert (held["response"]["cookies"], held["response"]["redirectURL"]) == ([{"name": "s", "value": "1"}], "/y")
    assert held["timings"] == pytest.approx(
        {"blocked": -1, "dns": -1, "connect": 30, "ssl": 20, "send": 0, "wait": 100, "receive": 50}
    )
    assert held["time"] == pytest.approx(180)


def test_bytes_are_base64() -> None:
    """In a response as the standard has it, in a request under a name of our own."""
    held = entry(Exchange(Request("POST", "https://a.example/", body=b"\xff"), Response(200, body=b"\xfe")))
    assert held["request"]["postData"] == {"mimeType": "x-unknown", "params": [], "text": "/w==", "_encoding": "base64"}
    assert held["response"]["content"] == {"size": 1, "mimeType": "x-unknown", "text": "/g==", "encoding": "base64"}


@pytest.mark.parametrize("ending", list(ERRORS))
def test_a_failure_has_status_0_and_chromes_words(ending: Ending) -> None:
    """So that every viewer shows it as failed."""
    held = entry(Exchange(ASKED, ending=ending))
    assert held["response"]["status"] == 0
    assert held["_error"].startswith("net::ERR_")


def test_cut_bodies_tell_their_whole_size() -> None:
    """``bodySize`` is that of the wire."""
    cut = Cut(4096, "ab" * 32)
    held = entry(Exchange(Request("POST", "https://a.example/", body=b"a", cut=cut), Response(200, body=b"b", cut=cut)))
    assert (held["request"]["bodySize"], held["response"]["bodySize"], held["response"]["content"]["size"]) == (
        4096,
        4096,
        1,
    )


def test_websocket_messages_are_chromes() -> None:
    """Text as it is, bytes as base64, bytes that pretend to be text marked."""
    messages = (
        Message(from_client=True, text=True, content=b"hi", at_s=1.0),
        Message(from_client=False, text=False, content=b"\xff", at_s=2.0),
        Message(from_client=False, text=True, content=b"\xff", at_s=2.0),
    )
    held = entry(Exchange(ASKED, Response(101), messages=messages, started_at=10.0))
    assert held["_resourceType"] == "websocket"
    assert held["_webSocketMessages"] == [
        {"type": "send", "time": 11.0, "opcode": 1, "data": "hi"},
        {"type": "receive", "time": 12.0, "opcode": 2, "data": "/w=="},
        {"type": "receive", "time": 12.0, "opcode": 1, "data": "/w==", "_encoding": "base64"},
    ]


def test_a_url_that_cannot_be_parsed_has_no_query() -> None:
    """The entry is written all the same."""
    assert entry(Exchange(Request("GET", "https://[oops/?a=1")))["request"]["queryString"] == []
