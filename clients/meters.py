"""How much may be sent to a vendor now, as its client can know it: windows, buckets, calls at the same time.

A vendor counts a request at some moment between its sending and its answer; a client never learns which. So each meter counts a
call as *running* from its sending to its answer, in full, and from the answer on as if it had been counted at that very moment.
Whatever the network does in between, the vendor's own counter is then never further than the meter (``tests/promises`` hold
every model of the mock against it). The mock's models (``mocks/windows.py``) are another thing: they know when a request arrives.

The law of this file: told the time, which does not run backwards; ``wait_s`` is 0 where so much fits now, ``inf`` where it
cannot fit before a running call ends, and never later than when it fits.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from tapehiss.cassettes.errors import Misuse

SLACK_S = 1e-5
"""Below what any vendor's clock can tell, and above what a floating-point clock rounds away."""
SLACK = 1e-9
"""The same for costs: sums of them do not come back to nothing."""
SLICES = 1_000
"""What ended within a thousandth of a window is remembered as one, at its latest moment: memory is bounded, and nothing is early."""


@dataclass(frozen=True, slots=True)
class Window:
    """At most ``quota`` in any stretch of ``window_s`` seconds: right for fixed windows wherever they begin, and for rolling ones."""

    quota: float
    window_s: float

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        _positive("Window", quota=self.quota, window_s=self.window_s)


@dataclass(frozen=True, slots=True)
class Bucket:
    """``capacity`` at once, and ``rate_per_s`` more each second."""

    capacity: float
    rate_per_s: float

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        _positive("Bucket", capacity=self.capacity, rate_per_s=self.rate_per_s)


@dataclass(frozen=True, slots=True)
class AtOnce:
    """So many calls at the same time."""

    calls: float

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        _positive("AtOnce", calls=self.calls)


Limit: TypeAlias = Window | Bucket | AtOnce


class Meter(Protocol):
    """What was used of a limit."""

    @property
    def room(self) -> float:
        """The most that can fit at all."""

    def wait_s(self, now: float, cost: float) -> float:
        """Seconds until so much fits, if no running call ends before."""

    def begins(self, cost: float) -> None:
        """A call of this cost is sent."""

    def ends(self, cost: float, now: float) -> None:
        """It was answered, or nobody will ever know."""

    def withdraws(self, cost: float) -> None:
        """It was not sent after all."""

    def lowest_s(self, cost: float) -> float:
        """At least how long it takes until so much has fitted, one after the other."""


class _Running:
    """The part that all meters share: what runs."""

    __slots__ = ("_running",)

    def __init__(self) -> None:
        self._running = 0.0

    def begins(self, cost: float) -> None:
        """A call of this cost is sent."""
        self._running += cost

    def withdraws(self, cost: float) -> None:
        """It was not sent after all."""
        self._running -= cost

    def ends(self, cost: float, now: float) -> None:  # noqa: ARG002 (meters that count time need it)
        """A call was answered, or nobody will ever know."""
        self._running -= cost


class WindowMeter(_Running):
    """What was used of a ``Window``."""

    __slots__ = ("_ended", "_limit", "_used")

    def __init__(self, limit: Window) -> None:
        super().__init__()
        self._limit = limit
        self._ended: deque[list[float]] = deque()
        """``[first moment, last moment, cost]``, the oldest first."""
        self._used = 0.0

    @property
    def room(self) -> float:
        """The most that can fit at all."""
        return self._limit.quota

    def wait_s(self, now: float, cost: float) -> float:
        """Seconds until so much fits, if no running call ends before."""
        while self._ended and self._ended[0][1] + self._limit.window_s <= now:
            spent = self._ended.popleft()[2]
            self._used = self._used - spent if self._ended else 0.0
        over = self._running + self._used + cost - self._limit.quota - SLACK
        if over <= 0:
            return 0.0
        if over > self._used:
            return math.inf
        for entry in self._ended:
            over -= entry[2]
            if over <= 0:
                break
        return max(entry[1] + self._limit.window_s - now, SLACK_S)

    def ends(self, cost: float, now: float) -> None:
        """A call was answered, or nobody will ever know."""
        super().ends(cost, now)
        self._used += cost
        latest = self._ended[-1] if self._ended else None
        if latest and now - latest[0] < self._limit.window_s / SLICES:
            latest[1:] = [max(now, latest[1]), latest[2] + cost]
        else:
            self._ended.append([now, now, cost])

    def lowest_s(self, cost: float) -> float:
        """At least how long it takes until so much has fitted, one after the other."""
        return self._limit.window_s * max(math.ceil(cost / self._limit.quota - SLACK_S) - 1, 0)


class BucketMeter(_Running):
    """What is missing of a ``Bucket``."""

    __slots__ = ("_at", "_limit", "_missing")

    def __init__(self, limit: Bucket) -> None:
        super().__init__()
        self._limit = limit
        self._at = -math.inf
        self._missing = 0.0

    @property
    def room(self) -> float:
        """The most that can fit at all."""
        return self._limit.capacity

    def _missing_at(self, now: float) -> float:
        return max(self._missing - (now - self._at) * self._limit.rate_per_s, 0.0) if self._missing else 0.0

    def wait_s(self, now: float, cost: float) -> float:
        """Seconds until so much fits, if no running call ends before."""
        missing = self._missing_at(now)
        over = missing + self._running + cost - self._limit.capacity - SLACK
        if over <= 0:
            return 0.0
        return over / self._limit.rate_per_s + SLACK_S if over <= missing else math.inf

    def ends(self, cost: float, now: float) -> None:
        """A call was answered, or nobody will ever know."""
        super().ends(cost, now)
        self._missing, self._at = self._missing_at(now) + cost, max(now, self._at)

    def lowest_s(self, cost: float) -> float:
        """At least how long it takes until so much has fitted, one after the other."""
        return max(cost - self._limit.capacity, 0.0) / self._limit.rate_per_s


class AtOnceMeter(_Running):
    """What runs of an ``AtOnce``."""

    __slots__ = ("room",)

    def __init__(self, limit: AtOnce) -> None:
        super().__init__()
        self.room = limit.calls

    def wait_s(self, now: float, cost: float) -> float:  # noqa: ARG002 (no clock frees a place)
        """Seconds until so much fits, if no running call ends before."""
        return 0.0 if self._running + cost <= self.room + SLACK else math.inf

    def lowest_s(self, cost: float) -> float:  # noqa: ARG002 (it depends on how long the calls take)
        """At least how long it takes until so much has fitted, one after the other."""
        return 0.0


def meter_of(limit: Limit) -> Meter:
    """A meter on which nothing was used yet."""
    if isinstance(limit, Window):
        return WindowMeter(limit)
    return BucketMeter(limit) if isinstance(limit, Bucket) else AtOnceMeter(limit)


def _positive(where: str, **values: float) -> None:
    for name, value in values.items():
        if not (math.isfinite(value) and value > 0):
            raise Misuse(f"{name} is {value}", where, "give a number, finite and above zero")
