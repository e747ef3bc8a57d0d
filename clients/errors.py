"""What can become of a call that brings no good answer.

::

    TapehissError
    ├── WebhookError         a webhook that is not taken (see contracts/errors.py), and here:
    │   ├── DeliveryTooLong      the vendor's: the body is longer than we want
    │   └── UnknownEvent         yours: there is no route for this type and version, and unknown ones are to be refused
    ├── InboxUnusable        weather: which webhooks were handled cannot be remembered; nothing was handled
    └── ApiError             a call to a vendor; only these (or a cancellation) leave a client
        ├── InvalidRequest       yours: it cannot be sent as it is; nothing was sent
        ├── Withheld             weather: we did not send it, to spare a vendor that has had enough
        │   ├── CircuitOpen          it failed too often of late
        │   ├── LimitReached         its limit leaves no room in time, or too many calls wait for that already
        │   └── NoToken              no token could be had for it
        ├── LoginNeeded          yours: no valid credential can be had without you
        ├── StatusError          the vendor answered, and not with what was asked for
        │   ├── Redirected           3xx: it is elsewhere, and nobody goes there by himself
        │   ├── RequestRejected      4xx: yours
        │   │   └── Unauthorized         401: the credential is not accepted, not even a new one
        │   ├── RateLimited          429, until the attempts were used up
        │   └── VendorFailed         5xx
        ├── RetryAfterTooLong    the vendor wants us to wait longer than we may; never retried early
        ├── NoAnswer             weather: no complete answer, and no harm done (not processed, or it was only a question)
        ├── DeadlineExceeded     weather: the time for the whole call was used up
        ├── OutcomeUnknown       weather: a write that the vendor may or may not have done; reconcile it, don't repeat it
        ├── BodyInvalid          the answer came whole and is not what it says it is
        │   ├── ContractViolation    it is not as the contract has it
        │   └── StreamTruncated      a stream stopped before its last event
        ├── BodyTooLong          the answer is longer than ``body_max_bytes``
        └── PaginationStuck      the vendor leads from page to page in a circle, or to another origin

Every error carries the response (as far as it came), the log of attempts and the wait that the vendor asked for. Its text and
its ``repr`` name the method, host and path only: no header, no query, no userinfo, no body. ``headers`` are fit to be logged:
what stands where secrets stand is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tapehiss.cassettes.errors import Fault, TapehissError, Weather
from tapehiss.cassettes.exchange import header
from tapehiss.cassettes.secretnames import Names, Strength
from tapehiss.contracts.errors import WebhookError

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers, Request, Response
    from tapehiss.clients.classify import Attempt
    from tapehiss.contracts.findings import Finding

NAMES = Names()
"""Which headers hold secrets, by their names."""
LEFT_OUT = "[left out]"
"""Stands where a secret stood."""
REQUEST_ID_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amz-request-id",
    "x-correlation-id",
    "cf-ray",
)
"""Where vendors put the number that their support asks for, most telling first."""


@dataclass(eq=True, unsafe_hash=True)
class ApiError(TapehissError):
    """A call to a vendor that brought no good answer."""

    response: Response | None = field(default=None, repr=False)
    """The last response, as far as it came."""
    attempts: tuple[Attempt, ...] = ()
    retry_after_s: float | None = None
    """The wait that the vendor asked for last."""

    fault = Fault.WEATHER
    advice = ""
    """What to do next, whatever the call was."""

    @property
    def status(self) -> int | None:
        """Status of the last response."""
        return self.response.status if self.response else None

    @property
    def headers(self) -> Headers:
        """Headers of the last response, without the values that are secret by their names."""
        return tuple((name, _fit(name, value)) for name, value in (self.response.headers if self.response else ()))

    @property
    def cause(self) -> Attempt | None:
        """The last attempt: what it came to, and the words of whoever noticed."""
        return self.attempts[-1] if self.attempts else None

    @property
    def request_id(self) -> str | None:
        """The vendor's own number for this request."""
        return next((value for name in REQUEST_ID_HEADERS if (value := header(self.headers, name))), None)

    def __reduce__(self) -> tuple[type[ApiError], tuple[object, ...]]:  # type: ignore[override]
        """Pickle by value: errors cross process borders."""
        return type(self), tuple(getattr(self, each.name) for each in fields(self))


class InvalidRequest(ApiError):
    """The request cannot be sent as it is; nothing was sent."""

    fault = Fault.YOURS
    advice = "correct the request"


class Withheld(ApiError):
    """We did not send it (again), to spare a vendor that has had enough."""


class CircuitOpen(Withheld):
    """The vendor failed too often of late: nothing is sent until it had time to recover."""

    advice = "try again after retry_after_s seconds"


class LimitReached(Withheld):
    """The vendor's limit leaves no room in the time that the call has, or too many calls wait for that already."""

    advice = "slow down, or give calls a longer deadline_s"


class NoToken(Withheld):
    """No token could be had: its endpoint did not answer, or not as it should; the call itself was not sent."""

    advice = "try later; look at what the token endpoint says"


class LoginNeeded(ApiError):
    """There is no valid credential, and none can be had without a person or another setting."""

    fault = Fault.YOURS
    advice = "log in again, or correct the credentials"


class StatusError(ApiError):
    """The vendor answered, and not with what was asked for."""

    fault = Fault.VENDOR


class Redirected(StatusError):
    """The vendor says that what was asked for is elsewhere (3xx); redirects are not followed, they would take credentials along."""

    fault = Fault.YOURS
    advice = "look at the Location header: give the address itself, or say check=False"


class RequestRejected(StatusError):
    """The vendor turned the request down (4xx)."""

    fault = Fault.YOURS
    advice = "read the body of the response and change the request"


class Unauthorized(RequestRejected):
    """The vendor does not accept the credential (401); where a new one could be had, that was not accepted either."""

    advice = "check the credential: is it of this environment, still valid, and allowed to do this?"


class RateLimited(StatusError):
    """The vendor turned every attempt down because of a limit (429)."""

    advice = "slow down, or raise attempts_max and deadline_s"


class VendorFailed(StatusError):
    """The vendor said that it failed (5xx), and no attempt was left."""

    advice = "try later; give the vendor the request id"


class RetryAfterTooLong(ApiError):
    """The vendor wants us to wait longer than the policy or the deadline allows."""

    fault = Fault.VENDOR
    advice = "try again after retry_after_s seconds"


class NoAnswer(ApiError):
    """No complete answer came; nothing was processed, or the request was only a question."""

    advice = "try later; check the address and the network"


class DeadlineExceeded(ApiError):
    """The time for the whole call was used up."""

    advice = "try later, or raise deadline_s"


class OutcomeUnknown(ApiError):
    """A write that the vendor may or may not have done."""

    advice = "look at the vendor whether it was done; send it again only with the same idempotency key"


class BodyInvalid(ApiError):
    """The answer came whole and is not what it says it is."""

    fault = Fault.VENDOR
    advice = "look at the body of the response; check that the address is the vendor's API"


@dataclass(eq=True, unsafe_hash=True)
class ContractViolation(BodyInvalid):
    """The answer came whole and is not as the contract has it."""

    findings: tuple[Finding, ...] = field(default=(), repr=False)
    """What is not as it should be."""

    advice = "look at the findings; if the vendor changed, learn the contract anew"


class StreamTruncated(BodyInvalid):
    """A stream stopped before its last event."""

    advice = "what came of it is incomplete: ask again"


class BodyTooLong(ApiError):
    """The answer is longer than the client wants to keep."""

    fault = Fault.VENDOR
    advice = "raise body_max_bytes"


@dataclass(eq=True, unsafe_hash=True)
class PaginationStuck(ApiError):
    """The vendor leads from page to page in a circle, or to another origin."""

    cursor: str = field(default="", repr=False)
    """Where the walk can be taken up again."""

    fault = Fault.VENDOR
    advice = "give the vendor the request id; take the walk up again at cursor"


class DeliveryTooLong(WebhookError):
    """The body of a webhook is longer than we want."""

    advice = "raise body_max_bytes, or have the vendor send less"


class UnknownEvent(WebhookError):
    """There is no route for this type and version, and unknown ones are to be refused."""

    fault = Fault.YOURS
    advice = "add a route, or subscribe to fewer events"


class InboxUnusable(Weather):
    """Which webhooks were handled cannot be remembered; nothing was handled."""

    advice = "make room, check path and permissions; the vendor sends it again"


def for_status(status: int) -> type[StatusError]:
    """The error for a status that is no success."""
    if status < 400:
        return Redirected
    if status in {401, 429}:
        return Unauthorized if status == 401 else RateLimited
    return RequestRejected if status < 500 else VendorFailed


def place(request: Request) -> str:
    """Method, host and path of a request: what may be said aloud of it."""
    try:
        parts = urlsplit(request.url)
    except ValueError:
        return request.method
    return f"{request.method} {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def _fit(name: str, value: str) -> str:
    """The value of a header, as it may be logged."""
    return LEFT_OUT if NAMES.header_strength(name) is Strength.STRONG else value
