"""Promises of ``cassettes/wiremock.py``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.source import Refusal, Source
from tapehiss.cassettes.wiremock import mappings, read

FILES = {"../__files/user.json": b'{"id": 1}', "__files/flat.json": b"[]", "../../__files/deep/a.bin": b"\xff"}
SOURCE = Source("mappings/user.json", b"", FILES.get, "https://api.vendor.example")


def mapping(request: dict[str, Any], response: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"request": {"method": "GET", **request}, "response": {"status": 200, **(response or {})}}


def only(held: dict[str, Any], source: Source = SOURCE) -> Exchange:
    (exchange,) = read([held], source)
    assert isinstance(exchange, Exchange), exchange
    return exchange


def test_a_recorded_mapping_is_an_exchange() -> None:
    """What WireMock writes when it records: a literal URL, exact matchers, the body in ``__files``."""
    held = {
        "id": "…",
        "name": "user",
        "request": {
            "url": "/v1/user?a=1",
            "method": "POST",
            "headers": {"Accept": {"equalTo": "application/json"}, "X-Any": {"matches": ".*"}},
            "bodyPatterns": [{"equalToJson": '{"a": 1}', "ignoreArrayOrder": True}],
        },
        "response": {
            "status": 201,
            "statusMessage": "Made",
            "bodyFileName": "user.json",
            "headers": {"Content-Type": "application/json", "Set-Cookie": ["a=1", "b=2"]},
        },
        "uuid": "…",
        "persistent": True,
    }
    assert only(held) == Exchange(
        Request("POST", "https://api.vendor.example/v1/user?a=1", (("Accept", "application/json"),), b'{"a": 1}'),
        Response(
            201,
            "Made",
            (("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
            b'{"id": 1}',
        ),
    )


def test_without_a_base_url_a_placeholder_stands_and_a_note_says_so() -> None:
    """No mapping tells its host."""
    exchange = only(mapping({"url": "/x"}), Source("a.json", b""))
    assert exchange.request.url == "http://recording.invalid/x"
    assert exchange.notes == (("host", "not recorded: --base-url says where it was"),)


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"urlPath": "/x", "queryParameters": {"a": {"equalTo": "1 2"}, "b": {"matches": "."}}}, "/x?a=1+2"),
        (
            {"url": "/x?c=3", "queryParameters": {"a": {"hasExactly": [{"equalTo": "1"}, {"equalTo": "2"}]}}},
            "/x?c=3&a=1&a=2",
        ),
        ({"urlPattern": r"/x\.json"}, "/x.json"),
        ({"urlPattern": r"^/x\.json\?a=1$"}, "/x.json?a=1"),
        ({"urlPathPattern": "/plain"}, "/plain"),
        ({"urlPathTemplate": "/plain"}, "/plain"),
    ],
)
def test_a_pattern_with_one_reading_is_that_url(request_: dict[str, Any], path: str) -> None:
    """Escaped marks are themselves."""
    assert only(mapping(request_)).request.url == f"https://api.vendor.example{path}"


@pytest.mark.parametrize(
    "request_", [{"urlPattern": "/x/.*"}, {"urlPattern": "/x/[0-9]+"}, {"urlPattern": "/x?"}, {"urlPathPattern": "/(a|b)"}, {"urlPathTemplate": "/x/{id}"}]
)  # fmt: skip
def test_a_pattern_for_many_urls_is_refused(request_: dict[str, Any]) -> None:
    """Nobody knows which of them was recorded."""
    (refusal,) = read([mapping(request_)], SOURCE)
    assert isinstance(refusal, Refusal)
    assert "matches many URLs" in refusal.what


def test_a_dot_is_taken_for_a_dot() -> None:
    """Nearly every pattern that was meant literally has an unescaped one."""
    assert only(mapping({"urlPattern": "/x.json"})).request.url == "https://api.vendor.example/x.json"


@pytest.mark.parametrize(
    ("response", "body"),
    [
        ({"body": "hiss"}, b"hiss"),
        ({"jsonBody": {"a": [1]}}, b'{"a": [1]}'),
        ({"base64Body": "aGlzcw=="}, b"hiss"),
        ({"bodyFileName": "user.json"}, b'{"id": 1}'),
        ({"bodyFileName": "flat.json"}, b"[]"),
        ({"bodyFileName": "deep/a.bin"}, b"\xff"),
        ({}, b""),
    ],
)
def test_bodies_wherever_they_are(response: dict[str, Any], body: bytes) -> None:
    """In the mapping or in ``__files``, at any depth."""
    answered = only(mapping({"url": "/x"}, response)).response
    assert answered is not None
    assert answered.body == body


@pytest.mark.parametrize(
    ("patterns", "body"),
    [
        ([{"equalTo": "a"}], b"a"),
        ([{"contains": "a"}, {"equalToXml": "<a/>"}], b"<a/>"),
        ([{"equalToJson": {"a": 1}}], b'{"a": 1}'),
        ([{"binaryEqualTo": "AP8="}], b"\x00\xff"),
        ([{"matches": ".*"}], b""),
        ({"equalTo": "a"}, b""),
        (["a"], b""),
    ],
)
def test_a_request_body_that_a_matcher_tells(patterns: Any, body: bytes) -> None:
    """Only exact matchers tell one."""
    assert only(mapping({"url": "/x", "bodyPatterns": patterns})).request.body == body


@pytest.mark.parametrize(
    ("odd", "what"),
    [
        (mapping({"url": "/x"}, {"bodyFileName": "gone.json"}), "is not there"),
        (mapping({"url": "/x"}, {"proxyBaseUrl": "http://b/"}), "forwards to another server"),
        (mapping({"url": "/x"}, {"fault": "EMPTY_RESPONSE"}), "a made-up fault"),
        (mapping({}), "for any URL"),
        (mapping({"url": "/x"}, {"status": "odd"}), "no status code"),
        ({"request": {}}, "without request and response"),
        (5, "without request and response"),
    ],
)
def test_what_is_no_recording_is_refused_by_name(odd: Any, what: str) -> None:
    """And the others are read."""
    refusal, exchange = read([odd, mapping({"url": "/x"})], SOURCE)
    assert isinstance(refusal, Refusal)
    assert what in refusal.what
    assert isinstance(exchange, Exchange)


def test_one_mapping_or_many() -> None:
    """A file holds either; a cassette of the VCR family is not for this reader."""
    one = mapping({"url": "/x"})
    assert mappings(one) == [one]
    assert mappings({"mappings": [one, one], "meta": {"total": 2}}) == [one, one]
    for other in (mapping({"url": "https://a.example/"}), mapping({"uri": "/x"}), {"response": {}}, []):
        assert mappings(other) is None


def test_a_header_that_many_values_may_have() -> None:
    """Lists of matchers, and bare values, as older versions wrote them."""
    headers = {"A": {"includes": [{"equalTo": "1"}, {"equalTo": "2"}]}, "B": "3", "C": None}
    assert only(mapping({"url": "/x", "headers": headers})).request.headers == (("A", "1"), ("A", "2"), ("B", "3"))


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["request", "response", "url", "urlPattern", "headers", "bodyPatterns", "equalTo", "equalToJson", "status", "body",
                 "jsonBody", "base64Body", "bodyFileName", "queryParameters", "method", "hasExactly"]
            ),
            inner,
            max_size=6,
        )
    ),
)  # fmt: skip


@given(VALUES)
def test_whatever_it_holds_is_an_exchange_or_a_refusal(odd: Any) -> None:
    """No traceback."""
    assert all(isinstance(one, (Exchange, Refusal)) for one in read([odd], SOURCE))
