"""A fault made definite, when it strikes: delays are drawn, answers get the vendor's words, damage gets its place.

The law of this file: pure, and a function of the fault and the ``Scene``; the scene's draw comes from seed, rule, request and attempt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

from tapehiss.cassettes.exchange import Response, header
from tapehiss.mocks.damage import POINTED
from tapehiss.mocks.dialects import INSTANTS
from tapehiss.mocks.faults import (
    PROBLEM,
    Answer,
    Bandwidth,
    ClockStep,
    Damage,
    Drip,
    Expired,
    Indefinite,
    Latency,
    Lognormal,
    Pareto,
    Recorded,
    Revoked,
    Rising,
    Status,
    Uniform,
    problem,
    reason_of,
)
from tapehiss.mocks.limits import refusal_in
from tapehiss.mocks.retry_after import NAMES, told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.faults import Definite, Drawn, Fault
    from tapehiss.mocks.limits import Limits
    from tapehiss.mocks.lore import Lore
    from tapehiss.mocks.outcome import Outcome

INDEFINITE = frozenset({*get_args(Indefinite), Damage})
"""What needs a scene; all other faults are what they are."""
FRAMING = frozenset({"content-length", "transfer-encoding", "content-encoding", "date"})
CHALLENGE = 'Bearer error="invalid_token", error_description="The access token {what}"'
"""RFC 6750 section 3.1."""
REFUSED_GRANT = '{"error":"invalid_grant","error_description":"The refresh token was revoked"}'
"""RFC 6749 section 5.2."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is known when a fault strikes."""

    request: Request
    lore: Lore
    limits: Limits
    unix_s: float
    """The vendor's clock."""
    recording: int | None = None
    """The recording that would be played."""
    draw: float = 0.0
    """A number in [0, 1)."""
    risen: float = 1.0
    """How much of the rule's rise is over."""
    left_s: float = 0.0
    """Until the rule's window closes."""


def settled(fault: Fault, scene: Scene) -> tuple[Definite, ...]:
    """What can be applied to an outcome."""
    match fault:
        case Uniform() | Lognormal() | Pareto() | Recorded() | Rising():
            return (Latency(_wait_s(fault, scene)),)
        case Bandwidth(rate):
            return (Latency(len(scene.request.body) / rate), Drip(rate))
        case Status() | Expired() | Revoked():
            return (_answered(fault, scene),)
        case Damage():
            return (_placed(fault, scene),)
        case ClockStep():
            return ()
        case _:
            return (fault,)


def _wait_s(fault: Drawn, scene: Scene) -> float:
    """How long a drawn latency is."""
    match fault:
        case Recorded():
            return fault.wait_s(scene.lore.latency_s(scene.request, scene.draw))
        case Rising():
            return fault.wait_s(scene.risen)
        case _:
            return fault.wait_s(scene.draw)


def _answered(fault: Status | Expired | Revoked, scene: Scene) -> Answer:
    """The answer of a fault that has another one than the recorded."""
    if isinstance(fault, Status):
        return Answer(_answer(fault, scene), fault.early)
    return Answer(_unauthorised(fault, scene))


def _answer(fault: Status, scene: Scene) -> Response:
    """The vendor's answer with this status, with what the fault says in the place of what the vendor says."""
    response = _own(fault) if fault.body is not None else _vendors(fault.body_of or fault.code, scene)
    wait_s = scene.left_s if fault.until_end else fault.wait_s
    waits = () if wait_s is None else told(fault.form, wait_s, scene.unix_s)
    given = {name.lower() for name, _ in fault.headers} | (set() if wait_s is None else NAMES)
    kept = tuple(pair for pair in response.headers if pair[0].lower() not in given)
    headers = (*kept, *fault.headers, *waits)
    return replace(response, status=fault.code, reason=reason_of(fault.code), headers=headers)


def _own(fault: Status) -> Response:
    """The answer that the fault brings itself; it says itself what type it has."""
    return Response(fault.code, "", (), (fault.body or "").encode())


def _vendors(status: int, scene: Scene) -> Response:
    """What the vendor says with this status: as recorded, else as its limits or its contract have it, else a problem document."""
    recorded = scene.lore.recorded(status, scene.request)
    found = recorded or refusal_in(scene.limits, status, scene.unix_s) or scene.lore.expected(status)
    if found is None:
        return Response(status, "", (("Content-Type", PROBLEM),), problem(status).encode())
    headers = tuple(pair for pair in found.headers if pair[0].lower() not in FRAMING)
    return replace(found, headers=headers, chunks=())


def _unauthorised(fault: Expired | Revoked, scene: Scene) -> Response:
    """401 as the vendor says it, with the reason of RFC 6750; to who asks for a new token for a revoked one, 400."""
    revoked = isinstance(fault, Revoked)
    if revoked and renews(scene.request):
        return Response(400, reason_of(400), (("Content-Type", "application/json"),), REFUSED_GRANT.encode())
    response = _vendors(401, scene)
    if header(response.headers, "www-authenticate") is None:
        challenge = CHALLENGE.replace("{what}", "was revoked" if revoked else "expired")
        response = replace(response, headers=(*response.headers, ("WWW-Authenticate", challenge)))
    return replace(response, status=401, reason=reason_of(401))


def renews(request: Request) -> bool:
    """Whether a request asks for a new token (RFC 6749 sections 4 and 6: it has a grant type, in a form or in JSON)."""
    return b"grant_type" in request.body


def _placed(fault: Damage, scene: Scene) -> Damage:
    """The damage with a place, where the recording has one for it."""
    if fault.at or fault.kind not in POINTED or scene.recording is None:
        return fault
    place = scene.lore.guide.place(fault.kind, scene.recording, scene.request, scene.draw)
    if place is None:
        return fault
    return Damage("set" if place.value else fault.kind, place.at, place.value)


def shift_s(faults: Iterable[Fault]) -> float:
    """By how much the vendor's clock is wrong."""
    return sum((fault.step_s for fault in faults if isinstance(fault, ClockStep)), 0.0)


def redated(outcome: Outcome, unix_s: float) -> Outcome:
    """The outcome with this time in its ``Date``."""
    told_ = (
        *(pair for pair in outcome.told if pair[0].lower() != "date"),
        ("Date", INSTANTS["http_date"](0.0, int(unix_s))),
    )
    return outcome if outcome.response is None else replace(outcome, told=told_)
