"""How vendors count: fixed, sliding and rolling windows, buckets, running calls, and days of a calendar.

The law of this file: pure, and told the time (Unix time in seconds). For every model and any past, a client that waits exactly
``wait_s`` and then asks alone is admitted; nothing that was admitted makes the quota be exceeded. ``wait_s`` is 0 where the request is
admitted now; a cost is at most the quota. ``SLACK_S`` absorbs what a floating-point clock rounds away, and is far below what any header can say.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

SLACK_S = 1e-5
SLICES = 100
"""A rolling window moves on in steps of a hundredth of its length, always late: it never admits what a smoother one would not."""
RUNNING_MAX = 10_000


class Reading(NamedTuple):
    """What a counter shows: in the vendor's headers, and to us."""

    limit: float
    remaining: float
    reset_s: float
    """Seconds until the counter is as at its beginning."""
    window_s: float
    rate_per_s: float = 0.0
    """What comes back each second, for buckets."""

    @property
    def used(self) -> float:
        """What was taken of the limit."""
        return self.limit - self.remaining


@dataclass(frozen=True, slots=True)
class Fixed:
    """So much in every window; the windows follow the clock, or begin with the first request that is not in one."""

    quota: float
    window_s: float
    aligned: bool = True

    def start(self) -> tuple[float, float]:
        """``(when the window began, what was used in it)``."""
        return (-math.inf, 0.0)

    def _current(self, state: tuple[float, float], now_s: float) -> tuple[float, float]:
        began_s = state[0]
        if began_s <= now_s < began_s + self.window_s - SLACK_S:
            return state
        return (math.floor((now_s + SLACK_S) / self.window_s) * self.window_s if self.aligned else now_s, 0.0)

    def wait_s(self, state: tuple[float, float], now_s: float, cost: float) -> float:
        """Seconds until a request of this cost is admitted."""
        began_s, used = self._current(state, now_s)
        return 0.0 if used + cost <= self.quota else max(began_s + self.window_s - now_s, SLACK_S)

    def take(self, state: tuple[float, float], now_s: float, cost: float, _: float) -> tuple[float, float]:
        """The state after a request."""
        began_s, used = self._current(state, now_s)
        return (began_s, used + cost)

    def reading(self, state: tuple[float, float], now_s: float) -> Reading:
        """What the counter shows."""
        began_s, used = self._current(state, now_s)
        return Reading(self.quota, max(self.quota - used, 0.0), began_s + self.window_s - now_s, self.window_s)


@dataclass(frozen=True, slots=True)
class Sliding:
    """Two counters, as gateways keep them: this window's, and what of the last one still lies within the window's length."""

    quota: float
    window_s: float

    def start(self) -> tuple[float, float, float]:
        """``(when this window began, what was used in the one before, in this one)``."""
        return (-math.inf, 0.0, 0.0)

    def _current(self, state: tuple[float, float, float], now_s: float) -> tuple[float, float, float]:
        began_s = math.floor((now_s + SLACK_S) / self.window_s) * self.window_s
        if state[0] == began_s:
            return state
        follows = abs(began_s - self.window_s - state[0]) < self.window_s / 2
        return (began_s, state[2] if follows else 0.0, 0.0)

    def _used(self, state: tuple[float, float, float], now_s: float) -> float:
        began_s, before, used = state
        return before * min(max(1 - (now_s + SLACK_S - began_s) / self.window_s, 0.0), 1.0) + used

    def wait_s(self, state: tuple[float, float, float], now_s: float, cost: float) -> float:
        """Seconds until a request of this cost is admitted."""
        state = began_s, before, used = self._current(state, now_s)
        if self._used(state, now_s) + cost <= self.quota:
            return 0.0
        if used + cost <= self.quota:
            at_s = began_s + self.window_s * (1 - (self.quota - cost - used) / before)
        else:
            at_s = began_s + self.window_s * (2 - max(self.quota - cost, 0.0) / used)
        return max(at_s - now_s, SLACK_S)

    def take(
        self, state: tuple[float, float, float], now_s: float, cost: float, _: float
    ) -> tuple[float, float, float]:
        """The state after a request."""
        began_s, before, used = self._current(state, now_s)
        return (began_s, before, used + cost)

    def reading(self, state: tuple[float, float, float], now_s: float) -> Reading:
        """What the counter shows."""
        state = self._current(state, now_s)
        left = max(self.quota - self._used(state, now_s), 0.0)
        return Reading(self.quota, left, state[0] + self.window_s - now_s, self.window_s)


@dataclass(frozen=True, slots=True)
class Rolling:
    """So much in any stretch of this length."""

    quota: float
    window_s: float

    def start(self) -> tuple[tuple[int, float], ...]:
        """``(number of a slice, what was used in it)``, the oldest first."""
        return ()

    def _slice(self, now_s: float) -> int:
        return math.floor((now_s + SLACK_S) * SLICES / self.window_s)

    def _current(self, state: tuple[tuple[int, float], ...], now_s: float) -> tuple[tuple[int, float], ...]:
        first = self._slice(now_s) - SLICES
        if not state or state[0][0] >= first:
            return state
        return tuple(each for each in state if each[0] >= first)

    def wait_s(self, state: tuple[tuple[int, float], ...], now_s: float, cost: float) -> float:
        """Seconds until a request of this cost is admitted."""
        state = self._current(state, now_s)
        used = sum(each for _, each in state)
        if used + cost <= self.quota:
            return 0.0
        last = now_s
        for number, each in state:
            used, last = used - each, (number + SLICES + 1) * self.window_s / SLICES
            if used + cost <= self.quota:
                break
        return max(last - now_s, SLACK_S)

    def take(self, state: tuple[tuple[int, float], ...], now_s: float, cost: float, _: float) -> Any:
        """The state after a request."""
        state, number = self._current(state, now_s), self._slice(now_s)
        if state and state[-1][0] >= number:
            return (*state[:-1], (state[-1][0], state[-1][1] + cost))
        return (*state, (number, cost))

    def reading(self, state: tuple[tuple[int, float], ...], now_s: float) -> Reading:
        """What the counter shows."""
        state = self._current(state, now_s)
        last_s = (state[-1][0] + SLICES + 1) * self.window_s / SLICES if state else now_s
        left = max(self.quota - sum(each for _, each in state), 0.0)
        return Reading(self.quota, left, max(last_s - now_s, 0.0), self.window_s)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A token bucket, or a leaky one seen from its other side: so much at once, and so much more each second."""

    capacity: float
    rate_per_s: float

    def start(self) -> tuple[float, float]:
        """``(when it was looked at, what was missing then)``."""
        return (-math.inf, 0.0)

    def _missing(self, state: tuple[float, float], now_s: float) -> float:
        at_s, missing = state
        return max(missing - max(now_s - at_s, 0.0) * self.rate_per_s, 0.0) if missing else 0.0

    def wait_s(self, state: tuple[float, float], now_s: float, cost: float) -> float:
        """Seconds until a request of this cost is admitted."""
        over = self._missing(state, now_s) + cost - self.capacity
        return over / self.rate_per_s + SLACK_S if over > SLACK_S * self.rate_per_s else 0.0

    def take(self, state: tuple[float, float], now_s: float, cost: float, _: float) -> tuple[float, float]:
        """The state after a request."""
        return (max(now_s, state[0]), self._missing(state, now_s) + cost)

    def reading(self, state: tuple[float, float], now_s: float) -> Reading:
        """What the counter shows."""
        missing = self._missing(state, now_s)
        window_s = self.capacity / self.rate_per_s
        return Reading(
            self.capacity, max(self.capacity - missing, 0.0), missing / self.rate_per_s, window_s, self.rate_per_s
        )


@dataclass(frozen=True, slots=True)
class Concurrent:
    """So many calls at the same time, of those that have been running for ``from_s`` seconds (Salesforce counts from 20)."""

    quota: float
    from_s: float = 0.0

    def start(self) -> tuple[tuple[float, float], ...]:
        """``(when it began, when it ends)`` of each call that runs."""
        return ()

    def _counted(self, state: tuple[tuple[float, float], ...], now_s: float) -> int:
        return sum(ends_s > now_s + SLACK_S and now_s - began_s >= self.from_s for began_s, ends_s in state)

    def wait_s(self, state: tuple[tuple[float, float], ...], now_s: float, _: float) -> float:
        """Seconds until another call is admitted."""
        if self._counted(state, now_s) < self.quota:
            return 0.0
        ends = sorted(ends_s for _, ends_s in state if ends_s > now_s)
        free_s = next((ends_s for ends_s in ends if self._counted(state, ends_s) < self.quota), now_s)
        return max(free_s - now_s, SLACK_S)

    def take(self, state: tuple[tuple[float, float], ...], now_s: float, _: float, busy_s: float) -> Any:
        """The state after a request that keeps the vendor busy for so long."""
        running = tuple(each for each in state if each[1] > now_s)[-RUNNING_MAX:]
        return (*running, (now_s, now_s + busy_s)) if busy_s > 0 else running

    def reading(self, state: tuple[tuple[float, float], ...], now_s: float) -> Reading:
        """What the counter shows."""
        left = max(self.quota - self._counted(state, now_s), 0.0)
        return Reading(self.quota, left, max([each[1] - now_s for each in state], default=0.0), 0.0)


@dataclass(frozen=True, slots=True)
class Daily:
    """So much from midnight to midnight, in the time zone of an account; a day has 23 to 25 hours."""

    quota: float
    zone: str = "UTC"

    def start(self) -> tuple[float, float, float]:
        """``(midnight, the next midnight, what was used between them)``."""
        return (-math.inf, -math.inf, 0.0)

    def _current(self, state: tuple[float, float, float], now_s: float) -> tuple[float, float, float]:
        return state if state[0] <= now_s < state[1] - SLACK_S else (*day_of(now_s + SLACK_S, self.zone), 0.0)

    def wait_s(self, state: tuple[float, float, float], now_s: float, cost: float) -> float:
        """Seconds until a request of this cost is admitted."""
        _, ends_s, used = self._current(state, now_s)
        return 0.0 if used + cost <= self.quota else max(ends_s - now_s, SLACK_S)

    def take(
        self, state: tuple[float, float, float], now_s: float, cost: float, _: float
    ) -> tuple[float, float, float]:
        """The state after a request."""
        began_s, ends_s, used = self._current(state, now_s)
        return (began_s, ends_s, used + cost)

    def reading(self, state: tuple[float, float, float], now_s: float) -> Reading:
        """What the counter shows."""
        began_s, ends_s, used = self._current(state, now_s)
        return Reading(self.quota, max(self.quota - used, 0.0), ends_s - now_s, ends_s - began_s)


def day_of(now_s: float, zone: str) -> tuple[float, float]:
    """The midnights around an instant, as Unix time; ``ZoneInfoNotFoundError`` (a ``KeyError``) for an unknown zone."""
    place = UTC if zone == "UTC" else ZoneInfo(zone)
    date = datetime.fromtimestamp(now_s, place).date()
    begin, end = (datetime(each.year, each.month, each.day, tzinfo=place) for each in (date, date + timedelta(days=1)))
    return begin.timestamp(), end.timestamp()


Model: TypeAlias = Fixed | Sliding | Rolling | Bucket | Concurrent | Daily
