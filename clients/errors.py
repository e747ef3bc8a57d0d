"""What can become of a call that brings no good answer.

::

    TapehissError
    └── ApiError             a call to a vendor; only these (or a cancellation) leave a client
        ├── InvalidRequest       yours: it cannot be sent as it is; nothing was sent
        ├── StatusError          the vendor answered, with a status of 400 or above
        │   ├── RequestRejected      4xx: yours
        │   ├── RateLimited          429, until the attempts were used up
        │   └── VendorFailed         5xx
        ├── RetryAfterTooLong    the vendor wants us to wait longer than we may; never retried early
        ├── NoAnswer             weather: no complete answer, and no harm done (not processed, or it was only a question)
        ├── DeadlineExceeded     weather: the time for the whole call was used up
        ├── OutcomeUnknown       weather: a write that the vendor may or may not have done; reconcile it, don't repeat it
        ├── BodyInvalid          the answer came whole and is not what it says it is
        └── BodyTooLong          the answer is longer than ``body_max_bytes``

Every error carries the response (as far as it came), the log of attempts and the wait that the vendor asked for. Its text and
its ``repr`` name the method, host and path only: no header, no query, no userinfo, no body.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tapehiss.cassettes.errors import Fault, TapehissError
from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers, Request, Response
    from tapehiss.clients.classify import Attempt

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
        """Headers of the last response."""
        return self.response.headers if self.response else ()

    @property
    def request_id(self) -> str | None:
        """The vendor's own number for this request."""
        return next((value for name in REQUEST_ID_HEADERS if (value := header(self.headers, name))), None)

    def __reduce__(self) -> tuple[type[ApiError], tuple[object, ...]]:  # type: ignore[override]
        """Pickle by value: errors cross process borders."""
        return type(self), (self.what, self.where, self.remedy, self.response, self.attempts, self.retry_after_s)


class InvalidRequest(ApiError):
    """The request cannot be sent as it is; nothing was sent."""

    fault = Fault.YOURS
    advice = "correct the request"


class StatusError(ApiError):
    """The vendor answered with a status of 400 or above."""

    fault = Fault.VENDOR


class RequestRejected(StatusError):
    """The vendor turned the request down (4xx)."""

    fault = Fault.YOURS
    advice = "read the body of the response and change the request"


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


class BodyTooLong(ApiError):
    """The answer is longer than the client wants to keep."""

    fault = Fault.VENDOR
    advice = "raise body_max_bytes"


def for_status(status: int) -> type[StatusError]:
    """The error for a status of 400 or above."""
    if status == 429:
        return RateLimited
    return RequestRejected if status < 500 else VendorFailed


def place(request: Request) -> str:
    """Method, host and path of a request: what may be said aloud of it."""
    try:
        parts = urlsplit(request.url)
    except ValueError:
        return request.method
    return f"{request.method} {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
