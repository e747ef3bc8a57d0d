"""Promises of ``cassettes/vcr.py``: one small cassette of each tool, as that tool writes it."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.block import block
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.importing import Source, read_source
from tapehiss.cassettes.source import Refusal
from tapehiss.cassettes.vcr import interactions, read

URL = "https://api.vendor.example/v1/things?a=1"


def recorded(text: str, **siblings: str) -> list[Any]:
    """Everything that a file yields."""
    files = {f"{name}.yaml": held.encode() for name, held in siblings.items()}
    return list(read_source(Source("tape", text.encode(), files.get)))


def only(text: str, **siblings: str) -> Exchange:
    """The one exchange of a file."""
    (exchange,) = recorded(text, **siblings)
    assert isinstance(exchange, Exchange), exchange
    return exchange


VCRPY = f"""\
interactions:
- request:
    body: '{{"name": "hiss"}}'
    headers:
      Content-Type: [application/json]
      Accept: ['*/*']
    method: POST
    uri: {URL}
  response:
    body: {{string: '{{"id": 1}}'}}
    headers:
      Content-Type: [application/json]
      Set-Cookie: [a=1, b=2]
    status: {{code: 201, message: Created}}
version: 1
"""


def test_vcrpy() -> None:
    """Block YAML as vcrpy itself writes it."""
    assert only(VCRPY) == Exchange(
        Request("POST", URL, (("Content-Type", "application/json"), ("Accept", "*/*")), b'{"name": "hiss"}'),
        Response(
            201,
            "Created",
            (("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
            b'{"id": 1}',
        ),
    )


def test_vcrpy_in_json() -> None:
    """Its JSON serializer says the same."""
    assert only(json.dumps(yaml.safe_load(VCRPY))) == only(VCRPY)


def test_vcrpy_with_binary_bodies() -> None:
    """``!!binary`` where a body is no UTF-8."""
    text = VCRPY.replace("""{string: '{"id": 1}'}""", "{string: !!binary iVBORw==}")
    assert only(text).response == Response(201, "Created", only(VCRPY).response.headers, b"\x89PNG")  # type: ignore[union-attr]


def test_vcrpy_with_the_httpx_of_old() -> None:
    """vcrpy 5 and earlier wrote another shape for httpx."""
    text = f"""\
interactions:
- request: {{body: '', headers: {{}}, method: GET, uri: '{URL}'}}
  response:
    content: hiss
    headers: {{content-type: [text/plain]}}
    http_version: HTTP/2
    status_code: 200
version: 1
"""
    response = Response(200, "", (("content-type", "text/plain"),), b"hiss", "HTTP/2")
    assert only(text) == Exchange(Request("GET", URL), response)


def test_vcrpy_before_1_0() -> None:
    """A list of Python objects, the URL in pieces, headers as a frozen set; nothing of it is ever made an object."""
    text = """\
- request: !!python/object:vcr.request.Request
    body: null
    headers: !!python/object/apply:__builtin__.frozenset
    - - !!python/tuple [Accept, '*/*']
    host: api.vendor.example
    method: GET
    path: /v1/things?a=1
    port: 443
    protocol: https
  response:
    body: {string: !!python/unicode 'hiss'}
    headers: ["Content-Type: text/plain\\r\\n"]
    status: {code: 200, message: OK}
"""
    exchange = only(text)
    assert (exchange.request.url, exchange.request.headers) == (URL, (("Accept", "*/*"),))
    assert exchange.response == Response(200, "OK", (("Content-Type", "text/plain"),), b"hiss")


def test_a_port_of_its_own_is_kept() -> None:
    """Where the URL came in pieces."""
    text = "- request: {host: h.example, path: /x, port: 8080, protocol: http}\n  response: {status: 200}\n"
    assert only(text).request.url == "http://h.example:8080/x"


def test_parsed_bodies() -> None:
    """A serializer of vcrpy's users keeps JSON parsed; its bytes are rebuilt, and a note says so."""
    text = f"""\
interactions:
- request: {{headers: {{content-type: [application/json]}}, method: POST, parsed_body: {{b: 1, a: [x, é]}}, uri: '{URL}'}}
  response: {{headers: {{}}, parsed_body: {{price: 1.10}}, status: {{code: 200, message: OK}}}}
version: 1
"""
    exchange = only(text)
    assert exchange.request.body == '{"b": 1, "a": ["x", "é"]}'.encode()
    assert exchange.response is not None
    assert exchange.response.body == b'{"price": 1.1}'
    assert [key for key, _ in exchange.notes] == ["request_body", "response_body"]


RUBY = f"""\
---
http_interactions:
- request:
    method: get
    uri: {URL}
    body:
      encoding: US-ASCII
      string: ''
    headers:
      Accept:
      - "*/*"
  response:
    status:
      code: 200
      message: OK
    headers:
      Content-Encoding:
      - gzip
      X-Name:
      - !binary |-
        Y2Fmw6k=
    body:
      encoding: ASCII-8BIT
      string: !binary |-
        {b64encode(gzip.compress(b"hiss")).decode()}
    http_version: '1.1'
  recorded_at: Fri, 13 Feb 2009 23:31:30 GMT
recorded_with: VCR 6.0.0
"""


def test_ruby_vcr() -> None:
    """Symbols for methods, bodies with their encoding, ``!binary``, the time of each interaction."""
    exchange = only(RUBY)
    assert exchange.request == Request("GET", URL, (("Accept", "*/*"),))
    assert exchange.started_at == 1234567890.0
    assert exchange.response == Response(200, "OK", (("Content-Encoding", "gzip"), ("X-Name", "cafÃ©")), b"hiss")


def test_ruby_vcr_before_2_0() -> None:
    """A list of Ruby structs."""
    text = f"""\
---
- !ruby/struct:VCR::HTTPInteraction
  request: !ruby/struct:VCR::Request
    method: :get
    uri: {URL}
    body:
    headers:
  response: !ruby/struct:VCR::Response
    status: !ruby/struct:VCR::ResponseStatus
      code: 200
      message: OK
    headers:
      content-type:
      - text/plain
    body: hiss
    http_version: "1.1"
"""
    assert only(text) == Exchange(Request("GET", URL), Response(200, "OK", (("content-type", "text/plain"),), b"hiss"))


def test_betamax() -> None:
    """JSON; ``base64_string`` holds the body as it was on the wire."""
    held = {
        "http_interactions": [
            {
                "request": {
                    "body": {"encoding": "utf-8", "string": ""},
                    "headers": {"Accept": ["*/*"]},
                    "method": "GET",
                    "uri": URL,
                },
                "response": {
                    "body": {
                        "encoding": "utf-8",
                        "base64_string": b64encode(gzip.compress(b"hiss")).decode(),
                        "string": "",
                    },
                    "headers": {"content-encoding": ["gzip"]},
                    "status": {"code": 200, "message": "OK"},
                    "url": URL,
                },
                "recorded_at": "2009-02-13T23:31:30",
            }
        ],
        "recorded_with": "betamax/0.8.1",
    }
    exchange = only(json.dumps(held))
    assert exchange.response == Response(200, "OK", (("content-encoding", "gzip"),), b"hiss")
    assert exchange.started_at == 1234567890.0


def test_r_vcr() -> None:
    """Status as a mapping, a pseudo-header for the status line, GMT after the time."""
    text = f"""\
http_interactions:
- request:
    method: get
    uri: {URL}
    body: {{encoding: '', string: ''}}
    headers: {{Accept: 'application/json, text/xml'}}
  response:
    status: {{status_code: 200, category: Success, reason: OK, message: 'Success: (200) OK'}}
    headers:
      status: HTTP/1.1 200 OK
      content-type: text/plain
    body: {{encoding: UTF-8, file: no, string: hiss}}
  recorded_at: 2009-02-13 23:31:30 GMT
  recorded_with: vcr/0.5.4, webmockr/0.6.2
"""
    exchange = only(text)
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.reason) == (200, "OK")
    assert (exchange.response.body, exchange.started_at) == (b"hiss", 1234567890.0)


def test_go_vcr_1() -> None:
    """``url``, ``code``, a status with its number, a duration."""
    text = f"""\
---
version: 1
interactions:
- request:
    body: ""
    form: {{}}
    headers:
      Accept:
      - '*/*'
    url: {URL}
    method: GET
  response:
    body: hiss
    headers:
      Content-Type:
      - text/plain
    status: 200 OK
    code: 200
    duration: "250ms"
"""
    exchange = only(text)
    assert exchange.request == Request("GET", URL, (("Accept", "*/*"),))
    assert exchange.response == Response(200, "OK", (("Content-Type", "text/plain"),), b"hiss")
    assert exchange.timings.end_s == 0.25


@pytest.mark.parametrize(("status", "reason"), [("OK", ""), ("404 Not Found", ""), ("200 Fine", "Fine")])
def test_a_reason_is_taken_only_beside_its_own_code(status: str, reason: str) -> None:
    """``code`` decides; the words of another code are somebody's mistake."""
    text = json.dumps([{"request": {"url": URL}, "response": {"code": 200, "status": status}}])
    assert only(text).response == Response(200, reason)


def test_go_vcr_3() -> None:
    """Protocols, trailers, a path beside its host."""
    text = """\
---
version: 2
interactions:
    - id: 0
      request:
        proto: HTTP/1.1
        host: api.vendor.example
        url: /v1/things?a=1
        method: GET
      response:
        proto: HTTP/2.0
        trailer: {X-Sum: ['1']}
        body: hiss
        headers: {}
        status: 200 OK
        code: 200
        duration: 1.5s
"""
    exchange = only(text)
    assert exchange.request.url == URL
    assert exchange.response == Response(200, "OK", (), b"hiss", "HTTP/2", (("X-Sum", "1"),))


def test_lists_of_php_and_elixir() -> None:
    """A bare list; one with a status code of another name."""
    held = [
        {"request": {"method": "GET", "url": URL, "headers": {}}, "response": {"status": {"http_version": "1.1", "code": "404", "message": "Not Found"}, "body": "no"}},
        {"request": {"method": "get", "url": URL, "body": "", "options": {}}, "response": {"status_code": 200, "headers": {"A": "1"}, "body": "yes", "type": "ok"}},
    ]  # fmt: skip
    first, second = recorded(json.dumps(held))
    assert first.response == Response(404, "Not Found", (), b"no")
    assert second.response == Response(200, "", (("A", "1"),), b"yes")


def test_what_we_wrote_is_read_back_whole() -> None:
    """Our own facts are honoured, wherever vcrpy carried them."""
    exchange = Exchange(Request("GET", URL), Response(200, "OK"), started_at=5.5, label="mine")
    assert only(f"interactions:\n{block(exchange)}") == exchange


def test_damaged_facts_of_ours_are_refused() -> None:
    """Half of them is worse than none."""
    text = "- request: {method: GET, uri: 'http://a/', body: null, headers: {}}\n  response: {status: {code: 1}, x-tapehiss: 5}"
    (refusal,) = recorded(text)
    assert isinstance(refusal, Refusal)


def test_one_bad_interaction_does_not_lose_the_others() -> None:
    """Each is refused by its number and in words."""
    good = {"request": {"uri": URL}, "response": {"status": 200}}
    odd = [
        {"request": {}, "response": {"status": 200}},
        {"request": {"uri": URL}, "response": None},
        {"request": {"uri": URL}, "response": {}},
        {"request": {"uri": URL}},
        {"request": "GET /", "response": {}},
        "gibberish",
    ]
    results = recorded(json.dumps({"interactions": [good, *odd, good, None]}))
    assert [isinstance(one, Exchange) for one in results] == [True, *[False] * 6, True]
    assert [one.what for one in results[1:7]] == [
        "no URL",
        "no response, but nothing",
        "no status code",
        "no response, but nothing",
        "not an interaction, but a dict",
        "not an interaction, but a str",
    ]
    assert results[3].where == "tape#3"


def test_shared_interactions_are_included() -> None:
    """CumulusCI's cassettes share interactions in files of their own."""
    text = f"interactions:\n- include_file: one.yaml\n- request: {{uri: '{URL}'}}\n  response: {{status: 204}}\n"
    shared = f"request: {{uri: '{URL}'}}\nresponse: {{status: 201}}\n"
    assert [one.response.status for one in recorded(text, one=shared)] == [201, 204]


@pytest.mark.parametrize("shared", ["a: [", "a: 1"])
def test_missing_shared_interactions_are_named_once(shared: str) -> None:
    """The others are read all the same."""
    text = f"interactions:\n- include_file: one.yaml\n- include_file: two.yaml\n- include_file: two.yaml\n- request: {{uri: '{URL}'}}\n  response: {{status: 204}}\n"
    exchange, refusal = recorded(text, one=shared)
    assert exchange.response.status == 204
    assert refusal == Refusal(
        "tape",
        "shares interactions with files that are not beside it: one.yaml, two.yaml",
        "put them into the same folder",
    )


def test_the_order_of_the_file_is_the_order_of_the_exchanges() -> None:
    """A cassette that was edited by hand is played in its order, so no exchange starts before the one above it."""
    text = RUBY + RUBY.partition("http_interactions:\n")[2].replace("23:31:30", "22:00:00")
    text = text.replace("recorded_with: VCR 6.0.0\n", "", 1)
    first, second = recorded(text)
    assert (first.started_at, second.started_at) == (1234567890.0, 1234567890.0)
    assert second.notes == (("started_at", "moved behind its predecessor in the file"),)


def test_a_cassette_that_names_one_time_for_all() -> None:
    """Some keep the time of the recording at the top; it is when each exchange was recorded, as far as anybody knows."""
    text = json.dumps(
        {"interactions": [{"request": {"uri": URL}, "response": {"status": 200}}], "recorded_at": "2009-02-13T23:31:30"}
    )
    assert only(text).started_at == 1234567890.0


@pytest.mark.parametrize(
    "document", [{}, {"openapi": "3.0"}, [], [1], [{"a": 1}], "text", None, 5, {"request": 5, "response": {}}]
)
def test_other_documents_are_not_of_this_family(document: Any) -> None:
    """The next reader may look at them."""
    assert interactions(document) is None


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["request", "response", "uri", "url", "method", "headers", "body", "status", "code", "string", "file",
                 "base64_string", "raw_gzip", "parsed_body", "encoding", "include_file", "x-tapehiss", "host", "path"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)  # fmt: skip


@given(st.lists(ODD, max_size=3))
def test_whatever_a_cassette_holds_is_an_exchange_or_a_refusal(items: list[Any]) -> None:
    """No shape of a cassette ends in a traceback."""
    assert all(isinstance(one, (Exchange, Refusal)) for one in read(items, Source("tape", b"")))
