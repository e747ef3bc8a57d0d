"""Promises of ``cassettes/har.py``."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response, Timings
from tapehiss.cassettes.har import entries, read
from tapehiss.cassettes.source import Refusal, Source

URL = "https://api.vendor.example/v1/things?a=1"
SOURCE = Source("session.har", b"")


def entry(request: dict[str, Any] | None = None, response: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A browser's entry with some things changed."""
    asked = {"method": "GET", "url": URL, "httpVersion": "HTTP/1.1", "headers": [], "bodySize": 0}
    answered = {"status": 200, "statusText": "OK", "httpVersion": "h2", "headers": [], "content": {"size": 4, "mimeType": "text/plain", "text": "hiss"}}  # fmt: skip
    return {
        "startedDateTime": "2009-02-13T23:31:30.000Z",
        "request": asked | (request or {}),
        "response": answered | (response or {}),
        **more,
    }


def only(held: dict[str, Any]) -> Exchange:
    (exchange,) = read([held], SOURCE)
    assert isinstance(exchange, Exchange), exchange
    return exchange


def body(**content: Any) -> bytes:
    """The response body that HAR's ``content`` tells."""
    headers = content.pop("headers", [])
    response = only(entry(response={"content": content, "headers": headers})).response
    assert response is not None
    return response.body


def test_an_entry_is_an_exchange() -> None:
    """Methods, URLs, headers without HTTP/2's pseudo-headers, versions, bodies and times."""
    headers = [{"name": ":method", "value": "POST"}, {"name": "A", "value": "1"}, {"name": "A", "value": "2"}]
    post = {"mimeType": "text/plain", "text": "tape"}
    timings = {"blocked": 1, "dns": -1, "connect": 30, "ssl": 20, "send": 1, "wait": 100, "receive": 50}
    exchange = only(entry({"method": "POST", "headers": headers, "postData": post}, timings=timings, time=181))
    assert exchange == Exchange(
        Request("POST", URL, (("A", "1"), ("A", "2")), b"tape"),
        Response(200, "OK", (), b"hiss", "HTTP/2"),
        started_at=1234567890.0,
        timings=Timings(connect_s=0.01, tls_s=0.02, first_byte_s=0.1, end_s=0.15),
    )


def test_times_that_nobody_knows() -> None:
    """-1 and nothing both say so; the total is better than nothing."""
    assert only(entry(timings={"connect": -1, "wait": -1}, time=250)).timings == Timings(end_s=0.25)
    assert only(entry(timings={"connect": 5}, time="long")).timings == Timings(connect_s=0.005)
    assert only(entry(startedDateTime="soon")).started_at == 0.0


@pytest.mark.parametrize(
    ("post", "sent"),
    [
        ({"text": "a=1"}, b"a=1"),
        ({"text": "aGlzcw==", "encoding": "base64"}, b"hiss"),
        ({"text": "aGlzcw==", "_encoding": "base64"}, b"hiss"),
        ({"params": [{"name": "a", "value": "x y"}, {"name": "b"}]}, b"a=x+y&b="),
        ({"text": "", "params": [{"name": "a", "value": "1"}]}, b"a=1"),
        ({"mimeType": "text/plain"}, b""),
    ],
)
def test_what_was_posted(post: dict[str, Any], sent: bytes) -> None:
    """The text, or the form that the parameters tell."""
    assert only(entry({"method": "POST", "postData": post})).request.body == sent


@pytest.mark.parametrize(
    ("content", "held"),
    [
        ({"text": "hiss"}, b"hiss"),
        ({"text": "aGlzcw==", "encoding": "base64"}, b"hiss"),
        ({"text": "68697373", "encoding": "hex"}, b"hiss"),
        ({"text": '["aGk=", "c3M="]', "encoding": "base64"}, b"hiss"),
        ({"text": '{"plain": "json"}', "encoding": "base64"}, b'{"plain": "json"}'),
        ({"text": "[1, 2]", "encoding": "base64"}, b"[1, 2]"),
        ({"text": "[oops", "encoding": "base64"}, b"[oops"),
        ({"text": {"parsed": 1}}, b'{"parsed": 1}'),
        ({"size": 0}, b""),
        ({}, b""),
    ],
)
def test_bodies_in_every_shape(content: dict[str, Any], held: bytes) -> None:
    """Text, base64, hex, lists of pieces, and what is labelled base64 and is not."""
    assert body(**content) == held


def test_the_charset_of_a_body_is_that_of_its_size() -> None:
    """HAR text is Unicode whatever the bytes were; the size tells which they were."""
    assert body(text="é", size=1, mimeType="text/html; charset=ISO-8859-1") == b"\xe9"
    assert body(text="é", size=2, mimeType="text/html; charset=ISO-8859-1") == b"\xc3\xa9"
    assert body(text="é", size=9, mimeType='text/html; charset="x-odd"') == b"\xc3\xa9"


GZIP = [{"name": "Content-Encoding", "value": "gzip"}]


def test_polly_keeps_chunks_of_compressed_bodies() -> None:
    """An array of hex or base64 pieces that nothing labels is one if it can be decompressed, else it is JSON."""
    packed = gzip.compress(b"hiss", mtime=0)
    halves = [packed[:9], packed[9:]]
    assert body(text=json.dumps([half.hex() for half in halves]), headers=GZIP) == b"hiss"
    assert body(text=json.dumps([b64encode(half).decode() for half in halves]), headers=GZIP) == b"hiss"
    assert body(text='["abcd", "ef01"]', headers=GZIP) == b'["abcd", "ef01"]'
    assert body(text='["abcd", "ef01"]') == b'["abcd", "ef01"]'
    assert body(text="[]", headers=GZIP) == b"[]"


def test_an_encoded_body_in_base64_is_decoded() -> None:
    """HAR wants decoded bodies; not everybody listens."""
    headers = [{"name": "Content-Encoding", "value": "br"}]
    assert body(text=b64encode(encode("br", b"hiss" * 9)).decode(), encoding="base64", headers=headers) == b"hiss" * 9


def test_a_body_that_was_not_kept_is_known_to_be_missing() -> None:
    """An export "without content" does not say that every body was empty."""
    exchange = only(entry({"method": "POST", "bodySize": 9}, {"content": {"size": 4096, "mimeType": "text/html"}}))
    assert exchange.response is not None
    assert (exchange.request.cut, exchange.response.cut, exchange.replayable) == (Cut(9, ""), Cut(4096, ""), False)


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_a_response_that_has_no_body_misses_none(method: str, status: int) -> None:
    """Whatever size it names."""
    assert only(entry({"method": method}, {"status": status, "content": {"size": 9}})).replayable


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        ("net::ERR_CONNECTION_REFUSED", Ending.REFUSED),
        ("net::ERR_NAME_NOT_RESOLVED", Ending.REFUSED),
        ("net::ERR_CONNECTION_RESET", Ending.RESET),
        ("net::ERR_EMPTY_RESPONSE", Ending.RESET),
        ("net::ERR_TIMED_OUT", Ending.TIMED_OUT),
        ("net::ERR_CERT_DATE_INVALID", Ending.TLS_FAILURE),
        ("net::ERR_SSL_PROTOCOL_ERROR", Ending.TLS_FAILURE),
        ("net::ERR_INVALID_HTTP_RESPONSE", Ending.MALFORMED),
        ("net::ERR_ABORTED", Ending.CLIENT_GONE),
        ("net::ERR_BLOCKED_BY_CLIENT", Ending.CLIENT_GONE),
    ],
)
def test_chromes_errors_are_endings(error: str, ending: Ending) -> None:
    """A response of status 0 never came; the error says why."""
    exchange = only(entry(response={"status": 0, "statusText": "", "_error": error}))
    assert (exchange.response, exchange.ending, exchange.detail) == (None, ending, error)


def test_an_error_after_the_response_began_is_a_truncation() -> None:
    """The status had come."""
    exchange = only(entry(_error="net::ERR_CONNECTION_RESET"))
    assert exchange.response is not None
    assert exchange.ending is Ending.TRUNCATED


@pytest.mark.parametrize("response", [{"status": 0, "statusText": ""}, {"status": None, "statusText": None}])
def test_no_response_and_no_reason_is_a_client_that_left(response: dict[str, Any]) -> None:
    """A browser says so when a page is left or a blocker steps in."""
    exchange = only(entry(response=response))
    assert (exchange.ending, exchange.detail) == (Ending.CLIENT_GONE, "the HAR entry has no response")


def test_websocket_messages() -> None:
    """Chrome keeps them beside the handshake; frames that are no messages are left out."""
    frames = [
        {"type": "send", "time": 1234567891.5, "opcode": 1, "data": "hé"},
        {"type": "receive", "time": 1234567892.0, "opcode": 2, "data": "AP8="},
        {"type": "receive", "time": 1234567893.0, "opcode": 8, "data": "bye"},
        "gibberish",
    ]
    assert only(entry(_webSocketMessages=frames)).messages == (
        Message(from_client=True, text=True, content="hé".encode(), at_s=1.5),
        Message(from_client=False, text=False, content=b"\x00\xff", at_s=2.0),
    )


@pytest.mark.parametrize(
    "held", [5, {}, {"request": 5}, {"request": {}}, entry(response={"status": "odd"}), entry(_tapehiss={})]
)
def test_a_bad_entry_is_refused(held: Any) -> None:
    """And the others are read."""
    refusal, exchange = read([held, entry()], SOURCE)
    assert isinstance(refusal, Refusal)
    assert refusal.where == "session.har#0"
    assert isinstance(exchange, Exchange)


def test_only_a_har_has_entries() -> None:
    """Everything else is for the next reader."""
    assert entries({"log": {"entries": [1]}}) == [1]
    assert entries({"log": {"entries": None}}) == []
    assert entries({"log": {}}) is None
    assert entries([]) is None


ODD = st.recursive(
    st.none() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["request", "response", "url", "method", "headers", "postData", "status", "content", "text", "size", "time",
                 "timings", "wait", "_error", "_webSocketMessages", "_tapehiss", "params", "encoding", "name", "opcode"]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(ODD, ODD, ODD)
def test_whatever_an_entry_holds_is_an_exchange_or_a_refusal(request: Any, response: Any, more: Any) -> None:
    """No shape of an entry ends in a traceback."""
    held = {**(more if isinstance(more, dict) else {}), "request": request, "response": response}
    assert all(isinstance(one, (Exchange, Refusal)) for one in read([held, more], SOURCE))
