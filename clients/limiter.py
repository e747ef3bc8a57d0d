"""A limiter that keeps to the vendor's own limits, several at once, and lets the most important calls go first.

The law of this file: a call is sent when every meter has room for it *and for all that wait before it*. So nobody overtakes unless
there is room for both, nobody starves, and no order of waking up matters. Calls wait by rank, then in the order in which they came.
A place in the queue and a place among the running calls come back when the call ends, however it ends.

Adaptive concurrency: additive increase, multiplicative decrease (D.-M. Chiu and R. Jain, 1989), at most one decrease for each
generation of calls: those that began before it say nothing new.
"""

from __future__ import annotations

import bisect
import math
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Response
from tapehiss.clients import errors
from tapehiss.clients.effects import Await, Signal, give
from tapehiss.clients.hints import Hint, hints_of, tightened
from tapehiss.clients.meters import AtOnce, AtOnceMeter, Limit, Meter, meter_of

if TYPE_CHECKING:
    from tapehiss.clients.effects import Flow, Layer, Outcome, Tried, Try

OVERLOADED = frozenset({429, 502, 503, 504, 529})
HINTS_MAX = 32
"""No vendor counts by more windows at once; the one that ends first is forgotten."""
UNSENT = (errors.Withheld, errors.LoginNeeded, errors.DeadlineExceeded, errors.InvalidRequest)
"""Raised from below, these say that nothing was sent."""


class Priority(IntEnum):
    """Which calls go first when there is not room for all."""

    CRITICAL = 0
    NORMAL = 1
    BULK = 2


@dataclass(frozen=True, slots=True)
class Adaptive:
    """So many calls at the same time as the vendor bears, found out by trying."""

    calls_min: int = 1
    calls_max: int = 64
    begin: int = 8
    decrease: float = 0.7

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not (1 <= self.calls_min <= self.begin <= self.calls_max and 0 < self.decrease < 1):
            what = "these bounds contradict each other"
            raise Misuse(what, "Adaptive", "give 1 <= calls_min <= begin <= calls_max and decrease between 0 and 1")


@dataclass(frozen=True, slots=True)
class LimitPolicy:
    """What a vendor allows; nothing is known of it by default, and what its answers say is kept to."""

    limits: tuple[Limit, ...] = ()
    """The vendor's own, all of which hold together."""
    adaptive: Adaptive | None = None
    hints: bool = True
    """Whether to keep to what answers say about remaining quotas and waits."""
    queue_max: int = 1_000
    """How many calls may wait; the next one is told at once."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if self.queue_max < 0:
            raise Misuse(f"queue_max is {self.queue_max}", "LimitPolicy", "give a number of calls, 0 for no queue")
        if not _are_limits(self.limits):
            remedy = "give a tuple, of one too: (Window(10, 1.0),)"
            raise Misuse("limits are no tuple of Window, Bucket and AtOnce", "LimitPolicy", remedy)


def _are_limits(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(each, Limit) for each in given)


@dataclass(slots=True)
class _Place:
    """A call in the queue, or among those that run."""

    rank: tuple[int, int]
    cost: float
    moved: Signal | None = None
    """Given when something changed that may let the call go; there is none while it does not wait."""
    began: float = 0.0


class Limiter:
    """The limits of one client; for any number of threads. Its lock is held for arithmetic only."""

    def __init__(self, policy: LimitPolicy) -> None:
        self.policy = policy
        self._meters: list[Meter] = [meter_of(limit) for limit in policy.limits]
        self._adaptive = AtOnceMeter(AtOnce(policy.adaptive.begin)) if policy.adaptive else None
        if self._adaptive is not None:
            self._meters.append(self._adaptive)
        self._decreased_at = -math.inf
        self._hints: dict[str, Hint] = {}
        self._queue: list[tuple[tuple[int, int], _Place]] = []
        self._running = 0.0
        self._count = 0
        self._lost: list[float] = []
        """Costs of calls that were cancelled while they ran: counted as ended when the time is told next."""
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return len(self._queue)

    @property
    def running(self) -> float:
        """The cost of the calls that run."""
        return self._running

    @property
    def concurrency(self) -> float:
        """How many calls at the same time the vendor is trusted to bear."""
        return self._adaptive.room if self._adaptive else math.inf

    def over(self, inner: Layer, priority: Priority = Priority.NORMAL, cost: float = 1.0) -> Layer:
        """The layer that lets a call go when its turn has come."""

        def layer(attempt: Try) -> Flow[Tried]:
            attempt, place = yield from self._turn(attempt, priority, cost)
            sent, tried = True, None
            try:
                tried = yield from inner(attempt)
            except UNSENT:
                sent = False
                raise
            finally:
                self._over(place, tried, sent=sent)
            return tried

        return layer

    def _turn(self, attempt: Try, priority: Priority, cost: float) -> Flow[tuple[Try, _Place]]:
        """Wait until the call may go; ``LimitReached`` when that cannot be in time."""
        place = self._enter(attempt, priority, cost)
        now = attempt.now
        try:
            while True:
                wait_s = self._ask(place, now)
                if wait_s == 0:
                    return attempt.at(now), place
                left_s = attempt.deadline - now
                if left_s <= 0 or left_s <= wait_s < math.inf:
                    until = "before a running call ends" if math.isinf(wait_s) else f"for {wait_s:.3g} s"
                    raise _no_room(attempt, f"its limit leaves no room {until}", wait_s)
                assert place.moved is not None, "whoever waits has a signal"
                now = (yield Await(place.moved, min(wait_s, left_s))).at
        finally:
            self._leave(place)

    def _enter(self, attempt: Try, priority: Priority, cost: float) -> _Place:
        if not 0 <= cost < math.inf:
            what, remedy = f"cost is {cost}", "give a number, finite and not negative"
            raise errors.InvalidRequest(what, errors.place(attempt.request), remedy)
        with self._lock:
            smallest = min((meter.room for meter in self._meters), default=math.inf)
            if cost > smallest:
                raise _no_room(attempt, f"a call of cost {cost:g} never fits into a limit of {smallest:g}")
            place = _Place((priority, self._count), cost)
            if len(self._queue) >= self.policy.queue_max and self._wait_s(place, attempt.now):
                raise _no_room(attempt, f"{len(self._queue)} calls wait already")
            self._count += 1
            bisect.insort(self._queue, (place.rank, place), key=_rank)
            return place

    def _ask(self, place: _Place, now: float) -> float:
        """0 when the call may go, which it then does; otherwise in how many seconds to ask again."""
        with self._lock:
            wait_s = self._wait_s(place, now)
            if wait_s:
                if place.moved is None or place.moved.done():
                    place.moved = Future()
                return wait_s
            self._dequeue(place)
            place.began = now
            self._running += place.cost
            for meter in self._meters:
                meter.begins(place.cost)
            self._hints = {
                name: Hint(hint.left - place.cost, hint.until) for name, hint in self._hints.items() if hint.until > now
            }
            self._wake_first()
            return 0.0

    def _wait_s(self, place: _Place, now: float) -> float:
        """Seconds until there is room for all that wait before, and then for this."""
        for cost in self._lost:
            self._ended(cost, now)
        self._lost.clear()
        before = bisect.bisect_left(self._queue, place.rank, key=_rank)
        need = place.cost + (sum(each.cost for _, each in self._queue[:before]) if before else 0.0)
        waits = [_of_meter(meter, need, now) for meter in self._meters]
        waits += [hint.until - now for hint in self._hints.values() if hint.left < need and hint.until > now]
        return max(waits, default=0.0)

    def _leave(self, place: _Place) -> None:
        """Out of the queue, if it is still there; all that waited behind may move up."""
        with self._lock:
            behind = self._dequeue(place)
            signals = [] if behind is None else [each.moved for _, each in self._queue[behind:]]
        for signal in signals:
            if signal is not None:
                give(signal)

    def _dequeue(self, place: _Place) -> int | None:
        at = bisect.bisect_left(self._queue, place.rank, key=_rank)
        if at < len(self._queue) and self._queue[at][1] is place:
            del self._queue[at]
            return at
        return None

    def _over(self, place: _Place, tried: Tried | None, *, sent: bool) -> None:
        """The call has ended: with an answer, without one at a moment that nobody told, or it was not sent at all."""
        with self._lock:
            if tried is not None:
                self._ended(place.cost, tried.at)
                self._learn(place, tried)
            elif sent:
                self._lost.append(place.cost)
            else:
                self._running -= place.cost
                for meter in self._meters:
                    meter.withdraws(place.cost)
            self._wake_first()

    def _ended(self, cost: float, at: float) -> None:
        self._running -= cost
        for meter in self._meters:
            meter.ends(cost, at)

    def _wake_first(self) -> None:
        if self._queue and (signal := self._queue[0][1].moved) is not None:
            give(signal)

    def _learn(self, place: _Place, tried: Tried) -> None:
        outcome = tried.outcome
        if self.policy.hints and isinstance(outcome, Response):
            for name, hint in hints_of(outcome, tried.at, tried.unix_s, self._running).items():
                self._hints[name] = tightened(self._hints.get(name), hint, tried.at)
            while len(self._hints) > HINTS_MAX:
                del self._hints[min(self._hints, key=lambda name: self._hints[name].until)]
        policy, meter = self.policy.adaptive, self._adaptive
        if policy is None or meter is None:
            return
        if not _overloaded(outcome):
            meter.room = min(meter.room + 1.0 / meter.room, policy.calls_max)
        elif place.began > self._decreased_at:
            meter.room = max(meter.room * policy.decrease, policy.calls_min)
            self._decreased_at = tried.at


def _rank(entry: tuple[tuple[int, int], _Place]) -> tuple[int, int]:
    return entry[0]


def _of_meter(meter: Meter, need: float, now: float) -> float:
    if need <= meter.room:
        return meter.wait_s(now, need)
    return max(meter.wait_s(now, meter.room), meter.lowest_s(need)) or math.inf


def _overloaded(outcome: Outcome) -> bool:
    return not isinstance(outcome, Response) or outcome.status in OVERLOADED


def _no_room(attempt: Try, what: str, wait_s: float | None = None) -> errors.LimitReached:
    told = None if wait_s is None or math.isinf(wait_s) else wait_s
    return errors.LimitReached(what, errors.place(attempt.request), errors.LimitReached.advice, retry_after_s=told)
