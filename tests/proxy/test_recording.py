"""A recording from its beginning to its end: start, stop, limits, and what a person is told when it cannot be."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING

import pytest
from recorders import recorded
from vendors import WAIT_MAX_S, Visit, ask, drain, vendor

from tapehiss.cassettes.errors import Misuse, TapehissError, Weather
from tapehiss.cassettes.exchange import Ending
from tapehiss.cassettes.origins import Address
from tapehiss.proxy.recording import Summary
from tapehiss.proxy.tally import Tally

if TYPE_CHECKING:
    from pathlib import Path

GET = b"GET /thing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def _ok(visit: Visit) -> None:
    visit.answer(b"ok")


class Slow:
    """Begins to answer, and goes on when it is told to."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, visit: Visit) -> None:
        """Half, then the rest."""
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf")
        self.begun.set()
        self.go.wait(WAIT_MAX_S)
        visit.send(b"half")


def test_what_is_open_may_finish(tmp_path: Path) -> None:
    """Stopping accepts nothing new, and an exchange that ends in time is complete on the tape."""
    slow = Slow()
    with vendor(slow) as there, recorded(tmp_path, there.url, drain_max_s=WAIT_MAX_S) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(GET)
            assert slow.begun.wait(WAIT_MAX_S)
            stopping = threading.Thread(target=recording.stop)
            stopping.start()
            slow.go.set()
            seen, _ = drain(sock, b"halfhalf")
            stopping.join()
        [exchange] = recording.exchanges()

    assert seen.endswith(b"halfhalf")
    assert exchange.ending is Ending.COMPLETE


def test_what_does_not_finish_is_recorded_as_it_stands(tmp_path: Path) -> None:
    """With the part that had come, and the reason."""
    slow = Slow()
    with vendor(slow) as there, recorded(tmp_path, there.url, drain_max_s=0.1) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(GET)
            drain(sock, b"half")
            [exchange] = recording.exchanges()
        slow.go.set()

    assert exchange.ending is Ending.CLIENT_GONE
    assert exchange.detail == "the recording was stopped"
    assert exchange.response is not None
    assert exchange.response.body == b"half"


def test_a_client_that_leaves(tmp_path: Path) -> None:
    """In the middle of a response: the part that had come."""
    slow = Slow()
    with vendor(slow) as there, recorded(tmp_path, there.url, drain_max_s=WAIT_MAX_S) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(GET)
            drain(sock, b"half")
        [exchange] = recording.exchanges()
        slow.go.set()

    assert exchange.ending is Ending.CLIENT_GONE
    assert exchange.response is not None
    assert exchange.response.body == b"half"


@pytest.mark.parametrize(
    ("last", "ending"), [(b"data: [DONE]", Ending.COMPLETE), (b"data: more", Ending.CLIENT_GONE)], ids=["done", "more"]
)
def test_a_client_that_leaves_after_the_last_event(last: bytes, ending: Ending, tmp_path: Path) -> None:
    """It had the whole answer, if the stream said so, although the vendor had not closed it yet."""
    go = threading.Event()

    def stream(visit: Visit) -> None:
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        visit.chunk(b"data: {}\n\n")
        visit.chunk(last + b"\n\n")
        go.wait(WAIT_MAX_S)

    with vendor(stream) as there, recorded(tmp_path, there.url, drain_max_s=WAIT_MAX_S) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(GET)
            drain(sock, last + b"\n\n\r\n")
        [exchange] = recording.exchanges()
        go.set()

    assert exchange.ending is ending
    assert exchange.response is not None
    assert exchange.response.body == b"data: {}\n\n" + last + b"\n\n"


@pytest.mark.parametrize("length", [100, 10_000_000], ids=["held", "passing"])
def test_a_client_that_leaves_while_it_sends(length: int, tmp_path: Path) -> None:
    """It is the client that left, whatever mitmproxy calls it; the part that it had sent is on the tape or was never sent on."""
    arrived = threading.Event()

    class Early(Visit):
        def _more(self) -> bool:
            more = super()._more()
            arrived.set()
            return more

    with vendor(_ok, visit=Early) as there, recorded(tmp_path, there.url, drain_max_s=WAIT_MAX_S) as recording:
        with socket.create_connection(("127.0.0.1", recording.port), timeout=WAIT_MAX_S) as sock:
            sock.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\nbeginning" % length)
            if length > 100:
                assert arrived.wait(WAIT_MAX_S)
        [exchange] = recording.exchanges()

    assert exchange.ending is Ending.CLIENT_GONE
    assert exchange.response is None
    assert exchange.request.body == (b"beginning" if length > 100 else b"")


def test_nothing_is_lost_when_the_queue_is_full(tmp_path: Path) -> None:
    """The traffic waits instead."""
    with vendor(_ok) as there, recorded(tmp_path, there.url, queue_max_bytes=1) as recording:
        for _ in range(20):
            ask(recording.port, GET)
        exchanges = recording.exchanges()

    assert len(exchanges) == 20


def test_the_bodies_in_flight_are_bounded_together(tmp_path: Path) -> None:
    """Beyond the budget only beginnings are kept, and it is given back."""
    body = b"x" * 300_000
    with (
        vendor(lambda visit: visit.answer(body)) as there,
        recorded(tmp_path, there.url, spool_max_bytes=200_000) as recording,
    ):
        seen = [ask(recording.port, GET)[0] for _ in range(5)]
        exchanges = recording.exchanges()

    assert all(answer.endswith(body) for answer in seen)
    cuts = [exchange.response.cut for exchange in exchanges if exchange.response is not None]
    assert [cut.size for cut in cuts if cut is not None] == [300_000] * 5
    assert all(exchange.response and len(exchange.response.body) > 60_000 for exchange in exchanges)


def test_the_tally_counts(tmp_path: Path) -> None:
    """Exchanges, outcomes, endpoints, secrets: what the live line and the end table show."""
    with vendor(lambda visit: visit.answer(b"12345")) as there, recorded(tmp_path, there.url) as recording:
        for _ in range(3):
            ask(recording.port, GET.replace(b"\r\n\r\n", b"\r\nAuthorization: Bearer " + b"s3cr3t" * 5 + b"\r\n\r\n"))
        tally = recording.stop().tally

    assert (tally.exchanges, tally.durable, tally.open, tally.queue_exchanges, tally.queue_bytes) == (3, 3, 0, 0, 0)
    assert tally.outcomes == {"2xx": 3}
    assert tally.response_bytes == 15
    assert tally.secrets > 0
    [((method, url), totals)] = tally.endpoints.items()
    assert (method, url, totals.count, totals.body_bytes) == ("GET", f"{there.url}/thing", 3, 15)


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """One clear error with a remedy; no tape is left behind."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        pytest.raises(Misuse, match="listens there already") as caught,
        recorded(tmp_path, "http://127.0.0.1:1", listen=Address("127.0.0.1", listener.getsockname()[1])),
    ):
        pass

    assert "--listen" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Told before any traffic passes."""
    (tmp_path / "file").write_text("")
    with pytest.raises(TapehissError) as caught, recorded(tmp_path / "file" / "tapes", "http://127.0.0.1:1"):
        pass

    assert isinstance(caught.value, Weather)
    assert "file" in caught.value.where


@pytest.mark.parametrize(("strict", "code"), [(True, 1), (False, 0)])
def test_strict_means_no_gaps(strict: bool, code: int) -> None:
    """The exit code of a recording from which something is missing."""
    assert Summary(Tally(gaps=1), strict).exit_code == code
    assert Summary(Tally(quarantined=1), strict).exit_code == code
    assert Summary(Tally(), strict).exit_code == 0


def test_recordings_one_after_the_other(tmp_path: Path) -> None:
    """A process may record more than once."""
    with vendor(_ok) as there:
        for number in range(2):
            with recorded(tmp_path / str(number), there.url) as recording:
                ask(recording.port, GET)
                assert len(recording.exchanges()) == 1


def test_tapes_of_other_processes_are_left_alone(tmp_path: Path) -> None:
    """Each recording writes a file of its own, named after host, time and process."""
    with vendor(_ok) as there, recorded(tmp_path, there.url) as recording:
        ask(recording.port, GET)
        [path] = recording.stop().tapes

    assert path.endswith(f"-{os.getpid()}.yaml")
    assert "127.0.0.1" in path
