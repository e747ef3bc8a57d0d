"""The retry flow: one request, sent as often as that helps and never when it could do harm.

The law of this file: an attempt that is AMBIGUOUS is sent again only if a second copy does no harm; every attempt is the same
value, so that key and body cannot differ; a wait is never shorter than the vendor asked for: if it is longer than we may, the
call ends with an error that carries it. Backoff is full jitter (M. Brooker, "Exponential Backoff and Jitter", AWS, 2015).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Ending, Request, Response, header
from tapehiss.clients import errors
from tapehiss.clients.answer import Answer
from tapehiss.clients.classify import KEY_HEADERS, READING, Attempt, Verdict, may_be_sent_twice, verdict_on
from tapehiss.clients.effects import Failure, Flow, Outcome, Reply, Send, Sleep
from tapehiss.clients.retry_after import retry_after

if TYPE_CHECKING:
    from random import Random

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
    unprocessed: frozenset[int] = frozenset()
    """Statuses of which this vendor promises that nothing was done, beside 421, 425 and 429; 503 for some."""
    idempotent: frozenset[str] = frozenset()
    """Methods of which this vendor promises that twice is once; ``classify.IDEMPOTENT`` if it keeps to the RFC."""
    key_headers: tuple[str, ...] = KEY_HEADERS
    """Headers by which this vendor recognises a request that it has seen."""

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


def retrying(request: Request, policy: RetryPolicy, *, now: float, dice: Random) -> Flow[Answer]:
    """Send a request until it is answered, whatever the answer; ``ApiError`` when that cannot be had safely and in time.

    ``now`` is the driver's monotonic time. A status of 400 or above that is no reason to try again is an answer, too.
    """
    deadline = now + policy.deadline_s
    began = sending = now
    attempts: tuple[Attempt, ...] = ()
    while True:
        reply = yield Send(request, min(policy.attempt_timeout_s, deadline - sending))
        outcome = _answered(reply)
        attempt = _logged(outcome, sending - began, reply.at - began, policy)
        attempts = (*attempts, attempt)
        if attempt.verdict is Verdict.DONE and isinstance(outcome, Response):
            return Answer(request, outcome, attempts)
        call = _Call(request, policy, attempts, outcome, reply)
        wait_s = call.wait_s(deadline, dice)
        sending = (yield Sleep(wait_s)).at
        if sending >= deadline:
            raise call.given_up(errors.DeadlineExceeded, "the time for the whole call was used up")


def backoff_s(policy: RetryPolicy, failed: int, dice: Random) -> float:
    """Seconds to wait after so many failed attempts: anything from 0 to the doubled base, up to the maximum."""
    doubled = policy.backoff_base_s * 2.0 ** min(failed - 1, DOUBLINGS_MAX)
    return dice.uniform(0.0, min(doubled, policy.backoff_max_s))


def _answered(reply: Reply) -> Outcome:
    assert reply.outcome is not None, "a Send is answered by an outcome"
    return reply.outcome


def _logged(outcome: Outcome, sent_at: float, ended_at: float, policy: RetryPolicy) -> Attempt:
    verdict = verdict_on(outcome, policy.unprocessed)
    if isinstance(outcome, Response):
        return Attempt(sent_at, ended_at, verdict, outcome.status)
    status = outcome.response.status if outcome.response else None
    return Attempt(sent_at, ended_at, verdict, status, outcome.ending, outcome.detail)


@dataclass(frozen=True, slots=True)
class _Call:
    """Where a call stands after an attempt that did not end it."""

    request: Request
    policy: RetryPolicy
    attempts: tuple[Attempt, ...]
    outcome: Outcome
    reply: Reply

    @property
    def response(self) -> Response | None:
        return self.outcome.response if isinstance(self.outcome, Failure) else self.outcome

    @property
    def retry_after_s(self) -> float | None:
        return retry_after(self.response.headers, self.reply.unix_s) if self.response else None

    def wait_s(self, deadline: float, dice: Random) -> float:
        """How long to wait before the next attempt; raises when there must be none."""
        if not self._hopeful():
            raise self.given_up(*_last_word(self.outcome))
        asked_s, left_s = self.retry_after_s, deadline - self.reply.at
        if asked_s is not None and (asked_s > self.policy.retry_after_max_s or asked_s >= left_s):
            raise self.given_up(errors.RetryAfterTooLong, f"the vendor wants us to wait {asked_s:g} s")
        jitter_s = backoff_s(self.policy, len(self.attempts) if asked_s is None else 1, dice)
        wait_s = (asked_s or 0.0) + jitter_s
        if wait_s >= left_s:
            raise self.given_up(errors.DeadlineExceeded, "waiting would use up the time for the whole call")
        return wait_s

    def _hopeful(self) -> bool:
        """Whether another attempt is allowed and could help."""
        policy = self.policy
        harmless = self.attempts[-1].verdict is Verdict.NOT_PROCESSED or may_be_sent_twice(
            self.request, idempotent=policy.idempotent, key_headers=policy.key_headers
        )
        headers = self.response.headers if self.response else ()
        useless = any((header(headers, name) or "").strip().lower() == "false" for name in NO_RETRY_HEADERS)
        return harmless and not useless and len(self.attempts) < policy.attempts_max

    def given_up(self, kind: type[ApiError], what: str) -> ApiError:
        """The error that ends the call; a write of which the outcome is not known is that before anything else."""
        unknown = any(attempt.verdict is Verdict.AMBIGUOUS for attempt in self.attempts)
        if unknown and self.request.method not in READING:
            kind, what = errors.OutcomeUnknown, f"the vendor may or may not have done this: {what}"
        return kind(
            f"{what} ({len(self.attempts)} of {self.policy.attempts_max} attempts)",
            errors.place(self.request),
            kind.advice,
            self.response,
            self.attempts,
            self.retry_after_s,
        )


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
