"""What a client wants done, and what came of it: the values between a flow, which decides, and a driver, which does.

A flow is a generator. It yields effects and is sent a ``Reply`` for each; it returns its result or raises an ``ApiError``. It
never waits, reads no clock and throws no dice of its own, so the same flow runs in a thread, in an event loop and in a test
where a day of outage takes no time. Flows compose with ``yield from``.

Only what may take time is an effect. What is taken (a place among those that run, a permit of a breaker) is given back by a plain
call in a ``finally``, because that must also happen when a call is cancelled, and then nothing can be yielded any more.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeAlias, TypeVar

from tapehiss.cassettes.exchange import Ending, Request, Response

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Send:
    """Send the request once and wait for all of the response, at most ``timeout_s`` seconds in all."""

    request: Request
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait; never less."""

    wait_s: float


Signal: TypeAlias = Future[None]
"""Something that another call will say, once, from whatever thread: ``set_result(None)``."""


@dataclass(frozen=True, slots=True)
class Await:
    """Wait until another call has given the signal, at most ``timeout_s`` seconds."""

    signal: Signal
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Do:
    """Call something that touches the world and is not the vendor: a store of tokens. What it returns is the reply's ``value``."""

    action: Callable[[], object]
    blocking: bool = True
    """Whether it may take so long that an event loop has to let a thread do it."""


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell whoever listens that something happened."""

    event: Event


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a call; it holds no header, no query, no userinfo and no body."""

    name: str
    """``call-began``, ``attempt-ended``, ``waiting``, ``call-ended``."""
    call: str
    """The same for all events of a call, and different for every call."""
    at: float
    """Seconds on the driver's monotonic clock."""
    place: str
    """Method, host and path."""
    attempt: int = 0
    """The number of the attempt, from 1: all after the first are resends (OpenTelemetry: ``http.request.resend_count`` + 1)."""
    status: int | None = None
    seconds: float = 0.0
    """How long it took, or is going to take."""
    said: str = ""
    """The verdict on an attempt, why one waits, or the name of the error that ended the call."""


@dataclass(frozen=True, slots=True)
class Failure:
    """No complete response: what happened instead. A value, not an exception, until the outermost shell."""

    ending: Ending
    sent: bool = True
    """Whether a byte of the request may have reached the vendor. When in doubt, it may."""
    response: Response | None = None
    """What had come of the response; its body is not complete."""
    detail: str = ""
    """The words of whoever noticed."""


Outcome: TypeAlias = Response | Failure
"""A response that arrived whole, or why there is none."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an effect, and when."""

    outcome: Outcome | None
    """Of a ``Send``; ``None`` after anything else."""
    at: float
    """Seconds on the driver's monotonic clock."""
    unix_s: float = 0.0
    """Unix time, for reading the dates that a vendor sends; never for measuring."""
    value: object = None
    """Of a ``Do``."""


Effect: TypeAlias = Send | Sleep | Await | Do | Emit
Flow: TypeAlias = Generator[Effect, Reply, T]
"""Yields effects, is sent replies, returns a result."""


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt of a call, as the retry flow hands it down through the layers below it."""

    request: Request
    now: float
    deadline: float
    """Of the whole call, on the driver's monotonic clock."""
    timeout_s: float
    """For this attempt, from connecting to the last byte of the body."""

    @property
    def left_s(self) -> float:
        """Seconds that are left of the call."""
        return self.deadline - self.now

    def at(self, now: float) -> Try:
        """The same attempt, later."""
        return self if now == self.now else replace(self, now=now)


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of an attempt."""

    outcome: Outcome
    sent_at: float
    """Seconds on the driver's monotonic clock."""
    at: float
    unix_s: float = 0.0
    again: bool = False
    """Whether a layer changed something (a credential) so that another attempt makes sense at once."""


Layer: TypeAlias = Callable[[Try], Flow[Tried]]
"""Brings one attempt about: directly (``clients.layers.once``), or by way of another layer."""


def give(signal: Signal) -> None:
    """Give a signal; a second time does nothing."""
    with suppress(InvalidStateError):
        signal.set_result(None)
