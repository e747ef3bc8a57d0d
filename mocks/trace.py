"""What passed over the wire between a client and the mock, as the judge reads it: one line for each request, and how it ended.

The law of this file: values only, no header and no body; whoever has the wire (the pure world, a journal) makes them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Response, header, header_values
from tapehiss.contracts.idempotency import is_key
from tapehiss.contracts.retry_after import retry_after
from tapehiss.mocks.bodies import body_digest
from tapehiss.mocks.ledger import operation_in, writes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.mocks.outcome import Outcome
    from tapehiss.mocks.vendor import Vendor
    from tapehiss.mocks.world import Step

TURNED_AWAY = frozenset({421, 425, 429})
"""Statuses that say that nothing was done (RFC 9110 section 15.5.20, RFC 8470 section 5.2, RFC 6585 section 4)."""
NEVER = frozenset({501, 505})
"""Errors of the server that are an answer: it never will."""
TIMED_OUT = 408
"""The vendor says that it did not get all of it; a gateway may say so, too."""
SERVER_ERROR = 500
REFUSAL = 400


class Fate(StrEnum):
    """What a client can know of one attempt."""

    NOT_PROCESSED = "not processed"
    """Nothing was done: sending it again is the first time."""
    DONE = "done"
    """A complete, valid answer."""
    AMBIGUOUS = "ambiguous"
    """It may have been done."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request as it passed over the wire."""

    operation: str
    """``POST /v1/charges/{charge_id}``"""
    call: int
    """Equal for requests that ask the same (without their keys); 64 bits."""
    at_s: float
    known_at_s: float
    """When the client had the whole answer, or knew that there is none."""
    fate: Fate
    writes: bool = False
    key: str = ""
    """The idempotency key, or a digest of it; empty if there was none."""
    body: str = ""
    """A digest of the body; empty if there was none."""
    status: int | None = None
    wait_s: float | None = None
    """How long the answer asked the client to wait, at the least."""
    forbidden: bool = False
    """Whether the answer asked not to be asked again (``x-should-retry: false``)."""
    carried_out: bool = False
    """Whether the vendor did what was asked, whatever the client knows of it."""
    ending: Ending = Ending.COMPLETE
    """How the exchange ended for the client."""


@dataclass(frozen=True, slots=True)
class End:
    """How the client ended."""

    at_s: float
    ok: bool
    """Whether it says that it did what it was asked."""
    crash: str = ""
    """How it ended otherwise than by an error of its own: a traceback's last line, a signal; empty if it did not."""
    stopped: bool = False
    """Whether it was ended because it did not end."""


@dataclass(frozen=True, slots=True)
class Trace:
    """One run of a client."""

    attempts: tuple[Attempt, ...]
    end: End


def trace_of(vendor: Vendor, steps: Iterable[Step], end: End) -> Trace:
    """The trace of a journey through the pure world."""
    return Trace(tuple(attempt_of(vendor, step) for step in steps), end)


def attempt_of(vendor: Vendor, step: Step) -> Attempt:
    """One request, and what the client and the vendor know of it."""
    request, outcome = step.request, step.outcome
    response = outcome.response
    return Attempt(
        operation_in(vendor.index.wild, request),
        vendor.index.fingerprint(request),
        step.sent_at_s,
        step.known_at_s,
        fate_of(outcome),
        writes(request),
        next((value for name, value in request.headers if value and is_key(name)), ""),
        body_digest(request),
        response.status if response else None,
        _asked_to_wait(response, vendor.unix_s + step.known_at_s),
        _forbids(response),
        _carried_out(vendor, outcome),
        outcome.ending,
    )


def fate_of(outcome: Outcome) -> Fate:
    """What the client can know: an answer that a fault made, or cut, is worth no more than none."""
    response = outcome.response
    if response is None:
        return Fate.NOT_PROCESSED if outcome.ending is Ending.REFUSED else Fate.AMBIGUOUS
    if outcome.ending is not Ending.COMPLETE:
        return Fate.AMBIGUOUS
    if outcome.limit or response.status in TURNED_AWAY:
        return Fate.NOT_PROCESSED
    if response.status == TIMED_OUT or (response.status >= SERVER_ERROR and response.status not in NEVER):
        return Fate.AMBIGUOUS
    return Fate.AMBIGUOUS if outcome.spoiled and response.status < REFUSAL else Fate.DONE


def _asked_to_wait(response: Response | None, unix_s: float) -> float | None:
    """What an error asks; a success may name an hour, too, and nobody has to wait for it.

    Dates are whole seconds, and everybody is up to one too early by them.
    """
    if response is None or response.status < REFUSAL:
        return None
    wait_s = retry_after(response.headers, unix_s)
    dated = any(not value.strip()[:1].isdigit() for value in header_values(response.headers, "retry-after"))
    return max(wait_s - 1.0, 0.0) if wait_s and dated else wait_s


def _forbids(response: Response | None) -> bool:
    told = header(response.headers, "x-should-retry") if response is not None else None
    return told is not None and told.strip().lower() == "false"


def _carried_out(vendor: Vendor, outcome: Outcome) -> bool:
    """Also where the tape has no answer: what was reset when it was recorded may have been carried out."""
    if not outcome.advances or outcome.recording is None:
        return outcome.done is not None
    return outcome.done is not None or vendor.index.recordings[outcome.recording].response is None
