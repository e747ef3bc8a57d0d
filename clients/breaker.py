"""A circuit breaker: a vendor that fails is left alone for a while, then asked carefully whether it is well again.

The law of this file: all changes of state are in ``NEXT``; what is not there changes nothing. ::

    CLOSED     --tripped-->    OPEN        too large a share of the recent attempts failed, and there were enough of them
    OPEN       --rested-->     HALF_OPEN   ``reset_s`` have passed, by the monotonic clock that it is told
    HALF_OPEN  --succeeded-->  CLOSED
    HALF_OPEN  --failed-->     OPEN

In HALF_OPEN at most ``probes_max`` attempts run. Each holds a permit, which comes back when it ends, however it ends; one that never
says so has lost it when its own timeout is over, so that nobody waits for ever. What an attempt says counts only in the state in
which it began: late news of the time before an outage does not end the next one. An answer of 4xx says nothing about the vendor's
health, and neither does a cancelled call.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import urlsplit

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Request, Response
from tapehiss.clients import errors
from tapehiss.clients.classify import BY_STATUS, READING, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.clients.effects import Flow, Layer, Outcome, Tried, Try

SCOPES_MAX = 1_000
"""How many breakers one client keeps."""
GRACE_S = 1.0
"""How much later than its timeout a probe may tell."""


class State(StrEnum):
    """Whether attempts are let through."""

    CLOSED = "closed"
    """All are."""
    OPEN = "open"
    """None is."""
    HALF_OPEN = "half open"
    """A few are."""


class Sign(StrEnum):
    """What happened that could change the state."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    NOTHING = "nothing"
    """An attempt that says nothing about the vendor's health."""
    TRIPPED = "tripped"
    RESTED = "rested"


NEXT = {
    (State.CLOSED, Sign.TRIPPED): State.OPEN,
    (State.OPEN, Sign.RESTED): State.HALF_OPEN,
    (State.HALF_OPEN, Sign.SUCCEEDED): State.CLOSED,
    (State.HALF_OPEN, Sign.FAILED): State.OPEN,
}


@dataclass(frozen=True, slots=True)
class BreakerPolicy:
    """When to leave a vendor alone, and for how long."""

    share: float = 0.5
    """It opens when this share of the recent attempts failed ..."""
    attempts_min: int = 10
    """... and there were at least so many."""
    attempts_max: int = 50
    """How many attempts back it looks ..."""
    window_s: float = 60.0
    """... and how long."""
    reset_s: float = 30.0
    """How long it stays open."""
    probes_max: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be meant."""
        wrong = [
            name
            for name, right in (
                ("share", 0 < self.share <= 1),
                ("attempts_max", 1 <= self.attempts_min <= self.attempts_max <= 10_000),
                ("window_s", 0 < self.window_s < float("inf")),
                ("reset_s", 0 < self.reset_s < float("inf")),
                ("probes_max", self.probes_max >= 1),
            )
            if not right
        ]
        if wrong:
            what = f"{wrong[0]} is {getattr(self, wrong[0])}"
            raise Misuse(what, "BreakerPolicy", "give positive numbers, share at most 1, attempts_min <= attempts_max")


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to make one attempt; it counts in the state in which it was given."""

    era: int
    number: int
    until: float
    """When it is lost, if nothing is heard of the attempt."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """One breaker, as a value."""

    state: State = State.CLOSED
    since: float = 0.0
    era: int = 0
    """One more with every change of state."""
    recent: tuple[tuple[float, bool], ...] = ()
    """``(when it ended, whether it failed)`` of the recent attempts, while CLOSED."""
    probes: tuple[Permit, ...] = ()
    given: int = 0
    """How many permits for probes."""


def asked(circuit: Circuit, policy: BreakerPolicy, now: float, timeout_s: float) -> tuple[Circuit, Permit | None]:
    """Ask for leave to make an attempt that takes at most so long."""
    if circuit.state is State.OPEN and now - circuit.since >= policy.reset_s:
        circuit = _changed(circuit, Sign.RESTED, now)
    if circuit.state is State.OPEN:
        return circuit, None
    permit = Permit(circuit.era, circuit.given, now + timeout_s + GRACE_S)
    if circuit.state is State.CLOSED:
        return circuit, permit
    probes = tuple(each for each in circuit.probes if each.until > now)
    if len(probes) >= policy.probes_max:
        return replace(circuit, probes=probes), None
    return replace(circuit, probes=(*probes, permit), given=circuit.given + 1), permit


def settled(circuit: Circuit, policy: BreakerPolicy, permit: Permit, sign: Sign, now: float) -> Circuit:
    """An attempt has ended, and what that says."""
    if permit.era != circuit.era:
        return circuit
    if circuit.state is State.CLOSED:
        return circuit if sign is Sign.NOTHING else _counted(circuit, policy, sign, now)
    circuit = replace(circuit, probes=tuple(each for each in circuit.probes if each != permit))
    return _changed(circuit, sign, now)


def opens_in_s(circuit: Circuit, policy: BreakerPolicy, now: float) -> float:
    """In how many seconds it makes sense to ask again, for one that was turned away."""
    until = (each.until for each in circuit.probes)
    return max((circuit.since + policy.reset_s if circuit.state is State.OPEN else min(until, default=now)) - now, 0.0)


def _counted(circuit: Circuit, policy: BreakerPolicy, sign: Sign, now: float) -> Circuit:
    kept = (*circuit.recent, (now, sign is Sign.FAILED))[-policy.attempts_max :]
    recent = kept if kept[0][0] > now - policy.window_s else tuple(e for e in kept if e[0] > now - policy.window_s)
    circuit = Circuit(circuit.state, circuit.since, circuit.era, recent, given=circuit.given)
    if sign is not Sign.FAILED or len(recent) < policy.attempts_min:
        return circuit
    failed = sum(failed for _, failed in recent)
    return _changed(circuit, Sign.TRIPPED, now) if failed >= policy.share * len(recent) else circuit


def _changed(circuit: Circuit, sign: Sign, now: float) -> Circuit:
    state = NEXT.get((circuit.state, sign))
    return circuit if state is None else Circuit(state, now, circuit.era + 1, given=circuit.given)


def sign_of(outcome: Outcome) -> Sign:
    """What an outcome says about the vendor's health."""
    if not isinstance(outcome, Response):
        return Sign.FAILED
    if outcome.status >= 500 and BY_STATUS.get(outcome.status) is not Verdict.DONE:
        return Sign.FAILED
    return Sign.SUCCEEDED if outcome.status < 400 else Sign.NOTHING


Scope: TypeAlias = tuple[str, ...]
"""What breaks together: by default a host's reads, and its writes."""


def scope_of(request: Request) -> Scope:
    """Host and class of operation."""
    return urlsplit(request.url).netloc, "reads" if request.method in READING else "writes"


class Breaker:
    """The breakers of one client, one for each scope; for any number of threads, which it never keeps waiting."""

    def __init__(self, policy: BreakerPolicy, scope: Callable[[Request], Scope] = scope_of) -> None:
        self.policy = policy
        self._scope = scope
        self._circuits: dict[Scope, Circuit] = {}
        self._lock = threading.Lock()

    def circuit(self, request: Request) -> Circuit:
        """The breaker that a request would meet."""
        return self._circuits.get(self._scope(request), Circuit())

    def over(self, inner: Layer) -> Layer:
        """The layer that lets through what may pass, and learns from how it ends."""

        def layer(attempt: Try) -> Flow[Tried]:
            scope = self._scope(attempt.request)
            permit = self._ask(scope, attempt)
            sign, at = Sign.NOTHING, attempt.now
            try:
                tried = yield from inner(attempt)
                sign, at = sign_of(tried.outcome), tried.at
            finally:
                self._settle(scope, permit, sign, at)
            return tried

        return layer

    def _settle(self, scope: Scope, permit: Permit, sign: Sign, at: float) -> None:
        with self._lock:
            circuit = self._circuits.get(scope)
            if circuit is not None:  # otherwise there were so many scopes that it was forgotten
                self._circuits[scope] = settled(circuit, self.policy, permit, sign, at)

    def _ask(self, scope: Scope, attempt: Try) -> Permit:
        with self._lock:
            known = self._circuits.pop(scope, Circuit())
            circuit, permit = asked(known, self.policy, attempt.now, attempt.timeout_s)
            self._circuits[scope] = circuit
            if len(self._circuits) > SCOPES_MAX:
                del self._circuits[next(iter(self._circuits))]
        if permit is not None:
            return permit
        wait_s = opens_in_s(circuit, self.policy, attempt.now)
        what = f"it failed too often of late, and is left alone for {wait_s:.3g} s more"
        where, advice = errors.place(attempt.request), errors.CircuitOpen.advice
        raise errors.CircuitOpen(what, where, advice, retry_after_s=wait_s)
