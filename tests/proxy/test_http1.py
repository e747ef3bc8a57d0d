"""Where mitmproxy's HTTP/1 falls short: interim responses, trailers, resets; in all the ways in which packets can be cut."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, ask, drain, vendor

from tapehiss.cassettes.exchange import Ending
from tapehiss.proxy.http1 import _interim

if TYPE_CHECKING:
    from pathlib import Path

GET = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
FINAL = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfinal"


@pytest.mark.parametrize(
    ("received", "interim"),
    [
        (HINTS + FINAL, HINTS),
        (HINTS[:-1], b""),
        (FINAL, b""),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b""),
        (b"SSH-2.0 100 \r\n\r\n", b""),
        (b"", b""),
    ],
)
def test_what_is_an_interim_response(received: bytes, interim: bytes) -> None:
    """Whole, HTTP/1, 1xx but not 101."""
    assert _interim(received) == interim


@pytest.mark.parametrize("cut", [1, 10, 30, len(HINTS) - 1, len(HINTS), len(HINTS) + 20, len(HINTS + PROCESSING) + 5])
def test_interim_responses_pass_however_they_are_cut(cut: int, tmp_path: Path) -> None:
    """The client gets the same bytes as from the vendor, and the tape the final response; the connection goes on."""
    everything = HINTS + PROCESSING + FINAL

    def serve(visit: Visit) -> None:
        visit.send(everything[:cut])
        visit.rest(everything[cut:])

    with vendor(serve, visit=Halting) as there, recorded(tmp_path, there.url) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            for _ in range(2):
                sock.sendall(GET.replace(b"Connection: close\r\n", b""))
                seen, _ = drain(sock, b"final")
                assert seen == everything
        exchanges = recording.exchanges()

    assert [exchange.response.status for exchange in exchanges if exchange.response] == [200, 200]
    assert there.accepted == 1


class Halting(Visit):
    """Sends the rest when the first part has been taken from the socket."""

    def rest(self, data: bytes) -> None:
        """After the peer has acknowledged what was sent before: two packets, then."""
        while self._unacknowledged():
            pass
        self.send(data)

    def _unacknowledged(self) -> int:
        import fcntl
        import struct
        import termios

        return int(struct.unpack("i", fcntl.ioctl(self.sock, termios.TIOCOUTQ, b"\0" * 4))[0])


def test_an_old_client_gets_no_interim_response(tmp_path: Path) -> None:
    """RFC 9110 section 15.2: not to be sent to an HTTP/1.0 client."""

    def serve(visit: Visit) -> bool:
        visit.send(HINTS + FINAL)
        return True

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET.replace(b"HTTP/1.1", b"HTTP/1.0"))
        [exchange] = recording.exchanges()

    assert b"103" not in seen
    assert seen.endswith(b"final")
    assert exchange.ending is Ending.COMPLETE


@pytest.mark.parametrize("body", [b"", b"4\r\nbody\r\n"], ids=["empty", "body"])
def test_trailers_of_a_response(body: bytes, tmp_path: Path) -> None:
    """On the tape; the client gets the end of the body."""

    def serve(visit: Visit) -> None:
        visit.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body)
        visit.send(b"0\r\nX-A: 1\r\nx-b: 2\r\n\r\n")

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen.endswith(b"0\r\n\r\n")
    assert exchange.response is not None
    assert exchange.response.trailers == (("X-A", "1"), ("x-b", "2"))


def test_trailers_of_a_request(tmp_path: Path) -> None:
    """The vendor gets the body and the response comes back: mitmproxy alone would wait for ever."""
    bodies: list[bytes] = []

    def serve(visit: Visit) -> None:
        bodies.append(visit.body)
        visit.answer(b"ok")

    request = b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\nX-A: 1\r\n\r\n"
    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, request)
        [exchange] = recording.exchanges()

    assert seen.endswith(b"ok")
    assert bodies == [b"4\r\nbody\r\n0\r\n\r\n"]
    assert exchange.request.body == b"body"
