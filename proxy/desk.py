"""Shell: where the scribe works, a process of its own, and how one talks to it.

Frames go both ways over one stream socket: eight bytes of length, then a pickled value (both ends are the same program, and
nobody else holds an end). In: first ``Orders``, then batches of snapshots or a ``Gap``. Out: first a ``Written`` that says "ready"
or why not, then one ``Written`` after each group. At the end of the stream the scribe finishes what it has read and leaves,
so that a recorder that is killed loses nothing that it had handed over.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import socket
import struct
import sys
import time
from contextlib import suppress

from tapehiss.cassettes.errors import TapehissError
from tapehiss.cassettes.line import Gap
from tapehiss.proxy.scribe import Orders, Scribe, unwritable
from tapehiss.proxy.snapshot import raised
from tapehiss.proxy.tally import Written

_step_aside = getattr(os, "sched_yield", lambda: None)
"""After every exchange: a process that waits for this processor may be in somebody's way."""
LENGTH = struct.Struct(">Q")
NICE = 10
"""The traffic goes first where processors are few; the queue takes what waits meanwhile."""
GROUP_MAX_S = 0.1
"""The longest that something written waits to be made durable."""


def packed(value: object) -> bytes:
    """What is in a frame."""
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def frame(value: object) -> bytes:
    """One value on the wire."""
    content = packed(value)
    return LENGTH.pack(len(content)) + content


def _read(stream: socket.socket, size: int) -> bytes:
    """Exactly ``size`` bytes, or empty at the end of the stream (an unfinished frame was never handed over)."""
    buffer = bytearray(size)
    view = memoryview(buffer)
    got = 0
    while got < size:
        count = stream.recv_into(view[got:])
        if count == 0:
            return b""
        got += count
    return bytes(buffer)


def _receive(stream: socket.socket) -> object | None:
    head = _read(stream, LENGTH.size)
    content = _read(stream, LENGTH.unpack(head)[0]) if head else b""
    return pickle.loads(content) if content else None  # noqa: S301 (from the process that started this one)


def _more(stream: socket.socket, until: float) -> bool:
    """Whether there is something to read before that time (also the end of the stream)."""
    left = until - time.monotonic()
    return left > 0 and bool(select.select([stream], [], [], left)[0])


def work(stream: socket.socket) -> None:
    """Read until the stream ends; one report for each group, which is made durable together."""
    orders = _receive(stream)
    if orders is None:
        return
    assert isinstance(orders, Orders)
    scribe = Scribe(orders)
    _tell(stream, scribe.report())
    try:
        _serve(scribe, stream)
    except BaseException:
        with suppress(TapehissError, OSError):  # what went wrong first is what is told
            scribe.close()
        raise
    scribe.close()


def _serve(scribe: Scribe, stream: socket.socket) -> None:
    while (order := _receive(stream)) is not None:
        _obey(scribe, order)
        frames, until = 1, time.monotonic() + GROUP_MAX_S
        while _more(stream, until) and (order := _receive(stream)) is not None:
            _obey(scribe, order)
            frames += 1
        _tell(stream, scribe.report(frames))


def _obey(scribe: Scribe, order: object) -> None:
    if isinstance(order, Gap):
        scribe.gap(order)
    else:
        assert isinstance(order, list)
        for row in order:
            scribe.write([raised(row)])
            _step_aside()


def main(descriptor: int) -> None:
    """The process: signals are the recorder's business, and a failure is told before it ends."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    os.nice(NICE)
    stream = socket.socket(fileno=descriptor)
    try:
        work(stream)
    except TapehissError as error:
        _tell(stream, Written(failure=(error.what, error.where, error.remedy)))
    except OSError as error:
        told = unwritable(error, str(error.filename or ""))
        _tell(stream, Written(failure=(told.what, told.where, told.remedy)))


def _tell(stream: socket.socket, written: Written) -> None:
    with suppress(OSError):  # a recorder that is gone wants no report; what it handed over is written all the same
        stream.sendall(frame(written))


if __name__ == "__main__":
    main(int(sys.argv[1]))
