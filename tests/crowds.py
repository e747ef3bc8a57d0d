"""Many calls at once in virtual time: flows that share limiters, breakers and tokens, a vendor that takes its time, and cancellations."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.clients.effects import Await, Do, Emit, Failure, Reply, Send

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tapehiss.cassettes.exchange import Request
    from tapehiss.clients.effects import Effect, Flow, Outcome

EPOCH_S = 1_792_000_000.0
STEPS_MAX = 30_000


@dataclass
class Caller:
    """One flow on its way."""

    number: int
    flow: Flow[Any]
    result: Any = None
    error: BaseException | None = None
    ended_at: float | None = None
    cancelled: bool = False
    turn: int = 0
    """What it waits for: an earlier wake-up is stale."""


@dataclass
class Crowd:
    """Runs flows against a vendor: ``answer(request, arrival) -> (outcome, seconds until it is there)``."""

    answer: Callable[[Request, float], tuple[Outcome, float]]
    transit_s: Callable[[], float] = float
    """How long a request is on its way to the vendor."""
    now: float = 0.0
    sent: list[tuple[float, Request]] = field(default_factory=list)
    """``(when it was sent, what)``, in order."""
    arrived: list[tuple[float, Request]] = field(default_factory=list)
    """``(when it was there, what)``."""
    told: list[Outcome] = field(default_factory=list)
    """What became of each request, as the client sees it."""
    events: list[Any] = field(default_factory=list)
    callers: list[Caller] = field(default_factory=list)
    waits: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self._heap: list[tuple[float, int, Callable[[], None], Callable[[], bool]]] = []
        self._order = count()

    def at(self, when: float, act: Callable[[], None], alive: Callable[[], bool] = lambda: True) -> None:
        """Do something at a moment, if it still matters then."""
        heapq.heappush(self._heap, (when, next(self._order), act, alive))

    def start(self, when: float, flow: Flow[Any] | Callable[[float], Flow[Any]]) -> Caller:
        """Let a flow begin at a moment; made at that moment when it is given as a function of the time."""
        caller = Caller(len(self.callers), flow if hasattr(flow, "send") else None)
        self.callers.append(caller)

        def begin() -> None:
            caller.flow = caller.flow or flow(self.now)
            self._step(caller, lambda: next(caller.flow))

        self.at(when, begin)
        return caller

    def cancel(self, when: float, caller: Caller) -> None:
        """Cancel a flow at a moment, as the drivers do: it is closed."""

        def act() -> None:
            if caller.ended_at is None and caller.flow is not None:
                caller.cancelled, caller.ended_at = True, self.now
                caller.turn += 1
                caller.flow.close()

        self.at(when, act)

    def run(self) -> Crowd:
        """Until nothing is left to do."""
        for _ in range(STEPS_MAX):
            if not self._heap:
                return self
            when, _, act, alive = heapq.heappop(self._heap)
            if alive():
                self.now = max(self.now, when)
                act()
        raise AssertionError("this crowd never comes to an end")

    def _step(self, caller: Caller, advance: Callable[[], Effect]) -> None:
        try:
            while True:
                effect = advance()
                caller.turn += 1
                if isinstance(effect, Emit):
                    self.events.append(effect.event)
                    advance = self._saying(caller)
                elif isinstance(effect, Do):
                    advance = self._saying(caller, value=effect.action())
                else:
                    return self._begin(caller, effect)
        except StopIteration as done:
            caller.result, caller.ended_at = done.value, self.now
        except Exception as error:  # noqa: BLE001 (what a flow raises is its result)
            caller.error, caller.ended_at = error, self.now

    def _saying(self, caller: Caller, outcome: Outcome | None = None, value: Any = None) -> Callable[[], Effect]:
        return lambda: caller.flow.send(Reply(outcome, self.now, EPOCH_S + self.now, value))

    def _wake(self, caller: Caller, after_s: float, outcome: Outcome | None = None) -> None:
        turn = caller.turn
        self.at(
            self.now + after_s, lambda: self._step(caller, self._saying(caller, outcome)), lambda: caller.turn == turn
        )

    def _begin(self, caller: Caller, effect: Effect) -> None:
        if isinstance(effect, Send):
            self._send(caller, effect)
        elif isinstance(effect, Await):
            turn = caller.turn
            self.waits[caller.number].append(effect.timeout_s)
            effect.signal.add_done_callback(lambda _: caller.turn == turn and self._wake(caller, 0.0))
            if effect.timeout_s < math.inf:
                self._wake(caller, effect.timeout_s)
        else:
            self.waits[caller.number].append(effect.wait_s)
            self._wake(caller, effect.wait_s)

    def _send(self, caller: Caller, effect: Send) -> None:
        self.sent.append((self.now, effect.request))
        turn, transit_s, began = caller.turn, self.transit_s(), self.now

        def arrive() -> None:
            self.arrived.append((self.now, effect.request))
            outcome, took_s = self.answer(effect.request, self.now)
            if self.now + took_s - began > effect.timeout_s:
                outcome, took_s = Failure(Ending.TIMED_OUT), began + effect.timeout_s - self.now
            self.told.append(outcome)
            if caller.turn == turn:
                self._wake(caller, took_s, outcome)

        self.at(self.now + transit_s, arrive)


def well(_request: Request, _now: float) -> tuple[Outcome, float]:
    """A vendor that answers at once and is well."""
    return Response(200), 0.0


def plainly(flow: Flow[Any], events: list[Any] | None = None) -> Generator[Any, Reply, Any]:
    """A flow that is alone: with no effects but ``Send`` and ``Sleep``, for worlds that know no others."""
    said: Reply | None = None
    while True:
        try:
            effect = next(flow) if said is None else flow.send(said)
        except StopIteration as done:
            return done.value
        if isinstance(effect, Emit):
            said = said or Reply(None, 0.0)
            if events is not None:
                events.append(effect.event)
        elif isinstance(effect, Do):
            said = Reply(None, said.at if said else 0.0, said.unix_s if said else 0.0, effect.action())
        else:
            assert not isinstance(effect, Await), "nobody else is here who could say anything"
            said = yield effect
