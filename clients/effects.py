"""What a client wants done, and what came of it: the values between a flow, which decides, and a driver, which does.

A flow is a generator. It yields effects and is sent a ``Reply`` for each; it returns its result or raises an ``ApiError``. It
never waits, reads no clock and throws no dice of its own, so the same flow runs in a thread, in an event loop and in a test
where a day of outage takes no time.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
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
    """``None`` after a ``Sleep``."""
    at: float
    """Seconds on the driver's monotonic clock."""
    unix_s: float = 0.0
    """Unix time, for reading the dates that a vendor sends; never for measuring."""


Effect: TypeAlias = Send | Sleep
Flow: TypeAlias = Generator[Effect, Reply, T]
"""Yields effects, is sent replies, returns a result."""
