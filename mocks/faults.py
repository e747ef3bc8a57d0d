"""Faults are data, listed from mild to severe: a slow answer, another answer, a damaged one, half an answer, no answer.

The law of this file: a fault is a frozen value that says what it does to an ``Outcome`` and nothing else; it knows neither a
clock nor dice. ``spoils`` says whether the recorded answer is lost to the client. When several strike the same request they are applied in order of severity, whatever the order in which they
were given: latencies add up, the first status wins, and nothing milder undoes something more severe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.exchange import Ending, Headers, Response, header
from tapehiss.mocks.damage import damaged
from tapehiss.mocks.outcome import PLAIN, Manner

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.mocks.outcome import Outcome

PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Latency:
    """The answer comes ``delay_s`` seconds later."""

    delay_s: float

    severity: ClassVar[int] = 1
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome itself: only its time changes."""
        return outcome


@dataclass(frozen=True, slots=True)
class Drip:
    """The body comes at ``bytes_per_s`` and no faster."""

    bytes_per_s: float

    severity: ClassVar[int] = 2
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome, slower; of several the slowest counts."""
        before = outcome.manner.bytes_per_s or self.bytes_per_s
        return replace(outcome, manner=replace(outcome.manner, bytes_per_s=min(before, self.bytes_per_s)))


@dataclass(frozen=True, slots=True)
class Stall:
    """After ``at_bytes`` of the body, or before the last byte of a shorter one, nothing comes for ``stall_s`` seconds."""

    stall_s: float
    at_bytes: int = 0

    severity: ClassVar[int] = 3
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with a pause in it."""
        return replace(outcome, manner=replace(outcome.manner, stall_at_bytes=self.at_bytes, stall_s=self.stall_s))


@dataclass(frozen=True, slots=True)
class Status:
    """Another answer: a status, with headers such as ``Retry-After`` and a body.

    Without a body the answer is a problem document (RFC 9457).
    """

    code: int
    headers: Headers = ()
    body: str | None = None

    severity: ClassVar[int] = 4
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with this answer in place of the recorded one; the request counts as not processed."""
        return replace(outcome, response=self.response(), ending=Ending.COMPLETE, body_bytes=None, told=())

    def response(self) -> Response:
        """The answer that the client gets."""
        headers = self.headers
        if self.body is None and header(headers, "content-type") is None:
            headers = (*headers, ("Content-Type", PROBLEM))
        body = problem(self.code) if self.body is None else self.body
        return Response(self.code, reason_of(self.code), headers, body.encode())


@dataclass(frozen=True, slots=True)
class Damage:
    """The recorded answer with its body damaged in one of the ways of ``damage.KINDS``; ``at`` is a JSON Pointer where one is needed."""

    kind: str
    at: str = ""

    severity: ClassVar[int] = 5
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with another body; one without a body stays."""
        response = outcome.response
        if response is None or not response.body:
            return outcome
        return replace(outcome, response=damaged(response, self.kind, self.at), body_bytes=None)


@dataclass(frozen=True, slots=True)
class GzipCut:
    """The body is compressed, and the end of the gzip stream (its checksum and length, RFC 1952 section 2.3.1) is missing."""

    severity: ClassVar[int] = 6
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with a body that a careful client refuses; what is encoded already stays as it is."""
        response = outcome.response
        if response is None or not response.body or response.undecoded:
            return outcome
        kept = tuple(pair for pair in response.headers if pair[0].lower() != "content-encoding")
        body = encode("gzip", response.body)[:-GZIP_TRAILER_BYTES]
        cut = replace(response, headers=(*kept, ("Content-Encoding", "gzip")), body=body, undecoded=True, chunks=())
        return replace(outcome, response=cut, body_bytes=None)


@dataclass(frozen=True, slots=True)
class Unterminated:
    """A chunked body whose last chunk never comes (RFC 9112 section 7.1): everything arrives but the end."""

    severity: ClassVar[int] = 7
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome without its end."""
        if outcome.response is None or not outcome.response.body:
            return outcome
        manner = replace(outcome.manner, unterminated=True)
        return replace(outcome, ending=Ending.TRUNCATED, manner=manner)


GZIP_TRAILER_BYTES = 8


@dataclass(frozen=True, slots=True)
class Truncate:
    """The connection ends after ``at_bytes`` bytes of the body, or one byte before its end if it is shorter.

    An answer without a body breaks off inside its head: it does not arrive at all.
    """

    at_bytes: int = 0
    lying: bool = False
    """``Content-Length`` speaks of what arrives: only who looks into the body can see that it is not the whole."""
    abrupt: bool = False
    """The connection is reset, not closed."""

    severity: ClassVar[int] = 8
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome, cut; what had not arrived stays away."""
        if outcome.response is None:
            return outcome
        limit = self.at_bytes if outcome.body_bytes is None else min(self.at_bytes, outcome.body_bytes)
        if not outcome.response.body:
            return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None)
        manner = replace(outcome.manner, lying=self.lying, abrupt=self.abrupt)
        if self.lying:
            limit = min(limit, len(outcome.response.body) - 1)
            return replace(outcome, ending=Ending.COMPLETE, body_bytes=limit, manner=manner)
        return replace(outcome, ending=Ending.TRUNCATED, body_bytes=limit, manner=manner)


@dataclass(frozen=True, slots=True)
class Lose:
    """The vendor does what was asked, and the answer is lost: the connection is reset. Who asks again asks for a second time."""

    severity: ClassVar[int] = 9
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """No response, though the recording was played."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None, manner=PLAIN)


@dataclass(frozen=True, slots=True)
class Garble:
    """Bytes that are no HTTP in place of an answer, then the end of the connection."""

    severity: ClassVar[int] = 10
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """Nothing that could be read."""
        return replace(outcome, response=None, ending=Ending.MALFORMED, body_bytes=None, manner=Manner(garbage=True))


@dataclass(frozen=True, slots=True)
class Empty:
    """The connection is closed, politely, without a single byte of an answer."""

    severity: ClassVar[int] = 11
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """No response at all."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None, manner=Manner(silent=True))


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset when the request has been read: no answer."""

    severity: ClassVar[int] = 12
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """No response at all."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None, manner=PLAIN)


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing comes, and the connection stays open until the client gives up."""

    severity: ClassVar[int] = 13
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """Silence."""
        return replace(outcome, response=None, ending=Ending.TIMED_OUT, body_bytes=None, manner=PLAIN)


Fault: TypeAlias = (
    Latency | Drip | Stall | Status | Damage | GzipCut | Unterminated | Truncate | Lose | Garble | Empty | Reset | Hang
)


def strike(faults: Iterable[Fault], outcome: Outcome) -> tuple[Outcome, float]:
    """What the faults make of an outcome, and by how many seconds they delay it."""
    delay_s, replaced = 0.0, False
    for fault in sorted(faults, key=lambda each: each.severity):
        if isinstance(fault, Latency):
            delay_s += fault.delay_s
        if not (isinstance(fault, Status) and replaced):
            outcome = fault.apply(outcome)
        replaced = replaced or isinstance(fault, Status)
    return outcome, delay_s


def reason_of(code: int) -> str:
    """The registered reason phrase of a status code (RFC 9110 section 15), or nothing."""
    try:
        return HTTPStatus(code).phrase
    except ValueError:
        return ""


def problem(code: int) -> str:
    """The body of a fault that brings none: RFC 9457, and true about whose doing it is."""
    title = reason_of(code) or "Fault"
    return f'{{"type":"about:blank","title":"{title}","status":{code},"detail":"a fault of the schedule"}}'
