"""Faults are data, listed from mild to severe: a slow answer, another answer, half an answer, no answer.

The law of this file: a fault is a frozen value that says what it does to an ``Outcome`` and nothing else; it knows neither a
clock nor dice. ``spoils`` says whether the recorded answer is lost to the client. When several strike the same request they are applied in order of severity, whatever the order in which they
were given: latencies add up, the first status wins, and nothing milder undoes something more severe.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from tapehiss.cassettes.exchange import Ending, Headers, Response, header
from tapehiss.mocks.errors import Flaw

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tapehiss.mocks.outcome import Outcome

LATENCY_MAX_S = 86_400.0
BODY_MAX_BYTES = 1_000_000
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
class Status:
    """Another answer: a status of 400 or above, with headers such as ``Retry-After`` and a body.

    Without a body the answer is a problem document (RFC 9457).
    """

    code: int
    headers: Headers = ()
    body: str | None = None

    severity: ClassVar[int] = 2
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
class Truncate:
    """The connection ends after ``at_bytes`` bytes of the body, or one byte before its end if it is shorter.

    An answer without a body breaks off inside its head: it does not arrive at all.
    """

    at_bytes: int = 0

    severity: ClassVar[int] = 3
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """The outcome, cut; what had not arrived stays away."""
        if outcome.response is None:
            return outcome
        limit = self.at_bytes if outcome.body_bytes is None else min(self.at_bytes, outcome.body_bytes)
        if not outcome.response.body:
            return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None)
        return replace(outcome, ending=Ending.TRUNCATED, body_bytes=limit)


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset when the request has been read: no answer."""

    severity: ClassVar[int] = 4
    spoils: ClassVar[bool] = True

    def apply(self, outcome: Outcome) -> Outcome:
        """No response at all."""
        return replace(outcome, response=None, ending=Ending.RESET, body_bytes=None)


Fault: TypeAlias = Latency | Status | Truncate | Reset


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


# ---- JSON


def fault_to_json(fault: Fault) -> dict[str, Any]:
    """A fault as JSON data: one key names it."""
    match fault:
        case Latency(delay_s):
            return {"latency_s": delay_s}
        case Status(code, headers, body):
            extra = {"headers": [list(pair) for pair in headers]} if headers else {}
            return {"status": code, **extra, **({} if body is None else {"body": body})}
        case Truncate(at_bytes):
            return {"truncate_bytes": at_bytes}
        case _:
            return {"reset": True}


def fault_from_json(data: Mapping[str, Any]) -> Fault | Flaw:
    """The fault that JSON data describes, or what is wrong with the data."""
    named = [key for key in READERS if key in data]
    if len(named) != 1:
        return Flaw("", "names no fault" if not named else "names several faults", f"give one of {', '.join(READERS)}")
    if named != ["status"] and (extra := next((key for key in ("headers", "body") if key in data), None)):
        return Flaw(extra, f"does not go with {named[0]}", "leave it out, or make the fault a status")
    return READERS[named[0]](data)


def _latency(data: Mapping[str, Any]) -> Latency | Flaw:
    delay_s = data["latency_s"]
    if isinstance(delay_s, bool) or not isinstance(delay_s, int | float) or not 0 <= delay_s <= LATENCY_MAX_S:
        return Flaw("latency_s", f"{delay_s!r} is not a delay", f"give seconds from 0 to {LATENCY_MAX_S:.0f}")
    return Latency(float(delay_s))


def _status(data: Mapping[str, Any]) -> Status | Flaw:
    code, body = data["status"], data.get("body")
    if isinstance(code, bool) or not isinstance(code, int) or not 400 <= code <= 599:
        return Flaw("status", f"{code!r} is not the status of an error", "give a number from 400 to 599")
    if body is not None and not (isinstance(body, str) and len(body) <= BODY_MAX_BYTES and _unicode(body)):
        return Flaw("body", "is not a text", f"give a text of at most {BODY_MAX_BYTES} characters")
    headers = headers_from_json(data.get("headers", []))
    return headers if isinstance(headers, Flaw) else Status(code, headers, body)


def headers_from_json(data: Any) -> Headers | Flaw:
    """Headers given as a mapping or as a list of pairs; values may be numbers."""
    pairs = list(data.items()) if isinstance(data, dict) else data
    if not isinstance(pairs, list) or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        return Flaw("headers", "is neither a mapping nor a list of pairs", "give {Name: value}")
    headers = tuple((str(name), str(value)) for name, value in pairs)
    bad = next((pair for pair in headers if not _sendable(*pair)), None)
    return headers if bad is None else Flaw("headers", f"{bad[0]!r} cannot be sent", "use latin-1 without line ends")


def _unicode(text: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in text)


def _sendable(name: str, value: str) -> bool:
    token = bool(name) and name.isascii() and all(letter.isalnum() or letter in "!#$%&'*+-.^_`|~" for letter in name)
    return token and all(letter == "\t" or (" " <= letter <= "\xff" and letter != "\x7f") for letter in value)


def _truncate(data: Mapping[str, Any]) -> Truncate | Flaw:
    at_bytes = data["truncate_bytes"]
    if isinstance(at_bytes, bool) or not isinstance(at_bytes, int) or at_bytes < 0:
        return Flaw("truncate_bytes", f"{at_bytes!r} is not a length", "give a number of bytes, 0 or more")
    return Truncate(at_bytes)


def _reset(data: Mapping[str, Any]) -> Reset | Flaw:
    return Reset() if data["reset"] is True else Flaw("reset", f"{data['reset']!r} is not true", "write reset: true")


READERS: dict[str, Callable[[Mapping[str, Any]], Fault | Flaw]] = {
    "latency_s": _latency,
    "status": _status,
    "truncate_bytes": _truncate,
    "reset": _reset,
}
"""The key that names a fault, mild to severe, and how its data is read."""
FAULT_FIELDS = (*READERS, "headers", "body")
