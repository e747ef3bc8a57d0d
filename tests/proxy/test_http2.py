"""HTTP/2 on both sides, and from HTTP/2 to HTTP/1."""

from __future__ import annotations

import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import h2.connection
import h2.errors
import h2.events
import httpx
import pytest
from h2vendor import Http2Visit, http2_vendor
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, vendor

from tapehiss.cassettes.exchange import Ending

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Authority
    from recorders import Recording


class Client(httpx.Client):
    """Speaks HTTP/2 with the recorder in reverse mode."""

    def __init__(self, recording: Recording, ca_folder: Path, *, http1: bool = True) -> None:
        trust = ssl.create_default_context(cafile=str(ca_folder / "mitmproxy-ca-cert.pem"))
        super().__init__(
            http1=http1, http2=True, verify=trust, base_url=f"https://localhost:{recording.port}", timeout=20
        )


def _echo(visit: Http2Visit, stream: int) -> None:
    answer = visit.bodies[stream][:10_000] or b"hello"
    visit.answer(stream, answer, end=True, headers=(("set-cookie", "a=1"), ("set-cookie", "b=2")))


def test_both_sides_speak_http2(authority: Authority, tmp_path: Path) -> None:
    """As they would with each other; the tape has the version, duplicates and no reason phrase."""
    with (
        http2_vendor(_echo, authority.server()) as url,
        recorded(tmp_path / "t", url, upstream_ca=authority.pem, ca_folder=tmp_path / "ca") as recording,
        Client(recording, tmp_path / "ca") as client,
    ):
        answers = [
            client.get("/a?b"),
            client.post("/up", content=b"x" * 200_000),
            client.post("/s", content=iter([b"1", b"2"])),
        ]
        exchanges = recording.exchanges()

    assert [answer.http_version for answer in answers] == ["HTTP/2"] * 3
    assert [answer.content for answer in answers] == [b"hello", b"x" * 10_000, b"12"]
    assert [exchange.request.url for exchange in exchanges] == [f"{url}/a?b", f"{url}/up", f"{url}/s"]
    assert [exchange.request.body for exchange in exchanges] == [b"", b"x" * 200_000, b"12"]
    response = exchanges[0].response
    assert response is not None
    assert (response.http_version, response.reason) == ("HTTP/2", "")
    assert [value for name, value in response.headers if name == "set-cookie"] != []
    assert [name for name, _ in response.headers].count("set-cookie") == 2


def test_trailers(authority: Authority, tmp_path: Path) -> None:
    """Trailers pass to an HTTP/2 client and are on the tape."""

    def serve(visit: Http2Visit, stream: int) -> None:
        visit.answer(stream, b"body", end=False)
        visit.connection.send_headers(stream, [("grpc-status", "0")], end_stream=True)

    with (
        http2_vendor(serve, authority.server()) as url,
        recorded(tmp_path / "t", url, upstream_ca=authority.pem, ca_folder=tmp_path / "ca") as recording,
        Client(recording, tmp_path / "ca") as client,
    ):
        answer = client.get("/")
        [exchange] = recording.exchanges()

    assert answer.content == b"body"
    assert exchange.response is not None
    assert exchange.response.trailers == (("grpc-status", "0"),)
    assert exchange.ending is Ending.COMPLETE


def test_a_stream_that_the_vendor_resets(authority: Authority, tmp_path: Path) -> None:
    """Before the response: reset. Inside: truncated, with what had come. The other streams of the connection live on."""

    def serve(visit: Http2Visit, stream: int) -> None:
        path = dict(visit.headers[stream])[":path"]
        if path == "/fine":
            visit.answer(stream, b"fine")
            return
        if path == "/inside":
            visit.answer(stream, b"part", end=False)
        visit.connection.reset_stream(stream, h2.errors.ErrorCodes.INTERNAL_ERROR)

    with (
        http2_vendor(serve, authority.server()) as url,
        recorded(tmp_path / "t", url, upstream_ca=authority.pem, ca_folder=tmp_path / "ca") as recording,
        Client(recording, tmp_path / "ca") as client,
    ):
        for path in ("/before", "/inside"):
            with pytest.raises(httpx.TransportError):
                client.get(path)
        fine = client.get("/fine")
        before, inside, last = recording.exchanges()

    assert fine.content == b"fine"
    assert (before.ending, before.response) == (Ending.RESET, None)
    assert inside.ending is Ending.TRUNCATED
    assert inside.response is not None
    assert inside.response.body == b"part"
    assert last.ending is Ending.COMPLETE


def test_a_stream_that_the_client_resets(authority: Authority, tmp_path: Path) -> None:
    """mitmproxy has the same words for it as for a reset by the vendor; the tape does not."""

    def serve(visit: Http2Visit, stream: int) -> None:
        visit.answer(stream, b"part", end=False)

    with (
        http2_vendor(serve, authority.server()) as url,
        recorded(tmp_path / "t", url, upstream_ca=authority.pem, drain_max_s=WAIT_MAX_S) as recording,
        _http2(recording.port) as (client, sock),
    ):
        client.send_headers(1, [*_HEAD, (":method", "GET")], end_stream=True)
        sock.sendall(client.data_to_send())
        assert b"part" in _received(client, sock, h2.events.DataReceived)
        client.reset_stream(1, h2.errors.ErrorCodes.CANCEL)
        sock.sendall(client.data_to_send())
        [exchange] = recording.exchanges()

    assert exchange.ending is Ending.CLIENT_GONE
    assert "CANCEL" in exchange.detail
    assert exchange.response is not None
    assert exchange.response.body == b"part"


def test_a_vendor_that_says_goodbye(authority: Authority, tmp_path: Path) -> None:
    """GOAWAY and close inside a response."""

    def serve(visit: Http2Visit, stream: int) -> None:
        visit.answer(stream, b"part", end=False)
        visit.connection.close_connection()
        visit.flush()
        visit.sock.close()

    with (
        http2_vendor(serve, authority.server()) as url,
        recorded(tmp_path / "t", url, upstream_ca=authority.pem, ca_folder=tmp_path / "ca") as recording,
        Client(recording, tmp_path / "ca") as client,
    ):
        with pytest.raises(httpx.TransportError):
            client.get("/")
        [exchange] = recording.exchanges()

    assert exchange.ending is Ending.TRUNCATED


def test_the_client_is_offered_what_the_vendor_speaks(authority: Authority, tmp_path: Path) -> None:
    """A vendor without HTTP/2: the client speaks HTTP/1.1 with the recorder as it would with the vendor."""

    def serve(visit: Visit) -> None:
        visit.answer(b"one")

    context = authority.server()
    context.set_alpn_protocols(["http/1.1"])
    with (
        vendor(serve, context) as there,
        recorded(tmp_path / "t", there.url, upstream_ca=authority.pem, ca_folder=tmp_path / "ca") as recording,
        Client(recording, tmp_path / "ca") as client,
    ):
        answer = client.get("/")
        [exchange] = recording.exchanges()

    assert (answer.http_version, answer.text) == ("HTTP/1.1", "one")
    assert exchange.request.http_version == "HTTP/1.1"


def test_a_body_without_length_from_http2_to_http1(tmp_path: Path) -> None:
    """A client that insists on HTTP/2 and a vendor that has none: the body gets a length, as HTTP/1 needs one."""
    bodies: list[bytes] = []

    def serve(visit: Visit) -> None:
        bodies.append(visit.body)
        visit.answer(b"ok")

    with vendor(serve) as there, recorded(tmp_path / "t", there.url, ca_folder=tmp_path / "ca") as recording:
        got = _post_over_http2(recording.port, [b"no ", b"length"])
        [exchange] = recording.exchanges()

    assert got == b"ok"
    assert bodies == [b"no length"]
    assert exchange.request.body == b"no length"


_HEAD = [(":path", "/"), (":scheme", "https"), (":authority", "localhost")]


def _post_over_http2(port: int, pieces: list[bytes]) -> bytes:
    """The body of the answer to a request without Content-Length."""
    with _http2(port) as (client, sock):
        client.send_headers(1, [*_HEAD, (":method", "POST")])
        for piece in pieces:
            client.send_data(1, piece)
        client.end_stream(1)
        sock.sendall(client.data_to_send())
        return _received(client, sock, h2.events.StreamEnded)


@contextmanager
def _http2(port: int) -> Iterator[tuple[h2.connection.H2Connection, ssl.SSLSocket]]:
    """A client that insists on HTTP/2."""
    context = ssl._create_unverified_context()
    context.set_alpn_protocols(["h2"])
    client = h2.connection.H2Connection()
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_MAX_S) as plain, context.wrap_socket(plain) as sock:
        client.initiate_connection()
        yield client, sock


def _received(client: h2.connection.H2Connection, sock: ssl.SSLSocket, until: type) -> bytes:
    """The bytes of the body up to the first event of this kind."""
    got = b""
    while data := sock.recv(65536):
        events = client.receive_data(data)
        got += b"".join(event.data for event in events if isinstance(event, h2.events.DataReceived))
        if any(isinstance(event, until) for event in events):
            return got
        sock.sendall(client.data_to_send())
    return got
