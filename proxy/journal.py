"""Shell: the bounded queue between the hooks and the scribe.

An exchange is in the queue until the scribe says that it is on the tape. The queue is bounded by bytes: when it is full, whoever
brings the next exchange waits, so the traffic is slowed down and nothing is lost. If the scribe's process dies, another one is
started and told again everything that was not confirmed; the tape says so in a gap record.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import socket
import subprocess
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, cast

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cassettes.line import Gap
from tapehiss.proxy.desk import LENGTH, packed
from tapehiss.proxy.snapshot import flat
from tapehiss.proxy.tally import Written

if TYPE_CHECKING:
    from tapehiss.proxy.scribe import Orders
    from tapehiss.proxy.snapshot import Snapshot
    from tapehiss.proxy.tally import Tally

FLUSH_AFTER_S = 0.02
FLUSH_AT_BYTES = 256 * 1024
OVERHEAD_BYTES = 2048
"""What an exchange costs beside its bodies."""
RESTARTS_MAX = 3
READY_MAX_S = 60.0
PATIENCE_S = 30.0
"""How long nothing may be confirmed at the end..."""
SLOWEST_BYTES_PER_S = 1_000_000.0
"""... and longer where much is waiting: redaction of a large body takes its time, more so on a busy machine."""


class Journal:
    """Takes snapshots from the event loop; ``tally`` says how far the scribe has come."""

    def __init__(self, orders: Orders, tally: Tally, queue_max_bytes: int) -> None:
        self.failed = asyncio.Event()
        """Set when nothing can be written any more; ``tally.failure`` says why."""
        self._orders, self._tally, self._max_bytes = orders, tally, queue_max_bytes
        self._batch: list[tuple[object, ...]] = []
        self._batch_bytes = 0
        self._sent: deque[tuple[bytes, int, int]] = deque()  # frame, exchanges, bytes: not confirmed yet
        self._room = asyncio.Event()
        self._ready = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._line: _Line | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._restarts = 0
        self._closing = False

    async def open(self) -> None:
        """Start the scribe; raises what it says if it cannot write."""
        await self._employ()
        try:
            await asyncio.wait_for(self._ready.wait(), READY_MAX_S)
        except TimeoutError:
            raise Weather("the writer process does not start", sys.executable, "look at its messages above") from None
        if self._tally.failure is not None:
            raise Weather(*self._tally.failure)

    def offer(self, snapshot: Snapshot) -> bool:
        """Take it if there is room. A single exchange that is larger than the queue is taken by an empty one."""
        size = len(snapshot.body) + OVERHEAD_BYTES
        if snapshot.reply is not None:
            size += len(snapshot.reply.body)
        size += sum(len(content) for _, _, content, _ in snapshot.messages)
        tally = self._tally
        if tally.queue_bytes and tally.queue_bytes + size > self._max_bytes:
            return False
        tally.queue_exchanges += 1
        tally.queue_bytes += size
        self._batch.append(flat(snapshot))
        self._batch_bytes += size
        if self._batch_bytes >= FLUSH_AT_BYTES:
            self._flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_AFTER_S, self._flush)
        return True

    async def put(self, snapshot: Snapshot) -> None:
        """Take it, and wait for room if there is none."""
        while not self.offer(snapshot) and not self.failed.is_set():
            self._room.clear()
            await self._room.wait()

    def gap(self, gap: Gap) -> None:
        """Something passed by unrecorded."""
        self._flush()
        self._send(packed(gap), 0, OVERHEAD_BYTES)

    async def close(self) -> None:
        """Hand over everything and wait until it is confirmed; raises if for too long nothing is."""
        self._flush()
        self._closing = True
        if self._line is not None:
            self._line.finish()
        patience_s = PATIENCE_S + self._tally.queue_bytes / SLOWEST_BYTES_PER_S
        try:
            while self._sent and not self.failed.is_set():
                self._room.clear()
                async with asyncio.timeout(patience_s):
                    await self._room.wait()
        except TimeoutError:
            count = sum(exchanges for _, exchanges, _ in self._sent)
            raise Weather(
                f"{count} exchanges wait to be written, and none was in {patience_s:.0f} s",
                str(self._orders.into),
                "look at the disk",
            ) from None
        finally:
            await self._dismiss()

    def _flush(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._batch:
            batch, size = self._batch, self._batch_bytes
            self._batch, self._batch_bytes = [], 0
            self._send(packed(batch), len(batch), size)

    def _send(self, content: bytes, exchanges: int, size: int) -> None:
        self._sent.append((content, exchanges, size))
        if self._line is not None and not self._closing:
            self._line.say(content)

    def heard(self, written: Written) -> None:
        """The scribe's report."""
        self._ready.set()
        for _ in range(written.frames):
            _, exchanges, size = self._sent.popleft()
            if exchanges:
                self._tally.queue_exchanges -= exchanges
                self._tally.queue_bytes -= size
        self._tally.add(written)
        if written.failure is not None:
            self._give_up(written.failure)
        self._room.set()

    def hung_up(self) -> None:
        """The scribe's end of the line is closed."""
        self._line = None
        if self.failed.is_set() or (self._closing and not self._sent):
            return
        if self._restarts >= RESTARTS_MAX or not self._ready.is_set():
            self._give_up(("the writer process died", sys.executable, "look at its messages above and report it"))
            return
        self._restarts += 1
        asyncio.get_running_loop().create_task(self._replace()).add_done_callback(self._replaced)

    async def _replace(self) -> None:
        """Another scribe, told everything that is not confirmed."""
        doubtful = sum(exchanges for _, exchanges, _ in self._sent)
        await self._employ()
        assert self._line is not None
        now = time.time()
        gap = packed(
            Gap(
                now,
                now,
                0,
                f"the writer process died and was replaced; up to {doubtful} exchanges may be on the tape twice",
            )
        )
        self._sent.appendleft((gap, 0, 0))
        for content, _, _ in self._sent:
            self._line.say(content)
        if self._closing:
            self._line.finish()

    def _replaced(self, task: asyncio.Task[None]) -> None:
        if error := task.exception():
            self._give_up((f"the writer process died and could not be replaced: {error}", sys.executable, "report it"))

    def _give_up(self, failure: tuple[str, str, str]) -> None:
        self._tally.failure = self._tally.failure or failure
        self.failed.set()
        self._ready.set()
        self._room.set()

    async def _employ(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = _start(theirs)
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        _, self._line = await loop.create_unix_connection(lambda: _Line(self), sock=ours)
        self._line.say(packed(self._orders))

    async def _dismiss(self) -> None:
        """Close the line; the scribe leaves by itself."""
        if self._line is not None:
            self._line.close()
        process = self._process
        if process is not None:
            await asyncio.get_running_loop().run_in_executor(None, _wait, process)


def _start(end: socket.socket) -> subprocess.Popen[bytes]:
    """A session of its own: Ctrl-C is meant for the recorder, which drains; the scribe leaves when its line closes."""
    paths = os.pathsep.join(path for path in sys.path if path)
    command = [sys.executable, "-m", "tapehiss.proxy.desk", str(end.fileno())]
    try:
        return subprocess.Popen(  # noqa: S603 (our own module)
            command,
            pass_fds=[end.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
    except OSError as error:
        raise Misuse(
            f"the writer process cannot be started: {error}",
            sys.executable,
            "run tapehiss with a Python that can be executed",
        ) from error


def _wait(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Line(asyncio.Protocol):
    """Our end of the line."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are asyncio's by shape, not by class

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            stop = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) < stop:
                return
            content = bytes(self._buffer[LENGTH.size : stop])
            del self._buffer[:stop]
            written = pickle.loads(content)  # noqa: S301 (from the process that we started)
            assert isinstance(written, Written)
            self._journal.heard(written)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 (asyncio's signature)
        self._journal.hung_up()

    def say(self, content: bytes) -> None:
        """One frame; in two writes, for joining would copy it."""
        assert self._transport is not None
        self._transport.write(LENGTH.pack(len(content)))
        self._transport.write(content)

    def finish(self) -> None:
        """Nothing more will be written; the scribe is still heard."""
        assert self._transport is not None
        self._transport.write_eof()

    def close(self) -> None:
        assert self._transport is not None
        self._transport.close()
