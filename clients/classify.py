"""What one attempt means for the vendor's books: it was certainly not processed, it is done, or nobody knows.

The tables are the law of this file; everything else reads them. When in doubt, an attempt is AMBIGUOUS: it is then resent only
if sending it twice does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Request, Response, header

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.clients.effects import Failure, Outcome


class Verdict(StrEnum):
    """What became of the request at the vendor."""

    NOT_PROCESSED = "not processed"
    """The vendor did nothing: sending it again is the first time."""
    DONE = "done"
    """A complete answer: nothing to send again."""
    AMBIGUOUS = "ambiguous"
    """The vendor may have done it, or a part of it."""


BY_STATUS: Mapping[int, Verdict] = {
    421: Verdict.NOT_PROCESSED,  # Misdirected Request: RFC 9110 section 15.5.20, may be retried whatever the method
    425: Verdict.NOT_PROCESSED,  # Too Early: RFC 8470 section 5.2
    429: Verdict.NOT_PROCESSED,  # Too Many Requests: RFC 6585 section 4
    408: Verdict.AMBIGUOUS,  # Request Timeout: the vendor says that it did not get all of it; a gateway may say so, too
    501: Verdict.DONE,  # Not Implemented: it never will be
    505: Verdict.DONE,  # HTTP Version Not Supported
}
"""Statuses that do not follow the rule: 500 and above are ambiguous (a gateway may have lost the answer), others are done."""

BY_ENDING: Mapping[Ending, Verdict] = {
    Ending.REFUSED: Verdict.NOT_PROCESSED,
    Ending.TLS_FAILURE: Verdict.NOT_PROCESSED,
}
"""Failures before the first byte of the request; every other ending is ambiguous once a byte may have been sent."""

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})
"""Methods that ask and change nothing (RFC 9110 section 9.2.1): their outcome can be unknown without harm."""

IDEMPOTENT = frozenset({"PUT", "DELETE"})
"""Methods that may be sent twice if the vendor keeps to RFC 9110 section 9.2.2; whoever knows that it does says so."""

KEY_HEADERS = ("idempotency-key",)
"""Headers by which a vendor recognises a request that it has seen (draft-ietf-httpapi-idempotency-key-header)."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One line of a call's log: what was tried, when, and what it meant."""

    sent_at: float
    """Seconds after the call began."""
    ended_at: float
    """Seconds after the call began."""
    verdict: Verdict
    status: int | None = None
    """Of the response, if any of it came."""
    ending: Ending = Ending.COMPLETE
    detail: str = ""


def verdict_on(outcome: Outcome, unprocessed: frozenset[int] = frozenset()) -> Verdict:
    """What one attempt means; ``unprocessed`` are statuses of which this vendor promises that nothing was done (503, perhaps)."""
    if isinstance(outcome, Response):
        if outcome.status in unprocessed:
            return Verdict.NOT_PROCESSED
        return BY_STATUS.get(outcome.status, Verdict.AMBIGUOUS if outcome.status >= 500 else Verdict.DONE)
    return _on_failure(outcome)


def _on_failure(failure: Failure) -> Verdict:
    if failure.response is None and not failure.sent:
        return Verdict.NOT_PROCESSED
    return BY_ENDING.get(failure.ending, Verdict.AMBIGUOUS)


def may_be_sent_twice(
    request: Request, *, idempotent: frozenset[str] = frozenset(), key_headers: tuple[str, ...] = KEY_HEADERS
) -> bool:
    """Whether a second copy of the request does no harm: it only reads, is declared idempotent, or carries a key."""
    keyed = any(header(request.headers, name) for name in key_headers)
    return keyed or request.method in READING or request.method in idempotent
