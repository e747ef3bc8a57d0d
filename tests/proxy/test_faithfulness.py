"""Whatever the vendor does, the client sees it through the recorder as it does without, and the tape says what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from recorders import recorded
from vendors import Visit, ask, closed_port, vendor

from tapehiss.cassettes.exchange import Cut, Ending

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
