"""A world in memory: a client's flow meets a vendor, and hours of outage take microseconds.

The law of this file: there is no clock. The world's time is a number that only sleeping, waiting for an answer and running into
a timeout move. A flow is any generator that yields effects with ``request`` and ``timeout_s`` (send) or with ``wait_s`` (sleep) and
is sent replies; what a reply looks like is the client's affair, so the caller says how one is made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Protocol, TypeAlias, TypeVar

from tapehiss.cassettes.exchange import Ending, Request, header
from tapehiss.mocks.errors import EndlessFlow
from tapehiss.mocks.outcome import PLAIN
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.wire import HANG_MAX_S, Asked, message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from tapehiss.mocks.outcome import Outcome

R_contra = TypeVar("R_contra", contravariant=True)
R = TypeVar("R")
T = TypeVar("T")

EFFECTS_MAX = 100_000
"""A flow that wants more than this never ends."""


class Sending(Protocol):
    """Send the request once; wait for all of the response, at most so long."""

    @property
    def request(self) -> Request:
        """What is asked."""

    @property
    def timeout_s(self) -> float:
        """Seconds in all."""


class Waiting(Protocol):
    """Wait; never less."""

    @property
    def wait_s(self) -> float:
        """Seconds."""


Effect: TypeAlias = Sending | Waiting


@dataclass(frozen=True, slots=True)
class Step:
    """One request in a journey."""

    sent_at_s: float
    known_at_s: float
    """When the client knew what became of it."""
    request: Request
    outcome: Outcome
    """What the client saw: a timeout is one, whatever the vendor meant to answer."""

    def given_up(self, at_s: float) -> Step:
        """The same for a client that waits no longer than until then."""
        meant = self.outcome.response if self.outcome.meant is None else self.outcome.meant
        outcome = replace(self.outcome, response=None, ending=Ending.TIMED_OUT, body_bytes=None, meant=meant)
        return replace(self, known_at_s=at_s, outcome=outcome)


@dataclass(frozen=True, slots=True)
class Journey(Generic[T]):
    """What became of a flow: its result or the error that it raised, and what passed over the wire."""

    result: T | None
    error: Exception | None
    steps: tuple[Step, ...]
    slept_s: tuple[float, ...]
    now_s: float
    """The world's time at the end."""
    state: State


def travel(
    vendor: Vendor,
    flow: Generator[Effect, R, T],
    reply: Callable[[Outcome | None, float], R],
    *,
    state: State | None = None,
    now_s: float = 0.0,
) -> Journey[T]:
    """Drive a flow to its end against a vendor; ``reply(outcome, at_s)`` makes what it is sent, with ``None`` after a sleep."""
    state = State(began_s=now_s) if state is None else state
    steps: list[Step] = []
    slept: list[float] = []
    answer: R | None = None
    for _ in range(EFFECTS_MAX):
        try:
            effect = next(flow) if answer is None else flow.send(answer)
        except StopIteration as end:
            return Journey(end.value, None, tuple(steps), tuple(slept), now_s, state)
        except Exception as error:  # noqa: BLE001 (what a flow raises is its result)
            return Journey(None, error, tuple(steps), tuple(slept), now_s, state)
        wait_s = getattr(effect, "wait_s", None)
        if wait_s is not None:
            now_s += max(wait_s, 0.0)
            slept.append(wait_s)
            answer = reply(None, now_s)
            continue
        state, step = _sent(vendor, state, effect, now_s)  # type: ignore[arg-type]
        now_s = step.known_at_s
        steps.append(step)
        answer = reply(step.outcome, now_s)
    flow.close()
    endless = EndlessFlow(f"the flow wanted more than {EFFECTS_MAX} effects", remedy="give it a deadline")
    return Journey(None, endless, tuple(steps), tuple(slept), now_s, state)


def _sent(vendor: Vendor, state: State, effect: Sending, now_s: float) -> tuple[State, Step]:
    """One request and when the client knows what became of it."""
    state, outcome, delay_s = vendor.answer(state, effect.request, now_s)
    step = step_of(effect.request, outcome, now_s, delay_s, vendor.latency)
    given_up_s = now_s + effect.timeout_s
    return state, step if step.known_at_s <= given_up_s else step.given_up(given_up_s)


def step_of(request: Request, outcome: Outcome, now_s: float, delay_s: float, pace: float) -> Step:
    """One request of a client that waits for as long as it takes."""
    took_s = delay_s + duration_s(outcome, request, pace)
    if outcome.response is None and outcome.ending is not Ending.REFUSED:
        outcome = replace(outcome, ending=Ending.RESET)
    return Step(now_s, now_s + took_s, request, seen(outcome))


def duration_s(outcome: Outcome, request: Request, pace: float) -> float:
    """Seconds from the first byte of the answer to its last, or to the end of a silence."""
    if outcome.ending is Ending.TIMED_OUT:
        return HANG_MAX_S
    timed = pace or outcome.manner is not PLAIN
    asked = Asked(request.method, accept_encoding=header(request.headers, "accept-encoding") or "", pace=pace)
    message = message_of(outcome, asked) if timed else None
    return (message.pieces[-1][0] if message.pieces else message.head_s) if message else 0.0


def seen(outcome: Outcome) -> Outcome:
    """The outcome with no more of the body than arrives."""
    if outcome.response is None or outcome.body_bytes is None:
        return outcome
    return replace(outcome, response=replace(outcome.response, body=outcome.response.body[: outcome.body_bytes]))
