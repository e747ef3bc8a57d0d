"""What one attempt means for the vendor's books: it was certainly not processed, it is done, or nobody knows.

The tables are the law of this file; everything else reads them. When in doubt, an attempt is AMBIGUOUS: it is then resent only
if sending it twice does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, Request, Response, header

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

KEY_BUSY = 409
"""The answer to a request with a key while another with the same key is at work (the same draft, section 2.6): wait, then ask again."""
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


def verdict_on(request: Request, outcome: Outcome, promises: Promises) -> Verdict:
    """What one attempt means at this vendor: it depends on request and outcome only, never on the attempts before."""
    if isinstance(outcome, Response):
        if outcome.status in promises.by_status:
            return promises.by_status[outcome.status]
        if promises.turned_away(outcome) or (outcome.status == KEY_BUSY and promises.keyed(request)):
            return Verdict.NOT_PROCESSED
        return BY_STATUS.get(outcome.status, Verdict.AMBIGUOUS if outcome.status >= 500 else Verdict.DONE)
    return _on_failure(outcome)


def _on_failure(failure: Failure) -> Verdict:
    if failure.response is None and not failure.sent:
        return Verdict.NOT_PROCESSED
    return BY_ENDING.get(failure.ending, Verdict.AMBIGUOUS)


def _never(_: Response) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Promises:
    """What a vendor promises; the defaults are those of one that is not known."""

    by_status: Mapping[int, Verdict] = field(default_factory=dict)
    """What a status means here: ``{503: NOT_PROCESSED}`` where the vendor promises that nothing was done."""
    turned_away: Callable[[Response], bool] = _never
    """Whether an answer is the vendor's own way to say "too many requests": 403 with a certain body, 200 with an error in it."""
    idempotent: frozenset[str] = frozenset()
    """Methods of which this vendor promises that twice is once; ``IDEMPOTENT`` if it keeps to the RFC."""
    key_headers: tuple[str, ...] = KEY_HEADERS
    """Headers by which this vendor recognises a request that it has seen."""

    def keyed(self, request: Request) -> bool:
        """Whether the vendor would recognise a second copy of the request."""
        return any(header(request.headers, name) for name in self.key_headers)

    def may_get_twice(self, request: Request) -> bool:
        """Whether a second copy does no harm: the request only reads, is declared idempotent, or carries a key."""
        return request.method in READING or request.method in self.idempotent or self.keyed(request)
