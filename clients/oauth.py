"""OAuth 2 for a client: a token that is there when it is needed, asked for once however many calls need it.

The law of this file: there is at most one request for a token at a time (A1); whoever needs one meanwhile waits for it and gets what
comes of it, an error too. A refresh token that rotates is sent once: if nobody knows what became of that, only a person can go on
(A2). A call asks for at most one new token because of a 401, and sends again once (A3); a token that is younger than ``FRESH_S`` is
not thrown away for it: then it is the endpoint that does not want it (A4).
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from tapehiss.cassettes.errors import TapehissError
from tapehiss.cassettes.exchange import Response
from tapehiss.clients import errors
from tapehiss.clients.classify import Verdict, verdict_on
from tapehiss.clients.effects import Await, Do, Signal, give
from tapehiss.clients.layers import once
from tapehiss.clients.retry import RetryPolicy, retrying
from tapehiss.clients.signing import turned_down, with_header
from tapehiss.clients.tokens import Token, good_for_s, token_of

if TYPE_CHECKING:
    from random import Random

    from tapehiss.cassettes.exchange import Request
    from tapehiss.clients.answer import Answer
    from tapehiss.clients.effects import Flow, Layer, Tried, Try
    from tapehiss.clients.errors import ApiError
    from tapehiss.clients.grants import Grant

LOGGER = logging.getLogger("tapehiss.clients")

FRESH_S = 60.0
"""A token that is younger is not the reason for a 401."""
MARGIN_S = 30.0
"""So long before it expires a token is renewed: clocks differ, and a request takes its time."""
OUR_FAULT = frozenset({400, 401, 403})
"""A token endpoint that says this wants something else from us: another secret, another login (RFC 6749 section 5.2)."""


class TokenStore(Protocol):
    """Keeps a token between processes. ``stores`` has some."""

    @property
    def blocking(self) -> bool:
        """Whether it may take so long that an event loop has to let a thread do it."""

    def load(self) -> Token | None:
        """What was kept, if anything was."""

    def save(self, token: Token) -> None:
        """Keep this instead."""


@dataclass(slots=True)
class Memory:
    """Keeps a token as long as the process lives."""

    token: Token | None = field(default=None, repr=False)
    blocking = False

    def load(self) -> Token | None:
        """What was kept."""
        return self.token

    def save(self, token: Token) -> None:
        """Keep this instead."""
        self.token = token


@dataclass(slots=True)
class _Flight:
    """One request for a token, on its way."""

    signal: Signal = field(default_factory=Future)
    token: Token | None = None
    """What came of it: used once by each that waited, however short its life."""
    error: ApiError | None = None


class OAuth:
    """The token of one client; for any number of threads and tasks."""

    def __init__(
        self, grant: Grant, *, dice: Random, store: TokenStore | None = None, policy: RetryPolicy | None = None
    ) -> None:
        self._grant = grant
        self._store = store or Memory()
        self._dice = dice
        """Of the system, for nonces (``random.SystemRandom``)."""
        policy = policy or RetryPolicy(deadline_s=30.0)
        self._policy = policy
        """Of what is sent once: a code that somebody came back with, and a refresh token that rotates."""
        insisting = replace(policy.promises, idempotent=policy.promises.idempotent | {"POST"})
        self._renewing = replace(policy, promises=insisting) if grant.repeatable else policy
        self._token: Token | None = None
        self._issued_at = 0.0
        """On the driver's monotonic clock."""
        self._seen: Token | None = None
        """What the store had when we last looked: only something else in it is news."""
        self._stale = self._spent = False
        self._flight: _Flight | None = None
        self._lock = threading.Lock()

    def over(self, inner: Layer) -> Layer:
        """The layer of one call."""
        renewed = False

        def layer(attempt: Try) -> Flow[Tried]:
            nonlocal renewed
            token, attempt = yield from self._current(attempt)
            tried = yield from inner(with_header(attempt, "Authorization", f"{token.kind} {token.access}"))
            if renewed or not turned_down(tried) or not self._throw_away(token, tried.at):
                return tried
            renewed = True
            return replace(tried, again=True)

        return layer

    def redeemed(self, request: Request, now: float) -> Flow[Token]:
        """Get the first token of a login: the flow of the request that ``AuthorizationCode.redeem`` makes."""
        reply = yield Do(self._kept, blocking=self._store.blocking)
        self._seen = reply.value if isinstance(reply.value, Token) else None
        answer = yield from retrying(request, self._policy, now=max(now, reply.at), dice=self._dice)
        token = self._taken(answer, reply.at, reply.unix_s, before=None)
        yield Do(lambda: self._keep(token), blocking=self._store.blocking)
        return token

    def _current(self, attempt: Try) -> Flow[tuple[Token, Try]]:
        """A token that is good now, and the time at which it was there."""
        while True:
            with self._lock:
                if self._token is not None and self._good(attempt.now):
                    return self._token, attempt
                flight, leads = self._flight or _Flight(), self._flight is None
                self._flight = flight
            if leads:
                attempt = yield from self._lead(flight, attempt)
            else:
                attempt = attempt.at((yield Await(flight.signal, max(attempt.left_s, 0.0))).at)
            if flight.token is not None:
                return flight.token, attempt
            if flight.error is not None:
                raise replace(flight.error)
            if attempt.left_s <= 0:
                what = "no token came in the time for the whole call"
                raise errors.DeadlineExceeded(what, errors.place(attempt.request), errors.DeadlineExceeded.advice)

    def _good(self, now: float) -> bool:
        token = self._token
        return token is not None and not self._stale and now < self._issued_at + good_for_s(token, MARGIN_S)

    def _lead(self, flight: _Flight, attempt: Try) -> Flow[Try]:
        """Get a token for all that wait for it; when this call is cancelled, one of them gets it."""
        try:
            attempt = yield from self._renew(attempt)
            flight.token = self._token
        except errors.DeadlineExceeded:
            raise  # of this call alone: those that wait may have more time
        except errors.ApiError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                self._flight = None
            give(flight.signal)
        return attempt

    def _renew(self, attempt: Try) -> Flow[Try]:
        reply = yield Do(self._kept, blocking=self._store.blocking)
        attempt = attempt.at(reply.at)
        if isinstance(reply.value, str):
            raise errors.LoginNeeded(reply.value, errors.place(attempt.request), errors.LoginNeeded.advice)
        if self._take_up(reply.value, reply.at, reply.unix_s):
            return attempt
        if self._spent:
            what = "nobody knows whether the refresh token was used up"
            raise errors.LoginNeeded(what, errors.place(attempt.request), errors.LoginNeeded.advice)
        nonce = f"{self._dice.getrandbits(128):032x}"
        request = self._request(attempt, reply.unix_s, nonce)
        policy = replace(self._renewing, deadline_s=max(min(self._renewing.deadline_s, attempt.left_s), 1e-3))
        token = yield from self._asked(request, policy, attempt, reply.unix_s)
        saved = yield Do(lambda: self._keep(token), blocking=self._store.blocking)
        return attempt.at(saved.at)

    def _request(self, attempt: Try, unix_s: float, nonce: str) -> Request:
        """What the grant sends; what is wrong with it (a key that cannot sign, an extra that is missing) is told as an error of the call."""
        try:
            return self._grant.request(self._token, unix_s, nonce)
        except errors.ApiError:
            raise
        except TapehissError as error:
            raise errors.LoginNeeded(error.what, errors.place(attempt.request), error.remedy) from None

    def _sent(self, attempt: Try) -> Flow[Tried]:
        """Send it once; that uses a rotating refresh token up, unless we know that it was not sent, or not taken."""
        self._spent = not self._grant.repeatable
        try:
            tried = yield from once(attempt)
        except (errors.InvalidRequest, errors.DeadlineExceeded):
            self._spent = False
            raise
        refused = isinstance(tried.outcome, Response) and 400 <= tried.outcome.status < 500
        if refused or verdict_on(attempt.request, tried.outcome, self._renewing.promises) is Verdict.NOT_PROCESSED:
            self._spent = False
        return tried

    def _asked(self, request: Request, policy: RetryPolicy, attempt: Try, unix_s: float) -> Flow[Token]:
        """Ask for a token. Whatever goes wrong is no error of the call that needs it: that was not sent."""
        where = errors.place(attempt.request)
        try:
            answer = yield from retrying(request, policy, now=attempt.now, dice=self._dice, layer=self._sent)
            return self._taken(answer, attempt.now, unix_s, before=self._token)
        except errors.ApiError as error:
            if isinstance(error, errors.LoginNeeded) or self._spent:
                raise errors.LoginNeeded(error.what, where, error.remedy) from None
            ended_at = attempt.now + (error.attempts[-1].ended_at if error.attempts else 0.0)
            if ended_at + policy.backoff_max_s >= attempt.deadline:  # more time could have brought one
                what = f"no token came in the time for the whole call: {error.what}"
                raise errors.DeadlineExceeded(what, where, errors.DeadlineExceeded.advice) from None
            what, advice = f"no token could be had: {error.what}", errors.NoToken.advice
            raise errors.NoToken(what, where, advice, retry_after_s=error.retry_after_s) from None

    def _kept(self) -> Token | str | None:
        """What the store has, or what is wrong with it: a store is anybody's code."""
        try:
            return self._store.load()
        except TapehissError as error:
            return f"the token store: {error.what}"
        except Exception as error:  # noqa: BLE001 (see above)
            return f"the token store raised {type(error).__name__}"

    def _keep(self, token: Token) -> None:
        """Have the store keep it; if it cannot, the token is good all the same."""
        try:
            self._store.save(token)
            self._seen = token
        except Exception as error:  # noqa: BLE001 (a store is anybody's code)
            LOGGER.warning("the token store raised %s: the token is kept in memory only", type(error).__name__)

    def _take_up(self, kept: object, now: float, unix_s: float) -> bool:
        """Use what another process has left, if it is good and not what we know already."""
        if not isinstance(kept, Token) or kept == self._seen:
            return False
        with self._lock:
            self._token, self._seen, self._stale, self._spent = kept, kept, False, False
            self._issued_at = now - max(unix_s - kept.issued_s, 0.0)
            return self._good(now)

    def _taken(self, answer: Answer, sent_at: float, unix_s: float, before: Token | None) -> Token:
        """The token of an answer; ``LoginNeeded`` or another error when there is none.

        ``before`` is the token that is renewed: its refresh token stays good if no other comes.
        """
        where = errors.place(answer.request)
        if answer.status in OUR_FAULT:
            what = f"no token is given for what we have ({answer.status})"
            raise errors.LoginNeeded(what, where, errors.LoginNeeded.advice, attempts=answer.attempts)
        if answer.status >= 400:
            kind = errors.for_status(answer.status)
            raise kind(f"the vendor answered {answer.status}", where, kind.advice, attempts=answer.attempts)
        token = token_of(answer.json(), unix_s, before)
        if token is None:
            what = "the answer hands out no token"
            raise errors.BodyInvalid(what, where, errors.BodyInvalid.advice, attempts=answer.attempts)
        with self._lock:
            self._token, self._stale, self._spent, self._issued_at = token, False, False, sent_at
        return token

    def _throw_away(self, token: Token, now: float) -> bool:
        """Have the next attempt get a new token; no when it would be for nothing."""
        with self._lock:
            if self._token is token:
                if now - self._issued_at < FRESH_S:
                    return False
                self._stale = True
            return True
