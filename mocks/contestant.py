"""Shell: a command in a storm: it is started with the URL of a mock of its own, watched until its deadline, and ended with all that it started.

What is known of it is what passed over the wire, its exit code and the end of what it wrote. A process that leaves its group (a daemon) is not ended.
"""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import IO, TYPE_CHECKING, TypeVar

from tapehiss.mocks.errors import BadCommand
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.nearest import nearest
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.server import Server
from tapehiss.mocks.trace import End, Trace, trace_of
from tapehiss.mocks.trail import Trail

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.index import Index
    from tapehiss.mocks.live import LiveVendor
    from tapehiss.mocks.schedule import Rule
    from tapehiss.mocks.vendor import Vendor
    from tapehiss.mocks.world import Step

T = TypeVar("T")
R = TypeVar("R")

URL = "{url}"
"""Stands for the mock's URL in a command; it is in the environment, too."""
VARIABLE = "TAPEHISS_URL"
GRACE_S = 0.25
"""So long after its deadline a command is ended."""
LOOK_S = 0.1
"""How often a command is looked at whether it is to be ended."""
TOLD_MAX_BYTES = 64 * 1024
CRASH_MAX_CHARS = 200
MISSED_MAX = 20
CRASHES = (
    re.compile(r"^Traceback \(most recent call last\):$.*^(?P<words>\S.*?)$(?!.*^\S)", re.MULTILINE | re.DOTALL),
    re.compile(r"^(?P<words>\S*(?:Error|Exception)\b.*)$(?=[^\0]*^Node\.js v\d)", re.MULTILINE),
    re.compile(r"^(?P<words>panic: .*)$", re.MULTILINE),
    re.compile(r'^Exception in thread "[^"]*" (?P<words>.*)$', re.MULTILINE),
)
"""How Python, Node, Go and Java tell that nobody caught an error."""


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a command."""

    trace: Trace
    exit_code: int
    stdout: str
    """The last of it, as is ``stderr``."""
    stderr: str
    missed: tuple[str, ...] = ()
    """Requests that are on no tape, in words."""
    struck: frozenset[Rule] = frozenset()
    stopped: bool = False
    """Whether it was ended because it did not end."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """A command, and how long it may take."""

    command: tuple[str, ...]
    deadline_s: float = 30.0
    leave: threading.Event = field(default_factory=threading.Event)
    """When it is set, what runs is ended at once."""

    def run(self, vendor: Vendor) -> Run:
        """One run against this vendor; raises ``BadCommand`` if there is nothing that could run."""
        with Server(vendor) as server, ExitStack() as opened:
            out, err = (opened.enter_context(tempfile.TemporaryFile()) for _ in range(2))
            began_s = server.ask(_trailing)
            process = self._started(server.url, out, err)
            try:
                stopped = not self._ended(process)
                end_s = server.ask(lambda _, now_s: now_s)
            finally:
                _kill(process)
            dated, steps = server.ask(lambda live, _: (live.vendor, live.trail.until(end_s) if live.trail else ()))
            texts = _tail(out), _tail(err)
        code = process.returncode
        crash = "" if stopped else crash_of(code, texts[1])
        trace = trace_of(dated, steps, End(end_s, code == 0 and not stopped, crash, stopped))
        return Run(since(trace, began_s), code, *texts, _missed(steps, dated.index), _struck(steps), stopped)

    def _started(self, url: str, out: IO[bytes], err: IO[bytes]) -> subprocess.Popen[bytes]:
        words = [word.replace(URL, url) for word in self.command]
        environ = {**os.environ, VARIABLE: url}
        try:
            return subprocess.Popen(  # noqa: S603 (the user's own command)
                words, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environ, start_new_session=True
            )
        except (OSError, ValueError) as error:
            why = (error.strerror if isinstance(error, OSError) else None) or str(error)
            remedy = "give a program that can be found, then its arguments, each a word of its own"
            raise BadCommand(f"cannot be started: {why}", self.command[0], remedy) from None

    def _ended(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether it ended by itself before its deadline was over; it is not reaped, so that its group is still its own."""
        until_s = time.monotonic() + self.deadline_s + GRACE_S
        with _watching(process) as ended:
            while (left_s := until_s - time.monotonic()) > 0 and not self.leave.is_set():
                if ended(min(left_s, LOOK_S)):
                    return True
        return False


@contextmanager
def _watching(process: subprocess.Popen[bytes]) -> Iterator[Callable[[float], bool]]:
    """Waits so long for the end of a process; where the system can do so, without reaping it."""
    if sys.platform == "linux":
        descriptor, poll = os.pidfd_open(process.pid), select.poll()
        poll.register(descriptor, select.POLLIN)
        try:
            yield lambda within_s: bool(poll.poll(within_s * 1000))
        finally:
            os.close(descriptor)
    else:
        yield lambda within_s: _reaped(process, within_s)


def _reaped(process: subprocess.Popen[bytes], within_s: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        process.wait(within_s)
    return process.returncode is not None


def _trailing(live: LiveVendor, now_s: float) -> float:
    """Keep a trail from now on; it is now."""
    live.trail = Trail()
    return now_s


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it and everything that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def at_once(run: Callable[[T], R], items: Iterable[T], count: int, leave: threading.Event) -> Iterator[R]:
    """The results in order, so many at a time; who stops reading, or is interrupted, leaves nothing running."""
    pool = ThreadPoolExecutor(count)
    try:
        yield from pool.map(run, items)
    except BaseException:
        leave.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def crash_of(code: int, stderr: str) -> str:
    """How a command ended otherwise than by an error of its own: a signal, or an error that nobody caught; empty if it did not."""
    if code < 0:
        return signal.Signals(-code).name if -code in signal.Signals.__members__.values() else f"signal {-code}"
    if not code:
        return ""
    found = next((match for match in (crash.search(stderr) for crash in CRASHES) if match), None)
    return found["words"].strip()[:CRASH_MAX_CHARS] if found else ""


def since(trace: Trace, began_s: float) -> Trace:
    """The trace by a clock that began with the command."""
    moved = tuple(
        replace(each, at_s=each.at_s - began_s, known_at_s=each.known_at_s - began_s) for each in trace.attempts
    )
    return Trace(moved, replace(trace.end, at_s=trace.end.at_s - began_s))


def _tail(file: IO[bytes]) -> str:
    file.seek(max(file.seek(0, os.SEEK_END) - TOLD_MAX_BYTES, 0))
    return file.read().decode("utf-8", "replace")


def _struck(steps: Iterable[Step]) -> frozenset[Rule]:
    return frozenset(rule for step in steps for rule in step.outcome.struck)


def _missed(steps: Iterable[Step], index: Index) -> tuple[str, ...]:
    """What was asked that no tape knows, each once, with what comes nearest."""
    missed = [step.request for step in steps if step.outcome.rung is Rung.MISS and not step.outcome.limit]
    once = {(request.method, split_url(request.url).target): request for request in missed}
    return tuple(
        f"{method} {target} is on no tape{_near(request, index)}"
        for (method, target), request in list(once.items())[:MISSED_MAX]
    )


def _near(request: Request, index: Index) -> str:
    near = next(iter(nearest(request, index)), None)
    return f"; nearest is {near.method} {split_url(near.url).target}" if near else ""
