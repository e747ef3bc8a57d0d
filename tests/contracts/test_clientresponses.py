"""Responses of HTTP clients as exchanges."""

from __future__ import annotations

import asyncio
import gzip
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import aiohttp
import httpx
import pytest
import requests

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import header, header_values
from tapehiss.contracts.clientresponses import exchange_of

BODY = b'{"a": 1}'


class _Handler(BaseHTTPRequestHandler):
    """Answers every request with the same JSON, compressed, and two cookies."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        content = gzip.compress(BODY)
        self.send_response(201)
        for name, value in (("Content-Type", "application/json"), ("Content-Encoding", "gzip"), ("Set-Cookie", "a=1"),
                            ("Set-Cookie", "b=2"), ("Content-Length", str(len(content)))):  # fmt: skip
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = answer  # noqa: N815

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture(scope="module")
def url():
    """A server on a socket."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/things"
        server.shutdown()
        thread.join()


async def _aiohttp(url):
    async with aiohttp.ClientSession() as session, session.post(f"{url}?q=1", json={"b": 2}) as response:
        body = await response.read()
        return exchange_of(response, body), exchange_of(response)


def test_httpx_requests_and_aiohttp_say_the_same(url):
    """Method, URL, status, headers with duplicates and the body without its coding, from every client."""
    with httpx.Client() as client:
        first = exchange_of(client.post(f"{url}?q=1", json={"b": 2}))
    second = exchange_of(requests.post(f"{url}?q=1", json={"b": 2}, timeout=9))
    for exchange in (first, second, *asyncio.run(_aiohttp(url))):
        assert (exchange.request.method, exchange.request.url) == ("POST", f"{url}?q=1")
        assert (exchange.response.status, exchange.response.body) == (201, BODY)
        assert header(exchange.response.headers, "content-type") == "application/json"
    assert header_values(first.response.headers, "set-cookie") == ("a=1", "b=2")
    assert [b"".join(each.request.body.split()) for each in (first, second)] == [b'{"b":2}'] * 2


def test_a_streamed_body_must_be_read_first(url):
    """httpx knows no content before; it can be given. aiohttp's is known once it was awaited."""
    with httpx.Client() as client, client.stream("GET", url) as response:
        with pytest.raises(Misuse, match="not read"):
            exchange_of(response)
        assert exchange_of(response, "{}").response.body == b"{}"


@pytest.mark.parametrize(
    "thing", [object(), SimpleNamespace(status_code=200, content=b""), SimpleNamespace(status_code="200")]
)
def test_what_is_no_response_is_refused(thing):
    """With what is missing, not with an AttributeError."""
    with pytest.raises(Misuse):
        exchange_of(thing)


def test_anything_that_looks_alike_will_do():
    """Attributes are enough: other people's test clients have them, too."""
    request = SimpleNamespace(method="get", url="https://h/v1", headers={b"A": b"1"}, body=None)
    thing = SimpleNamespace(status=200, headers=None, data="é", request=request)
    exchange = exchange_of(thing)
    assert (exchange.request.method, exchange.request.headers) == ("GET", (("A", "1"),))
    assert (exchange.response.body, exchange.response.headers) == ("é".encode(), ())
