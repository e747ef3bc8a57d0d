"""Clients as they are found in programs: each breaks one promise, and is otherwise well-behaved."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Ending, Request, Response, header
from tapehiss.mocks.judge import Case, Terms, Verdict, judge, stable
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.trace import End, Trace, trace_of
from tapehiss.mocks.world import travel

if TYPE_CHECKING:
    from tapehiss.mocks.schedule import Schedule
    from tapehiss.mocks.vendor import Vendor


@dataclass(frozen=True)
class Send:
    """Ask once."""

    request: Request
    timeout_s: float = 30.0


@dataclass(frozen=True)
class Sleep:
    """Wait."""

    wait_s: float


class Unanswered(Exception):
    """A client's own error."""


STRICT = Terms()
Flow = Generator[Send | Sleep, Outcome, Any]
Client = Callable[[], Flow]


def run(vendor: Vendor, client: Client) -> Trace:
    """One run of a client."""
    journey = travel(vendor, client(), lambda outcome, _: outcome)
    crash = "" if journey.error is None or isinstance(journey.error, Unanswered) else repr(journey.error)
    return trace_of(vendor, journey.steps, End(journey.now_s, journey.error is None, crash))


def judged(vendor: Vendor, client: Client, schedule: Schedule, terms: Terms = STRICT) -> tuple[Verdict, ...]:
    """The verdicts on one run in this weather."""
    fair = stable(run(vendor, client), run(vendor, client))
    return judge(Case(fair, run(replace(vendor, schedule=schedule), client), terms))


def whole(outcome: Outcome) -> Response | None:
    """The answer, if it came whole."""
    return outcome.response if outcome.ending is Ending.COMPLETE else None


def trying(
    *requests: Request,
    attempts: int = 3,
    pause_s: Callable[[int], float] = lambda attempt: 0.5 * 2**attempt,
    again: Callable[[Request, Response | None], bool] = lambda request, answer: (
        answer.status == 429 if answer else request.method == "GET"
    ),
    wait: Callable[[str], float] = float,
    good: Callable[[Response | None], bool] = lambda answer: answer is not None and answer.status < 400,
    anew: Callable[[Request, int], Request] = lambda request, _: request,
) -> Client:
    """A client that asks for each in turn; every way in which it may go wrong is an argument."""

    def flow() -> Flow:
        for request in requests:
            for attempt in range(attempts):
                answer = whole((yield Send(anew(request, attempt))))
                if good(answer):
                    break
                if attempt + 1 == attempts or not again(request, answer):
                    raise Unanswered
                asked = header(answer.headers, "retry-after") if answer else None
                yield Sleep(wait(asked) if asked is not None else pause_s(attempt))

    return flow
