"""Faults are data, listed from mild to severe: a slow answer (``slow``), another answer, a damaged one, half an answer, no answer.

The law of this file: a fault is a frozen value that says what it does to an ``Outcome`` and nothing else; it knows neither a
clock nor dice. What depends on more than that (a drawn delay, an answer in the vendor's own words) is made definite when it strikes
(``settling``). ``spoils`` says whether the recorded answer is lost to the client. When several strike the same request they are applied
in order of severity, whatever the order in which they were given: latencies add up, the first status wins, and nothing milder undoes
something more severe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar, TypeAlias

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.exchange import Ending, Headers, Response
from tapehiss.mocks.damage import damaged
from tapehiss.mocks.outcome import PLAIN, Manner
from tapehiss.mocks.slow import (
    Bandwidth,
    ClockStep,
    Drip,
    Latency,
    Lognormal,
    Pareto,
    Recorded,
    Rising,
    Stall,
    Uniform,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.mocks.outcome import Outcome

PROBLEM = "application/problem+json"

__all__ = [
    "ALL",
    "GARBLED",
    "PROBLEM",
    "Answer",
    "Bandwidth",
    "ClockStep",
    "Damage",
    "Definite",
    "Drawn",
    "Drip",
    "Empty",
    "Expired",
    "Fault",
    "Garble",
    "GzipCut",
    "Hang",
    "Indefinite",
    "Latency",
    "Lognormal",
    "Lose",
    "Pareto",
    "Recorded",
    "Refuse",
    "Reset",
    "Revoked",
    "Rising",
    "Stall",
    "Status",
    "Truncate",
    "Twice",
    "Uniform",
    "Unterminated",
    "is_early",
    "problem",
    "reason_of",
    "strike",
]


@dataclass(frozen=True, slots=True)
class Twice:
    """The vendor carries the same request out twice, as queues that deliver at least once do: the ledger shows it, the answer does not."""

    severity: ClassVar[int] = 6
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome, done twice."""
        return replace(outcome, twice=True)


@dataclass(frozen=True, slots=True)
class Status:
    """Another answer: a status, with headers such as ``Retry-After`` and a body.

    Without a body it is what the vendor says with this status: as recorded for this operation, else for any of this vendor's, else as its
    limits or its contract have it, else a problem document (RFC 9457).
    """

    code: int
    headers: Headers = ()
    body: str | None = None
    wait_s: float | None = None
    """How long the client is told to wait ..."""
    until_end: bool = False
    """... which is until the rule's window closes, if this is said ..."""
    form: str = "delta_s"
    """... and in which form (``retry_after.FORMS``)."""
    body_of: int | None = None
    """The status whose answer is sent under this one: 200 with the body of an error."""
    early: bool = False
    """The answer comes when the head of the request was read, before its body, and ends the connection."""

    severity: ClassVar[int] = 7
    spoils: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Expired:
    """The credential that was in use when the rule began to strike is refused as expired, until another one comes or it was renewed."""

    severity: ClassVar[int] = 8
    spoils: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Revoked:
    """The credential that was in use when the rule began to strike is refused for good, and cannot be renewed either."""

    severity: ClassVar[int] = 8
    spoils: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Answer:
    """This answer in place of the recorded one: what ``Status``, ``Expired`` and ``Revoked`` become when they strike."""

    response: Response
    early: bool = False

    severity: ClassVar[int] = 8
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with this answer; the request counts as not processed."""
        return replace(
            outcome, response=self.response, ending=Ending.COMPLETE, body_bytes=None, told=(), early=self.early
        )


@dataclass(frozen=True, slots=True)
class Damage:
    """The recorded answer with its body damaged in one of the ways of ``damage.KINDS``; ``at`` is a JSON Pointer."""

    kind: str
    at: str = ""
    """Without it: a place at which the recordings or the contract show that it cannot be so, drawn from all of them."""
    value: str = ""
    """What ``set`` puts there, as JSON."""

    severity: ClassVar[int] = 9
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome with another body; one without a body stays."""
        response = outcome.response
        if response is None or not response.body:
            return outcome
        return replace(outcome, response=damaged(response, self.kind, self.at, self.value), body_bytes=None)


@dataclass(frozen=True, slots=True)
class GzipCut:
    """The body is compressed, and the end of the gzip stream (its checksum and length, RFC 1952 section 2.3.1) is missing."""

    severity: ClassVar[int] = 10
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

    severity: ClassVar[int] = 11
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

    severity: ClassVar[int] = 12
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

    severity: ClassVar[int] = 13
    spoils: ClassVar[bool] = False

    def apply(self, outcome: Outcome) -> Outcome:
        """No response, though the recording was played."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None, manner=PLAIN)


@dataclass(frozen=True, slots=True)
class Garble:
    """Bytes that cannot be read in place of an answer, then the end of the connection."""

    part: str = ""
    """What of the answer is broken, one of ``GARBLED``; without it all of it, which is no HTTP at all."""

    severity: ClassVar[int] = 14
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """Nothing that could be read."""
        manner = Manner(garbage=self.part or ALL)
        return replace(outcome, response=None, ending=Ending.MALFORMED, body_bytes=None, manner=manner)


ALL = "all"
GARBLED = ("status-line", "header", "lengths")
"""A status line that is none, a header that is none, two lengths that contradict each other (RFC 9112 sections 4, 5 and 6.3)."""


@dataclass(frozen=True, slots=True)
class Empty:
    """The connection is closed, politely, without a single byte of an answer."""

    severity: ClassVar[int] = 15
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """No response at all."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None, manner=Manner(silent=True))


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset when the request has been read: no answer."""

    early: bool = False
    """It is reset when only the head of the request was read."""

    severity: ClassVar[int] = 16
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """No response at all."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None, manner=PLAIN, early=self.early)


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nobody listens. The kernel accepts before a server is asked, so that on a socket it is a reset before the body is read."""

    early: ClassVar[bool] = True
    severity: ClassVar[int] = 17
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """No connection."""
        return replace(outcome, response=None, ending=Ending.REFUSED, body_bytes=None, manner=PLAIN, early=True)


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing comes, and the connection stays open until the client gives up."""

    severity: ClassVar[int] = 18
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """Silence."""
        return replace(outcome, response=None, ending=Ending.TIMED_OUT, body_bytes=None, manner=PLAIN)


Drawn: TypeAlias = Uniform | Lognormal | Pareto | Recorded | Rising
"""Latencies that are known when they strike."""
Plain: TypeAlias = (
    Latency
    | Drip
    | Stall
    | Twice
    | Damage
    | GzipCut
    | Unterminated
    | Truncate
    | Lose
    | Garble
    | Empty
    | Reset
    | Refuse
    | Hang
)
Definite: TypeAlias = Plain | Answer
"""What can be applied to an outcome."""
Indefinite: TypeAlias = Drawn | ClockStep | Bandwidth | Status | Expired | Revoked
"""What must be made definite before."""
Fault: TypeAlias = Plain | Indefinite


def is_early(fault: Fault) -> bool:
    """Whether a fault strikes when only the head of a request was read."""
    return isinstance(fault, Status | Reset | Refuse) and fault.early


def strike(faults: Iterable[Definite], outcome: Outcome) -> tuple[Outcome, float]:
    """What the faults make of an outcome, and by how many seconds they delay it."""
    delay_s, replaced = 0.0, False
    for fault in sorted(faults, key=lambda each: each.severity):
        if isinstance(fault, Latency):
            delay_s += fault.delay_s
        if not (isinstance(fault, Answer) and replaced):
            outcome = fault.apply(outcome)
        replaced = replaced or isinstance(fault, Answer)
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
