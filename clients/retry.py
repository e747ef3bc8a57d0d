"""The retry flow: one request, sent as often as that helps and never when it could do harm.

The law of this file: an attempt that is AMBIGUOUS is sent again only if a second copy does no harm; every attempt is the same
value, so that key and body cannot differ; a wait is never shorter than the vendor asked for: if it is longer than we may, the
call ends with an error that carries it. Backoff is full jitter (M. Brooker, "Exponential Backoff and Jitter", AWS, 2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending, Response, header
from tapehiss.clients import errors
from tapehiss.clients.answer import Answer
from tapehiss.clients.classify import READING, Attempt, Promises, Verdict, verdict_on
from tapehiss.clients.effects import Emit, Event, Failure, Flow, Outcome, Sleep, Try
from tapehiss.clients.layers import once
from tapehiss.contracts.retry_after import retry_after

if TYPE_CHECKING:
    from random import Random

    from tapehiss.cassettes.exchange import Request
    from tapehiss.clients.budget import RetryBudget
    from tapehiss.clients.effects import Layer, Tried
    from tapehiss.clients.errors import ApiError

ATTEMPTS_MAX = 100
"""No policy may try more often."""
DOUBLINGS_MAX = 60
"""The backoff doubles no more often: 2.0 ** 1024 overflows."""
NO_RETRY_HEADERS = ("x-should-retry", "stripe-should-retry")
"""Headers by which a vendor says ``false`` when trying again is useless; a ``true`` never makes a resend safe."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, how long and for which vendor; the defaults are safe for one that is not known."""

    attempts_max: int = 3
    deadline_s: float = 60.0
    """For the whole call, waits included."""
    attempt_timeout_s: float = 30.0
    """For one attempt, from connecting to the last byte of the body."""
    backoff_base_s: float = 0.5
    backoff_max_s: float = 8.0
    retry_after_max_s: float = 60.0
    """A longer ``Retry-After`` ends the call."""
    promises: Promises = field(default_factory=Promises)
    """What this vendor promises; nothing, unless somebody who knows it says so."""

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        if not 1 <= self.attempts_max <= ATTEMPTS_MAX:
            raise Misuse(
                f"attempts_max is {self.attempts_max}", "RetryPolicy", f"give a number from 1 to {ATTEMPTS_MAX}"
            )
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name.endswith("_s") and not (math.isfinite(value) and value >= 0):
                raise Misuse(f"{each.name} is {value}", "RetryPolicy", "give seconds, finite and not negative")
        if self.deadline_s <= 0 or self.attempt_timeout_s <= 0:
            raise Misuse("there is no time to send anything", "RetryPolicy", "give a deadline and a timeout above zero")


def retrying(
    request: Request,
    policy: RetryPolicy,
    *,
    now: float,
    dice: Random,
    layer: Layer = once,
    budget: RetryBudget | None = None,
    call: str = "",
) -> Flow[Answer]:
    """Send a request until it is answered, whatever the answer; ``ApiError`` when that cannot be had safely and in time.

    ``now`` is the driver's monotonic time, ``call`` the call's id for events (nobody is told when it is empty). A status of 400 or
    above that is no reason to try again is an answer, too.
    """
    if budget is not None:
        budget.asked(now)
    state = _Call(request, policy, now, now + policy.deadline_s)
    sending = now
    while True:
        try:
            tried = yield from layer(Try(request, sending, state.deadline, policy.attempt_timeout_s))
        except errors.ApiError as error:
            raise state.stopped(error) from None
        state = state.after(tried)
        if call:
            yield Emit(state.ended(call))
        if state.answered:
            return Answer(request, tried.outcome, state.attempts)  # type: ignore[arg-type]  # that is what answered means
        if tried.again and len(state.attempts) < policy.attempts_max:
            sending = tried.at
            continue
        wait_s = state.wait_s(dice, budget)
        if call:
            yield Emit(state.waiting(call, wait_s))
        sending = (yield Sleep(wait_s)).at


def backoff_s(policy: RetryPolicy, failed: int, dice: Random) -> float:
    """Seconds to wait after so many failed attempts: anything from 0 to the doubled base, up to the maximum."""
    doubled = policy.backoff_base_s * 2.0 ** min(failed - 1, DOUBLINGS_MAX)
    return dice.uniform(0.0, min(doubled, policy.backoff_max_s))


@dataclass(frozen=True, slots=True)
class _Call:
    """Where a call stands."""

    request: Request
    policy: RetryPolicy
    began: float
    deadline: float
    attempts: tuple[Attempt, ...] = ()
    last: Tried | None = None

    def after(self, tried: Tried) -> _Call:
        """Where it stands after one more attempt."""
        outcome = tried.outcome
        verdict = verdict_on(self.request, outcome, self.policy.promises)
        if tried.again:
            verdict = Verdict.NOT_PROCESSED
        sent_at, ended_at = tried.sent_at - self.began, tried.at - self.began
        if isinstance(outcome, Response):
            attempt = Attempt(sent_at, ended_at, verdict, outcome.status)
        else:
            status = outcome.response.status if outcome.response else None
            attempt = Attempt(sent_at, ended_at, verdict, status, outcome.ending, outcome.detail)
        return _Call(self.request, self.policy, self.began, self.deadline, (*self.attempts, attempt), tried)

    @property
    def answered(self) -> bool:
        """Whether the last attempt ended the call."""
        return self.attempts[-1].verdict is Verdict.DONE and isinstance(self._outcome, Response)

    @property
    def _outcome(self) -> Outcome | None:
        return self.last.outcome if self.last else None

    @property
    def _response(self) -> Response | None:
        return self._outcome.response if isinstance(self._outcome, Failure) else self._outcome

    @property
    def _asked_s(self) -> float | None:
        """The wait that the vendor asked for last."""
        return retry_after(self._response.headers, self.last.unix_s) if self._response and self.last else None

    def wait_s(self, dice: Random, budget: RetryBudget | None) -> float:
        """How long to wait before the next attempt; raises when there must be none."""
        last, policy = self.last, self.policy
        assert last is not None
        if not self._hopeful():
            raise self._given_up(*_last_word(last.outcome))
        asked_s, left_s = self._asked_s, self.deadline - last.at
        if asked_s is not None and (asked_s > policy.retry_after_max_s or asked_s >= left_s):
            raise self._given_up(errors.RetryAfterTooLong, f"the vendor wants us to wait {asked_s:g} s")
        jitter_s = backoff_s(policy, len(self.attempts) if asked_s is None else 1, dice)
        wait_s = (asked_s or 0.0) + jitter_s
        if wait_s >= left_s:
            raise self._given_up(errors.DeadlineExceeded, "waiting would use up the time for the whole call")
        if budget is not None and not budget.spend(last.at):
            kind, what = _last_word(last.outcome)
            raise self._given_up(kind, f"{what}, and the budget for retries is used up")
        return wait_s

    def _hopeful(self) -> bool:
        """Whether another attempt is allowed and could help."""
        unprocessed = self.attempts[-1].verdict is Verdict.NOT_PROCESSED
        harmless = unprocessed or self.policy.promises.may_get_twice(self.request)
        headers = self._response.headers if self._response else ()
        useless = any((header(headers, name) or "").strip().lower() == "false" for name in NO_RETRY_HEADERS)
        return harmless and not useless and len(self.attempts) < self.policy.attempts_max

    def _given_up(self, kind: type[ApiError], what: str) -> ApiError:
        """The error that ends the call; a write of which the outcome is not known is that before anything else."""
        unknown = any(attempt.verdict is Verdict.AMBIGUOUS for attempt in self.attempts)
        if unknown and self.request.method not in READING:
            kind, what = errors.OutcomeUnknown, f"the vendor may or may not have done this: {what}"
        return kind(
            f"{what} ({len(self.attempts)} of {self.policy.attempts_max} attempts)",
            errors.place(self.request),
            kind.advice,
            self._response,
            self.attempts,
            self._asked_s,
        )

    def stopped(self, error: ApiError) -> ApiError:
        """The error that ends the call when a layer did not let the next attempt through, or nothing can be made of its answer."""
        stop = self._given_up(type(error), error.what)
        told_s = stop.retry_after_s if error.retry_after_s is None else error.retry_after_s
        remedy = error.remedy if type(stop) is type(error) else stop.remedy
        return replace(stop, remedy=remedy, retry_after_s=told_s, response=error.response or stop.response)

    def ended(self, call: str) -> Event:
        """What to say of the last attempt."""
        attempt, at = self.attempts[-1], self.began + self.attempts[-1].ended_at
        said = f"{attempt.verdict}{'' if attempt.status else f', {attempt.ending}'}"
        seconds = attempt.ended_at - attempt.sent_at
        where = errors.place(self.request)
        return Event("attempt-ended", call, at, where, len(self.attempts), attempt.status, seconds, said)

    def waiting(self, call: str, wait_s: float) -> Event:
        """What to say of a wait."""
        asked = "the vendor asked for it" if self._asked_s is not None else "backoff"
        at = self.began + self.attempts[-1].ended_at
        return Event("waiting", call, at, errors.place(self.request), len(self.attempts), None, wait_s, asked)


def _last_word(outcome: Outcome) -> tuple[type[ApiError], str]:
    """The error for an outcome after which nothing more is tried."""
    if isinstance(outcome, Failure):
        return errors.NoAnswer, ENDINGS[outcome.ending]
    return errors.for_status(outcome.status), f"the vendor answered {outcome.status}"


ENDINGS = {
    Ending.COMPLETE: "no answer came",
    Ending.RESET: "the connection was closed before the answer",
    Ending.TRUNCATED: "the answer is not complete",
    Ending.REFUSED: "no connection could be made",
    Ending.TIMED_OUT: "no complete answer came in time",
    Ending.CLIENT_GONE: "we went away before the answer",
    Ending.TLS_FAILURE: "no safe connection could be made",
    Ending.MALFORMED: "the answer cannot be read",
}
"""Each way to end, in words."""
