"""Sending a webhook: a flow that insists as Standard Webhooks says, until it is taken, nobody wants it, or the schedule is over.

The law of this file: what is signed is what is sent: the body is bytes, made once. Every attempt has the same id and body and is signed anew,
at its own time. Redirects are not followed, and are failures.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.effects import Failure, Flow, Outcome, Send, Sleep
from tapehiss.contracts.retry_after import retry_after
from tapehiss.contracts.webhook_events import headers_of
from tapehiss.contracts.webhook_retries import RETRIES, Answer, Retries, meaning, wait_s
from tapehiss.contracts.webhook_signatures import Keyring, sign

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where somebody wants our webhooks, and how we insist; while a secret is changed, the ring has the new and the old one."""

    url: str = field(repr=False)
    """It may hold a secret, and is not said aloud."""
    ring: Keyring
    retries: Retries = RETRIES["standard"]


@dataclass(frozen=True, slots=True)
class Message:
    """One event, as it is going to be sent."""

    id: str
    type: str
    body: bytes
    version: str = ""


class Fate(StrEnum):
    """How a delivery ended."""

    TAKEN = "taken"
    GONE = "gone"
    """The endpoint wants nothing any more: send it nothing else."""
    EXHAUSTED = "exhausted"
    """Nothing was left of the schedule, or the receiver asked for a wait that is none."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of a delivery's log."""

    unix_s: float
    """When it ended."""
    status: int | None
    """``None`` if no whole answer came."""
    ending: Ending = Ending.COMPLETE


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a message."""

    message_id: str
    fate: Fate
    attempts: tuple[Attempt, ...]


def message_of(event_id: str, kind: str, data: Any, unix_s: float) -> Message:
    """An event in the form that Standard Webhooks recommends: ``type``, ``timestamp`` and ``data``; ``ValueError`` if it is no JSON."""
    at = datetime.fromtimestamp(unix_s, UTC).isoformat()
    body = json.dumps({"type": kind, "timestamp": at, "data": data}, allow_nan=False).encode()
    return Message(event_id, kind, body)


def delivering(
    endpoint: Endpoint, message: Message, *, unix_s: float, dice: Random, wanted: Callable[[], bool] = lambda: True
) -> Flow[Delivery]:
    """Send a message until it is taken; whatever happens is told by the result.

    ``unix_s`` is the driver's wall clock now; ``wanted`` is asked before each attempt whether the endpoint still takes anything.
    """
    retries = endpoint.retries
    attempts: tuple[Attempt, ...] = ()
    while wanted():
        reply = yield Send(_request(endpoint, message, unix_s), retries.timeout_s)
        assert reply.outcome is not None, "a Send is answered by an outcome"
        attempt, answer, asked_s = _read(retries, reply.outcome, reply.unix_s)
        attempts = (*attempts, attempt)
        if answer is not Answer.AGAIN:
            return Delivery(message.id, Fate.TAKEN if answer is Answer.TAKEN else Fate.GONE, attempts)
        pause_s = wait_s(retries, len(attempts), asked_s, dice)
        if pause_s is None:
            return Delivery(message.id, Fate.EXHAUSTED, attempts)
        unix_s = (yield Sleep(pause_s)).unix_s
    return Delivery(message.id, Fate.GONE, attempts)


def _request(endpoint: Endpoint, message: Message, unix_s: float) -> Request:
    ring = endpoint.ring
    headers = (
        ("Content-Type", "application/json"),
        ("User-Agent", "tapehiss-webhooks"),
        *headers_of(ring.style, message.id, message.type, message.version),
        *sign(ring, message.id, unix_s, message.body),
    )
    return Request("POST", endpoint.url, headers, message.body)


def _read(retries: Retries, outcome: Outcome, unix_s: float) -> tuple[Attempt, Answer, float | None]:
    """The line for the log, what it means, and the wait that was asked for. A status counts even if its body was cut off."""
    response = outcome if isinstance(outcome, Response) else outcome.response
    ending = outcome.ending if isinstance(outcome, Failure) else Ending.COMPLETE
    status = response.status if response else None
    headers = response.headers if response else ()
    attempt = Attempt(unix_s, status, ending)
    return attempt, meaning(retries, status, headers), retry_after(headers, unix_s)
