"""A tape is a vcrpy cassette: every client gets from vcrpy what it got from the vendor.

A server on the loopback sends exact bytes. Each client talks to it, and then to vcrpy with a tape of the same exchanges and
``record_mode="none"``. The two answers must be the same. This file runs with every vcrpy version that we name: ``make compat``.
"""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import socketserver
import threading
import zlib
from typing import TYPE_CHECKING

import brotli
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import strategies
from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.exchange import Exchange, Request, Response, header
from tapehiss.cassettes.line import HEADER, encode_line
from tapehiss.cassettes.tape import open_tape
from tapehiss.cassettes.view import HOP_BY_HOP, from_interaction
from tapehiss.cassettes.writer import TapeWriter

vcr = pytest.importorskip("vcr")

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = "naïve café 😀 \u2028\u2029\x85\ufeff\0\x7f end\r\n".encode()
JSON = b'{"items": [{"id": 1, "name": "a \\u0000 b"}], "next": null}'
BINARY = bytes(range(256)) * 3
SSE = b'event: delta\ndata: {"text": "Hel"}\n\ndata: [DONE]\n\n'


@dataclasses.dataclass(frozen=True)
class Case:
    """One request and the bytes that answer it."""

    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = ()
    wire: bytes = b""
    method: str = "GET"
    body: bytes = b""
    chunked: bool = False
    length: bool = True
    then: str = ""
    """The path to which a redirect leads."""

    def response(self) -> bytes:
        """The answer on the wire."""
        pieces = [self.wire[i : i + 20] for i in range(0, len(self.wire), 20)] if self.chunked else [self.wire]
        if self.chunked:
            pieces = [b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces] + [b"0\r\n\r\n"]
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in self.sent())]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + (b"" if self.method == "HEAD" else b"".join(pieces))

    def sent(self) -> tuple[tuple[str, str], ...]:
        """The headers as sent."""
        framing = (("Transfer-Encoding", "chunked"),) if self.chunked else ()
        if self.length and not self.chunked:
            framing = (("Content-Length", str(len(self.wire))),)
        return (("Date", "Sat, 21 Nov 2026 10:00:00 GMT"), *self.headers, *framing, ("Connection", "close"))

    def exchange(self, url: str) -> Exchange:
        """What the recorder would have kept."""
        code, _, reason = self.status.partition(" ")
        wire = b"" if self.method == "HEAD" else self.wire
        content, undecoded = decode(self.sent(), wire, limit_bytes=1 << 20)
        sent = Request(self.method, url, (("Host", "127.0.0.1"),), self.body)
        return Exchange(sent, Response(int(code), reason, self.sent(), content, undecoded=undecoded), started_at=1.0)


def coded(coding: str, wire: bytes, **more) -> Case:
    return Case(headers=(("Content-Type", "application/json"), ("Content-Encoding", coding)), wire=wire, **more)


CASES = {
    "json": Case(headers=(("Content-Type", "application/json"),), wire=JSON),
    "text": Case(headers=(("Content-Type", "text/plain; charset=utf-8"),), wire=TEXT),
    "binary": Case(headers=(("Content-Type", "image/png"),), wire=BINARY),
    "binary-chunked": Case(headers=(("Content-Type", "image/png"),), wire=BINARY, chunked=True),
    "gzip": coded("gzip", gzip.compress(JSON)),
    "gzip-chunked": coded("gzip", gzip.compress(JSON * 9), chunked=True),
    "gzip-binary": coded("gzip", gzip.compress(BINARY)),
    "deflate": coded("deflate", zlib.compress(JSON)),
    "br": coded("br", brotli.compress(JSON)),
    "zstd": coded("zstd", zstandard.ZstdCompressor().compress(JSON)),
    "gzip-twice": coded("gzip, gzip", gzip.compress(gzip.compress(JSON))),
    "unknown-coding": coded("x-vendor", b"\x00secret\xff"),
    "cookies": Case(
        headers=(("Set-Cookie", "a=1; Path=/"), ("X-Between", "1"), ("set-cookie", "b=2; Path=/")), wire=b"x"
    ),
    "links": Case(headers=(("Link", '<http://h/2>; rel="next"'), ("Link", '<http://h/9>; rel="last"')), wire=b"x"),
    "empty": Case(),
    "empty-chunked": Case(chunked=True),
    "until-close": Case(wire=b"no length at all", length=False),
    "no-content": Case(status="204 No Content", length=False),
    "not-modified": Case(status="304 Not Modified", headers=(("ETag", '"1"'),), length=False),
    "head": Case(method="HEAD", headers=(("Content-Type", "application/json"),), wire=JSON),
    "head-gzip": coded("gzip", gzip.compress(JSON), method="HEAD"),
    "redirect": Case(status="302 Found", headers=(("Location", "/json"),), then="json"),
    "see-other": Case(
        status="303 See Other", headers=(("Location", "/gzip"),), method="POST", body=b"a=1", then="gzip"
    ),
    "too-many": Case(status="429 Slow Down", headers=(("Retry-After", "7"),), wire=b"{}"),
    "no-reason": Case(status="503 ", wire=b"gone"),
    "strange-reason": Case(status="200 caf\xe9", wire=b"x"),
    "strange-status": Case(status="799 Who Knows", wire=b"x"),
    "latin-1-header": Case(headers=(("X-Name", "caf\xe9"),), wire=b"x"),
    "utf-8-header": Case(headers=(("X-Name", "café 😀".encode().decode("latin-1")),), wire=b"x"),
    "tab-header": Case(headers=(("X-Name", "a\tb"),), wire=b"x"),
    "sse": Case(headers=(("Content-Type", "text/event-stream"),), wire=SSE, chunked=True),
    "post-json": Case(method="POST", body=JSON, wire=b'{"ok": true}'),
    "post-binary": Case(method="POST", body=BINARY, wire=b"ok"),
    "post-text": Case(method="POST", body=TEXT, wire=b"ok"),
    "delete": Case(method="DELETE", wire=b""),
    "alt-svc": Case(headers=(("Alt-Svc", 'h3=":443"'), ("Keep-Alive", "timeout=5")), wire=b"x"),
}
NOT_ASCII = {"latin-1-header": "caf%E9", "utf-8-header": "caf%C3%A9 %F0%9F%98%80"}


class Handler(socketserver.StreamRequestHandler):
    """Reads one request and writes the bytes of its case."""

    def handle(self):
        """The one request of a connection."""
        line = self.rfile.readline()
        size = 0
        while (field := self.rfile.readline().strip()) != b"":
            name, _, value = field.lower().partition(b":")
            size = int(value) if name == b"content-length" else size
        self.rfile.read(size)
        self.wfile.write(CASES[line.split()[1].decode()[1:]].response())


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()
        thread.join()


def with_httpx(method, url, body):
    import httpx

    with httpx.Client(follow_redirects=True, trust_env=False) as client:
        r = client.request(method, url, content=body or None)
        return r.status_code, r.headers.multi_items(), r.content


def with_httpx_async(method, url, body):
    import httpx

    async def ask():
        async with httpx.AsyncClient(follow_redirects=True, trust_env=False) as client:
            r = await client.request(method, url, content=body or None)
            return r.status_code, r.headers.multi_items(), await r.aread()

    return asyncio.run(ask())


def with_requests(method, url, body):
    import requests

    with requests.Session() as session:
        session.trust_env = False
        r = session.request(method, url, data=body or None, allow_redirects=True)
        return r.status_code, list(r.raw.headers.items()), r.content


def with_urllib3(method, url, body):
    import urllib3

    with urllib3.PoolManager() as pool:
        r = pool.request(method, url, body=body or None, retries=urllib3.Retry(3, respect_retry_after_header=False))
        return r.status, list(r.headers.items()), r.data


def with_aiohttp(method, url, body):
    import aiohttp

    async def ask():
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, url, data=body or None, allow_redirects=True) as r,
        ):
            return r.status, list(r.headers.items()), await r.read()

    return asyncio.run(ask())


CLIENTS = [with_httpx, with_httpx_async, with_requests, with_urllib3, with_aiohttp]
OURS = HOP_BY_HOP | {"content-encoding", "content-length"}


def told(case: Case, answer):
    """The answer without the headers that a tape changes on purpose."""
    status, headers, body = answer
    kept = sorted((name.lower(), value) for name, value in headers if name.lower() not in OURS)
    length = [value for name, value in headers if name.lower() == "content-length"]
    return status, kept, body, length if case.method == "HEAD" else None


def answer_of_the_vendor(client, case: Case, url: str):
    """The answer without vcrpy; for a client that lacks the decoder of a coding, what it would be if it had it."""
    try:
        return client(case.method, url, case.body)
    except Exception:
        if header(case.headers, "content-encoding") not in {"br", "zstd"}:
            raise
        return int(case.status.split()[0]), case.sent(), case.wire


def version() -> tuple[int, ...]:
    return tuple(int(part) for part in vcr.__version__.split(".")[:2])


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("name", CASES)
def test_vcrpy_replays_what_the_vendor_sent(base, tmp_path, client, name):
    """Status, body and headers, for every client and every kind of answer."""
    case = CASES[name]
    if name == "post-binary" and "httpx" in client.__name__ and version() < (8, 0):
        pytest.skip("vcrpy before 8.0 decodes every httpx request body as UTF-8")
    with TapeWriter(tmp_path / "a.yaml") as writer:
        writer.append(case.exchange(base + name))
        if case.then:
            writer.append(CASES[case.then].exchange(base + case.then))

    live = answer_of_the_vendor(client, case, base + name)
    with vcr.use_cassette(str(tmp_path / "a.yaml"), record_mode="none", match_on=["method", "uri"]) as cassette:
        played = client(case.method, base + name, case.body)

    assert cassette.all_played
    answered = CASES[case.then or name]
    assert answered.exchange("").response.body == played[2]
    if live[2] == answered.wire:  # as sent: plain, or in a coding that this client cannot undo
        live = (*live[:2], played[2])
    if name in NOT_ASCII:
        assert ("x-name", NOT_ASCII[name]) in told(case, played)[1]
        live, played = ((a, [pair for pair in b if pair[0].lower() != "x-name"], c) for a, b, c in (live, played))
    assert told(case, live) == told(case, played)


def loaded_by_vcrpy(text: str):
    """What vcrpy's own loader makes of a cassette."""
    from vcr.serialize import deserialize
    from vcr.serializers import yamlserializer

    return deserialize(text, yamlserializer)[:2]


def saved_by_vcrpy(text: str) -> str:
    """The cassette as vcrpy's own dumper writes it."""
    from vcr.serialize import serialize
    from vcr.serializers import yamlserializer

    requests, responses = loaded_by_vcrpy(text)
    return serialize({"requests": requests, "responses": responses}, yamlserializer)


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(strategies.exchanges(replayable=True), min_size=1, max_size=3))
def test_vcrpy_loads_any_tape(xs):
    """Our writer, then vcrpy: status, body and headers are the exchange's."""
    text = (HEADER + b"".join(map(encode_line, xs))).decode("ascii")

    requests, responses = loaded_by_vcrpy(text)

    for x, request, response in zip(xs, requests, responses, strict=True):
        shown = from_interaction(
            {"request": {"method": "", "uri": "", "body": "", "headers": {}}, "response": response}
        )
        assert shown.response == x.response
        assert (request.body or b"") == x.request.body
        assert response["status"]["code"] == x.response.status
        assert response["body"]["string"] == x.response.body
        kind = header(x.response.headers, "content-type")
        if kind is not None and kind.isascii() and kind.isprintable():
            held = [held for name, held in response["headers"].items() if name.lower() == "content-type"]
            assert held[0][0] == kind


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(strategies.exchanges(replayable=True), min_size=1, max_size=3))
def test_a_tape_that_vcrpy_saved_anew_can_be_read_back(xs):
    """Our writer, vcrpy's loader, vcrpy's dumper (block YAML, keys sorted), our reader: the same exchange.

    Only the order of different header names may change, where nothing made us keep it: vcrpy sorts them.
    """
    import yaml

    text = (HEADER + b"".join(map(encode_line, xs))).decode("ascii")

    saved = yaml.load(saved_by_vcrpy(text), yaml.CSafeLoader)
    back = [from_interaction(interaction) for interaction in saved["interactions"]]

    assert [unordered(x) for x in xs] == [unordered(x) for x in back]


def unordered(x: Exchange) -> Exchange:
    assert x.response is not None
    request = dataclasses.replace(x.request, headers=tuple(sorted(x.request.headers)))
    return dataclasses.replace(
        x, request=request, response=dataclasses.replace(x.response, headers=tuple(sorted(x.response.headers)))
    )


def test_the_tape_and_vcrpy_agree_about_order_and_number(tmp_path):
    """Exchanges that no player could replay are comments to vcrpy and exchanges to us."""
    xs = [strategies.short_exchange(i) for i in (1, 2, 3)]
    with TapeWriter(tmp_path / "a.yaml") as writer:
        writer.append(dataclasses.replace(xs[0], response=None))
        writer.append(xs[1])
        writer.append(dataclasses.replace(xs[2], label="😀"))

    requests, _ = loaded_by_vcrpy((tmp_path / "a.yaml").read_text())

    assert [x.request.url for x in xs[1:]] == [request.uri for request in requests]
    assert len(open_tape(tmp_path / "a.yaml")) == 3
