"""Promises of ``cassettes/easyvcr.py``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.easyvcr import interactions, read
from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings
from tapehiss.cassettes.source import Refusal, Source

URL = "https://api.vendor.example/v1/things"
SOURCE = Source("tape.json", b"")

C_SHARP: dict[str, Any] = {
    "Duration": 278,
    "RecordedAt": "2009-02-13T16:31:30-07:00",
    "Request": {
        "Body": '{"a":1}',
        "BodyContentType": "Json",
        "ContentHeaders": {"Content-Type": "application/json; charset=utf-8"},
        "Method": "POST",
        "RequestHeaders": {"User-Agent": "hiss"},
        "Uri": URL,
    },
    "Response": {
        "Body": '{"id":1}',
        "ContentHeaders": {"Content-Type": "application/json"},
        "HttpVersion": "1.1",
        "ResponseHeaders": {"X-Node": "7"},
        "Status": {"Code": 201, "Message": "Created"},
    },
}

JAVA: dict[str, Any] = {
    "duration": 278,
    "recordedAt": 1234567890,
    "request": {"body": "", "method": "GET", "requestHeaders": {"User-Agent": ["hiss"]}, "uri": URL},
    "response": {"body": "[]", "httpVersion": None, "responseHeaders": {"null": ["HTTP/1.1 200 OK"]}, "status": {"code": 200, "message": "OK"}},
}  # fmt: skip


def test_c_sharp() -> None:
    """Pascal case, content headers apart from the others."""
    assert list(read([C_SHARP], SOURCE)) == [
        Exchange(
            Request(
                "POST", URL, (("User-Agent", "hiss"), ("Content-Type", "application/json; charset=utf-8")), b'{"a":1}'
            ),
            Response(201, "Created", (("X-Node", "7"), ("Content-Type", "application/json")), b'{"id":1}'),
            started_at=1234567890.0,
            timings=Timings(end_s=0.278),
        )
    ]


def test_java() -> None:
    """Camel case; Java's map of headers has the status line under ``null``, which is no header."""
    (exchange,) = read([JAVA], SOURCE)
    assert isinstance(exchange, Exchange)
    assert exchange.request == Request("GET", URL, (("User-Agent", "hiss"),))
    assert exchange.response == Response(200, "OK", (), b"[]")


def test_it_is_known_by_its_names() -> None:
    """Other lists are for other readers."""
    assert interactions([C_SHARP]) == [C_SHARP]
    assert interactions([JAVA]) == [JAVA]
    for other in ([], {}, [{}], [{"request": {"uri": URL}, "response": {}}], [{"Request": 1}]):
        assert interactions(other) is None


@pytest.mark.parametrize(
    "odd", [{}, 5, {"Request": {"Uri": URL}}, {"Request": {"Uri": URL}, "Response": {"Body": ""}}, {**C_SHARP, "Request": {"Method": "GET"}}]
)  # fmt: skip
def test_a_bad_interaction_is_refused(odd: Any) -> None:
    """And the others are read."""
    refusal, exchange = read([odd, C_SHARP], SOURCE)
    assert isinstance(refusal, Refusal)
    assert isinstance(exchange, Exchange)


VALUES = st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([*C_SHARP, *C_SHARP["Request"], *C_SHARP["Response"], "Code"]), inner, max_size=6))  # fmt: skip


@given(VALUES)
def test_whatever_it_holds_is_an_exchange_or_a_refusal(odd: Any) -> None:
    """No traceback."""
    assert all(isinstance(one, (Exchange, Refusal)) for one in read([odd], SOURCE))
