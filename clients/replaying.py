"""Requests asked one after the other, at a pace, until a bound is reached or the vendor has had enough: a flow that decides, and does nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Exchange
from tapehiss.clients.effects import Failure, Send, Sleep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tapehiss.cassettes.exchange import Request
    from tapehiss.clients.effects import Flow, Reply


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast and how long."""

    per_second: float = 2.0
    timeout_s: float = 30.0
    """How long one answer may take."""
    seconds_max: float = 60.0
    """How long all of it may take; no request begins later."""
    bytes_max: int = 256_000_000
    """How many bytes of answers are taken; no request begins when there are more."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it."""

    exchanges: tuple[Exchange, ...]
    """One for each request that was sent, in order."""
    stopped: str = ""
    """Why not all were sent; empty when all were."""


def replaying(requests: Sequence[Request], pace: Pace, now_s: float) -> Flow[Replayed]:
    """Send each request once; ``now_s`` is the driver's clock at the beginning."""
    done: list[Exchange] = []
    at_s, taken = now_s, 0
    for number, request in enumerate(requests):
        wait_s = now_s + number / pace.per_second - at_s
        if wait_s > 0:
            at_s = (yield Sleep(wait_s)).at
        if at_s - now_s > pace.seconds_max or taken > pace.bytes_max:
            return Replayed(tuple(done), f"after {at_s - now_s:.0f} s and {taken} bytes")
        reply = yield Send(request, pace.timeout_s)
        at_s = reply.at
        exchange = _exchange(request, reply)
        done.append(exchange)
        if exchange.response is not None:
            taken += len(exchange.response.body)
            if exchange.response.status == 429:
                return Replayed(tuple(done), "the vendor's rate limit was reached")
    return Replayed(tuple(done))


def _exchange(request: Request, reply: Reply) -> Exchange:
    outcome = reply.outcome
    if isinstance(outcome, Failure):
        return Exchange(request, outcome.response, outcome.ending, outcome.detail, started_at=reply.unix_s)
    return Exchange(request, outcome, started_at=reply.unix_s)
