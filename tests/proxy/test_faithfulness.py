"""Whatever the vendor does, the client sees it through the recorder as it does without, and the tape says what happened."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, ask, closed_port, drain, vendor

from tapehiss.cassettes.exchange import Ending

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GET = b"GET /thing?x=1 HTTP/1.1\r\nHost: vendor.example\r\nConnection: close\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\n"
BIG = bytes(range(256)) * 4096


def _truncated(visit: Visit) -> bool:
    visit.send(OK + b"Content-Length: 500\r\n\r\n" + b"x" * 300)
    return True


def _reset_inside(visit: Visit) -> None:
    visit.send(OK + b"Content-Length: 500\r\n\r\n" + b"x" * 300)
    visit.sock.recv(1, 0) if False else None
    visit.reset()


def _truncated_chunks(visit: Visit) -> bool:
    visit.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    visit.chunk(b"first")
    visit.chunk(b"second")
    return True


def _closed_before(visit: Visit) -> bool:
    del visit
    return True


def _half_a_head(visit: Visit) -> bool:
    visit.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    return True


def _nonsense(visit: Visit) -> bool:
    visit.send(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    return True


def _bad_chunk(visit: Visit) -> bool:
    visit.send(OK + b"Transfer-Encoding: chunked\r\n\r\n")
    visit.chunk(b"fine")
    visit.send(b"zzz\r\nnot hexadecimal\r\n")
    return True


BAD: list[tuple[Callable[[Visit], object], Ending, bytes | None]] = [
    (_truncated, Ending.TRUNCATED, b"x" * 300),
    (_reset_inside, Ending.TRUNCATED, b"x" * 300),
    (_truncated_chunks, Ending.TRUNCATED, b"firstsecond"),
    (_closed_before, Ending.RESET, None),
    (Visit.reset, Ending.RESET, None),
    (_half_a_head, Ending.RESET, None),
    (_nonsense, Ending.MALFORMED, None),
    (_bad_chunk, Ending.MALFORMED, b"fine"),
]


@pytest.mark.parametrize(("serve", "ending", "body"), BAD, ids=[case[0].__name__ for case in BAD])
def test_a_bad_ending_is_recorded_and_passed_on(
    serve: Callable[[Visit], object], ending: Ending, body: bytes | None, tmp_path: Path
) -> None:
    """The tape has the right word and the part that came; the client gets that part and no page by the proxy."""
    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert exchange.ending is ending, exchange.detail
    assert (exchange.response.body if exchange.response else None) == body
    assert b"mitmproxy" not in seen
    assert b"502" not in seen
    assert (body or b"") in seen.replace(b"\r\n6\r\n", b"")
    assert exchange.detail


def test_nobody_there_is_refused(tmp_path: Path) -> None:
    """A port on which nobody listens: the client's connection is dropped, the request is on the tape."""
    with recorded(tmp_path, f"http://127.0.0.1:{closed_port()}") as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen == b""
    assert exchange.ending is Ending.REFUSED
    assert exchange.response is None
    assert exchange.request.url.endswith("/thing?x=1")


def _trailers(visit: Visit) -> None:
    visit.send(OK + b"Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n")
    visit.chunk(b"body")
    visit.send(b"0\r\nX-Sum: 42\r\n\r\n")


def test_trailers_do_not_lose_the_exchange(tmp_path: Path) -> None:
    """The client gets a complete body, the tape has the trailers too (mitmproxy itself cannot read them)."""
    with vendor(_trailers) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen.endswith(b"4\r\nbody\r\n0\r\n\r\n")
    assert exchange.response is not None
    assert (exchange.ending, exchange.response.body) == (Ending.COMPLETE, b"body")
    assert exchange.response.trailers == (("X-Sum", "42"),)


def _hints(visit: Visit) -> None:
    visit.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n")
    visit.answer(b"final")


def test_interim_responses_do_not_lose_the_final_one(tmp_path: Path) -> None:
    """A 103 before the response: the client gets the response, and so does the tape."""
    with vendor(_hints) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen.endswith(b"\r\n\r\nfinal")
    assert exchange.response is not None
    assert (exchange.response.status, exchange.response.body) == (200, b"final")


def test_a_reset_is_no_end_of_a_body_that_lasts_until_the_end(tmp_path: Path) -> None:
    """Neither on the tape, nor for the client: an orderly close would mean that the body is whole."""
    read = threading.Event()

    def serve(visit: Visit) -> None:
        visit.send(OK + b"\r\n" + b"until the end")
        assert read.wait(WAIT_MAX_S)
        visit.reset()

    with vendor(serve) as there, recorded(tmp_path, there.url) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(GET)
            seen, _ = drain(sock, b"until the end")
            read.set()
            _, reset = drain(sock)
        [exchange] = recording.exchanges()

    assert seen.endswith(b"until the end")
    assert reset
    assert exchange.ending is Ending.TRUNCATED
    assert exchange.response is not None
    assert exchange.response.body == b"until the end"
