"""Live traffic passes unchanged and at once, and the tape has all of it."""

from __future__ import annotations

import gzip
import hashlib
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, ask, drain, vendor

from tapehiss.cassettes.exchange import Cut, Ending, header_values

if TYPE_CHECKING:
    from pathlib import Path

GET = b"GET /thing?x=1 HTTP/1.1\r\nHost: vendor.example\r\nConnection: close\r\n\r\n"
PLAIN = "HTTP/1.1 200 OK\r\n"
ANSWERS = {
    "json": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8\r\n\r\n{"a": 1}',
    "duplicates": b"HTTP/1.1 200 OK\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nX-Odd-CASE: y\r\nContent-Length: 0\r\n\r\n",
    "latin-1": b"HTTP/1.1 200 OK\r\nX-Name: J\xf6rg\r\nContent-Length: 2\r\n\r\nok",
    "no reason": b"HTTP/1.1 404 \r\nContent-Length: 2\r\n\r\nno",
    "own reason": b"HTTP/1.1 599 Quite Unwell\r\nContent-Length: 0\r\n\r\n",
    "204": b"HTTP/1.1 204 No Content\r\nX-A: b\r\n\r\n",
    "304": b'HTTP/1.1 304 Not Modified\r\nETag: "x"\r\nContent-Length: 77\r\n\r\n',
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
    "chunked": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "until the end": b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nhello",
    "1.0": b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "binary": b"HTTP/1.1 200 OK\r\nContent-Length: 256\r\n\r\n" + bytes(range(256)),
    "gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    % len(gzip.compress(b"text" * 99, mtime=0))
    + gzip.compress(b"text" * 99, mtime=0),
    "not gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nplain",
    "length and chunks": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("name", ANSWERS)
def test_the_client_gets_the_same_bytes(name: str, tmp_path: Path) -> None:
    """Through the recorder as without it, byte by byte, and the exchange is complete on the tape."""

    def serve(visit: Visit) -> bool:
        visit.send(ANSWERS[name])
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        direct, _ = ask(there.port, GET)
        through, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert through == direct
    assert exchange.ending is Ending.COMPLETE
    assert exchange.response is not None
    assert exchange.response.status == int(direct[9:12])


def test_the_vendor_gets_the_same_bytes(tmp_path: Path) -> None:
    """Order, case and duplicates of the request's headers; only Host names the vendor."""
    heads: list[bytes] = []

    def serve(visit: Visit) -> bool:
        heads.append(visit.head + visit.body)
        visit.answer(b"ok")
        return True

    request = b"POST /a%20b/?q=%C3%BC&q HTTP/1.1\r\nX-b: 1\r\nx-B: 2\r\nHost: HOST\r\nContent-Length: 4\r\nAccept: */*\r\n\r\nb\0dy"
    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        ask(recording.port, request, until=b"ok")
        [exchange] = recording.exchanges()

    expected = request.replace(b"HOST", f"127.0.0.1:{there.port}".encode()).replace(b"\r\n\r\n", b"")
    assert heads == [expected]
    assert exchange.request.url == f"{there.url}/a%20b/?q=%C3%BC&q"
    assert exchange.request.body == b"b\0dy"
    assert header_values(exchange.request.headers, "x-b") == ("1", "2")


def test_head_has_headers_of_a_body_and_none(tmp_path: Path) -> None:
    """A HEAD response names a length and has no body."""

    def serve(visit: Visit) -> bool:
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET.replace(b"GET", b"HEAD"))
        [exchange] = recording.exchanges()

    assert seen == b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
    assert exchange.response is not None
    assert (exchange.ending, exchange.response.body) == (Ending.COMPLETE, b"")


def test_events_pass_at_once(tmp_path: Path) -> None:
    """Each server-sent event is read by the client before the vendor sends the next; the tape knows the chunks."""
    read = threading.Semaphore(0)

    def serve(visit: Visit) -> bool:
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for number in range(3):
            visit.chunk(b"data: %d\n\n" % number)
            assert read.acquire(timeout=WAIT_MAX_S)
        visit.send(b"0\r\n\r\n")
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(GET)
            for number in range(3):
                drain(sock, b"data: %d\n\n\r\n" % number)
                read.release()
            drain(sock)
        [exchange] = recording.exchanges()

    assert exchange.response is not None
    assert exchange.response.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
    assert [size for _, size in exchange.response.chunks] == [9, 9, 9]
    times = [at for at, _ in exchange.response.chunks]
    assert times == sorted(times)
    assert exchange.timings.first_byte_s is not None
    assert exchange.timings.end_s is not None
    assert exchange.timings.first_byte_s <= times[0] <= exchange.timings.end_s


def test_an_upload_passes_at_once(tmp_path: Path) -> None:
    """The vendor has read the first chunk before the client sends the second."""
    arrived = threading.Event()
    got: list[bytes] = []

    def serve(visit: Visit) -> bool:
        got.append(visit.body)
        visit.answer(b"thanks")
        return True

    class Early(Visit):
        def _more(self) -> bool:
            more = super()._more()
            if b"first" in self._buffer:
                arrived.set()
            return more

    with vendor(serve, visit=Early) as there, recorded(tmp_path, there.url) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(
                b"POST /up HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n"
            )
            assert arrived.wait(WAIT_MAX_S)
            sock.sendall(b"6\r\nsecond\r\n0\r\n\r\n")
            drain(sock)
        [exchange] = recording.exchanges()

    assert got == [b"5\r\nfirst\r\n6\r\nsecond\r\n0\r\n\r\n"]
    assert exchange.request.body == b"firstsecond"


def test_expect_continue(tmp_path: Path) -> None:
    """The client is told to continue, and the vendor gets the body."""
    with vendor(lambda visit: visit.answer(visit.body)) as there, recorded(tmp_path, there.url) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(b"PUT /up HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
            interim, _ = drain(sock, b"\r\n\r\n")
            sock.sendall(b"body")
            final, _ = drain(sock, b"body")
        [exchange] = recording.exchanges()

    assert interim.startswith(b"HTTP/1.1 100 ")
    assert final.startswith(b"HTTP/1.1 200 OK\r\n")
    assert exchange.request.body == b"body"


@pytest.mark.parametrize("announced", [True, False], ids=["with a length", "without"])
def test_a_large_body_is_cut_on_the_tape_only(announced: bool, tmp_path: Path) -> None:
    """Whole for the client; on the tape the beginning, the length and the digest of all of it."""
    body = bytes(range(256)) * 2000

    def serve(visit: Visit) -> bool:
        if announced:
            visit.answer(body)
        else:
            visit.send(b"HTTP/1.1 200 OK\r\n\r\n" + body)
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url, body_max_bytes=100_000) as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen.endswith(body)
    assert exchange.response is not None
    assert exchange.response.cut == Cut(len(body), hashlib.sha256(body).hexdigest())
    assert 0 < len(exchange.response.body) <= 100_000
    assert body.startswith(exchange.response.body)


@pytest.mark.parametrize("limit_bytes", [0, 1000])
def test_no_more_is_kept_than_was_allowed(limit_bytes: int, tmp_path: Path) -> None:
    """A limit below what is otherwise kept of a large body holds, too, and the cut is told."""
    body = b"0123456789" * 500
    with (
        vendor(lambda visit: visit.answer(body)) as there,
        recorded(tmp_path, there.url, body_max_bytes=limit_bytes) as recording,
    ):
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen.endswith(body)
    assert exchange.response is not None
    assert exchange.response.cut == Cut(len(body), hashlib.sha256(body).hexdigest())
    assert exchange.response.body == body[:limit_bytes]


def test_a_large_upload_is_cut_on_the_tape_only(tmp_path: Path) -> None:
    """The same for requests."""
    body = bytes(range(256)) * 2000
    got: list[bytes] = []

    def serve(visit: Visit) -> bool:
        got.append(visit.body)
        visit.answer(b"")
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url, body_max_bytes=100_000) as recording:
        ask(
            recording.port,
            b"PUT / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
        )
        [exchange] = recording.exchanges()

    assert got == [body]
    assert exchange.request.cut == Cut(len(body), hashlib.sha256(body).hexdigest())


def test_a_body_that_ends_inside_its_coding_is_decoded_as_far_as_it_goes(tmp_path: Path) -> None:
    """A truncated gzip body is readable on the tape: what could not be read could not be redacted either."""
    text = "".join(f"line {number}\n" for number in range(5000)).encode()
    wire = gzip.compress(text)

    def serve(visit: Visit) -> bool:
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(wire)}\r\n\r\n"
        visit.send(head.encode() + wire[: len(wire) // 2])
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert exchange.response is not None
    assert exchange.ending is Ending.TRUNCATED
    assert not exchange.response.undecoded
    assert len(exchange.response.body) > 1000
    assert text.startswith(exchange.response.body)


def test_a_connection_is_timed_once(tmp_path: Path) -> None:
    """Two exchanges on one connection: only the first carries the handshake."""
    with vendor(lambda visit: visit.answer(b"ok")) as there, recorded(tmp_path, there.url) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            for _ in range(2):
                sock.sendall(GET.replace(b"Connection: close\r\n", b""))
                drain(sock, b"ok")
        first, second = recording.exchanges()

    assert first.timings.connect_s is not None
    assert second.timings.connect_s is None
    assert there.accepted == 1


def test_only_what_is_selected_is_kept(tmp_path: Path) -> None:
    """Other traffic passes as faithfully and leaves no trace."""
    from tapehiss.proxy.selection import Selection

    selection = Selection(paths=("/keep*",), types=("!image/*",))

    def serve(visit: Visit) -> bool:
        kind = "image/png" if "png" in visit.path else "text/plain"
        visit.answer(visit.path.encode(), f"Content-Type: {kind}")
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url, selection=selection) as recording:
        seen = [ask(recording.port, GET.replace(b"/thing", path))[0] for path in (b"/keep", b"/other", b"/keep.png")]
        exchanges = recording.exchanges()

    assert [answer.rpartition(b"\r\n\r\n")[2] for answer in seen] == [b"/keep?x=1", b"/other?x=1", b"/keep.png?x=1"]
    assert [exchange.request.url for exchange in exchanges] == [f"{there.url}/keep?x=1"]
