"""The writer's process, spoken to over its socket."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from snapshots import orders, snapshot

from tapehiss.cassettes.line import Gap
from tapehiss.cassettes.tape import open_tapes
from tapehiss.proxy.desk import _receive, frame
from tapehiss.proxy.snapshot import flat
from tapehiss.proxy.tally import Written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT_S = 60.0


@contextmanager
def desk() -> Iterator[tuple[socket.socket, subprocess.Popen[bytes]]]:
    """A running process and our end of the line."""
    ours, theirs = socket.socketpair()
    ours.settimeout(LIMIT_S)
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-m", "tapehiss.proxy.desk", str(theirs.fileno())]
    with theirs:
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()], env=environ)
    try:
        yield ours, process
        ours.close()
        assert process.wait(LIMIT_S) == 0
    finally:
        process.kill()
        process.wait()


def _heard(line: socket.socket, frames: int) -> list[Written]:
    """Reports until so many frames are confirmed."""
    heard = []
    while sum(written.frames for written in heard) < frames:
        written = _receive(line)
        assert isinstance(written, Written)
        heard.append(written)
    return heard


def test_batches_and_gaps_are_written_in_order(tmp_path: Path) -> None:
    """Every frame is confirmed after it is durable."""
    with desk() as (line, _):
        line.sendall(frame(orders(tmp_path)))
        assert isinstance(_receive(line), Written)
        line.sendall(frame([flat(snapshot("/1")), flat(snapshot("/2"))]) + frame(Gap(1.0, 2.0, 1, "why")))
        heard = _heard(line, 2)

    assert sum(written.durable for written in heard) == 2
    [tape] = open_tapes([tmp_path])
    assert [exchange.request.url[-2:] for exchange in tape] == ["/1", "/2"]
    assert [gap.reason for gap in tape.gaps] == ["why"]


def test_what_was_handed_over_is_written_though_the_recorder_dies(tmp_path: Path) -> None:
    """The line ends without a word; a frame that was not finished was not handed over."""
    with desk() as (line, process):
        line.sendall(frame(orders(tmp_path)))
        line.sendall(b"".join(frame([flat(snapshot(f"/{number}"))]) for number in range(50)) + frame([1])[:-3])
        line.shutdown(socket.SHUT_RDWR)
        line.close()
        assert process.wait(LIMIT_S) == 0

    assert sum(len(tape) for tape in open_tapes([tmp_path])) == 50


def test_signals_are_the_recorders_business(tmp_path: Path) -> None:
    """Ctrl-C goes to the whole terminal; the writer has to outlive the recorder's last word."""
    with desk() as (line, process):
        line.sendall(frame(orders(tmp_path)))
        _receive(line)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process.send_signal(number)
        line.sendall(frame([flat(snapshot())]))
        assert sum(written.durable for written in _heard(line, 1)) == 1


def test_what_keeps_it_from_writing_is_told(tmp_path: Path) -> None:
    """As a failure with what, where and remedy; no traceback."""
    (tmp_path / "file").write_text("")
    with desk() as (line, _):
        line.sendall(frame(orders(tmp_path / "file" / "tapes")))
        written = _receive(line)

    assert isinstance(written, Written)
    assert written.failure is not None
    assert "cannot be written" in written.failure[0]


def test_a_line_that_ends_before_it_begins_is_no_failure() -> None:
    """The recorder could not start."""
    with desk():
        pass
