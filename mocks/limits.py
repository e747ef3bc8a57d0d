"""A vendor's limits: several counters at once, each for an account, an endpoint or an object; all must admit a request.

The law of this file: pure. What was admitted is charged to every counter, what was refused to none; the wait that is asked for is the
longest of them all, so that who waits as told is admitted. A request that costs more than a quota costs all of it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from tapehiss.cassettes.exchange import Headers, Request, Response, header
from tapehiss.contracts.operations import operation_of
from tapehiss.contracts.pointers import below, steps_of
from tapehiss.mocks.dialects import INSTANTS, filled
from tapehiss.mocks.faults import reason_of
from tapehiss.mocks.keys import split_url
from tapehiss.mocks.schedule import operation_pattern
from tapehiss.mocks.windows import Bucket, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tapehiss.mocks.memory import Memory
    from tapehiss.mocks.windows import Reading

BODY_MAX_BYTES = 1_000_000
"""In a larger body nobody looks for costs."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a vendor says when a limit is met; texts are templates (``dialects.filled``)."""

    status: int = 429
    headers: Headers = (("Retry-After", "{retry_after:delta_s}"),)
    body: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request costs: a number, by method, or what the recorded answer says that it cost."""

    each: float = 1.0
    methods: tuple[tuple[str, float], ...] = ()
    asked_at: str = ""
    """JSON Pointer into the answer to what had to be free."""
    charged_at: str = ""
    """... and to what was charged in the end."""

    def of(self, method: str, answer: Any) -> tuple[float, float]:
        """What must be free, and what is charged."""
        asked = number_at(answer, self.asked_at) if self.asked_at else None
        if asked is None:
            asked = (
                next((cost for name, cost in self.methods if name == method), self.each) if self.methods else self.each
            )
        charged = number_at(answer, self.charged_at) if self.charged_at else None
        return asked, asked if charged is None else charged


@dataclass(frozen=True, slots=True)
class Limit:
    """One kind of counter."""

    name: str
    model: Model
    per: tuple[str, ...] = ("account",)
    """What it is kept for: each ``account``, ``endpoint`` (operation), ``path`` (object); ``()`` for all together."""
    on: tuple[str, ...] = ("*",)
    """Operations that are counted: ``POST /v1/*``, ``*``."""
    free: tuple[str, ...] = ()
    """Operations that are not, though ``on`` has them."""
    cost: Cost = field(default_factory=Cost)
    refusal: Refusal | None = None
    """Where it differs from the vendor's other refusals."""
    quota: float = field(init=False)
    """The most that one request can cost."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "quota", self.model.capacity if isinstance(self.model, Bucket) else self.model.quota)

    def counts(self, method: str, path: str) -> bool:
        """Whether a request is counted."""
        return any(operation_pattern(each)(method, path) for each in self.on) and not any(
            operation_pattern(each)(method, path) for each in self.free
        )


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Everything about a vendor's limits. Two are equal only if they are the same one: they are looked up for every request."""

    limits: tuple[Limit, ...] = ()
    headers: Headers = ()
    """Of an answer that was admitted; values are templates."""
    fields: tuple[tuple[str, str], ...] = ()
    """JSON Pointers into the body of an answer that was admitted, with templates of the numbers there."""
    refusal: Refusal = field(default_factory=Refusal)
    account: tuple[str, ...] = ("authorization", "x-api-key", "api-key")
    """Headers that tell one account from another; the first that is there counts."""

    @property
    def by_answer(self) -> bool:
        """Whether costs stand in the recorded answers."""
        return any(each.cost.asked_at or each.cost.charged_at for each in self.limits)


class Asked(NamedTuple):
    """What counters may know of a request."""

    method: str
    path: str
    account: str
    """A digest; nobody's credential is kept."""
    endpoint: str


class Weighed(NamedTuple):
    """What the counters say of one request."""

    refused: Limit | None
    wait_s: float
    """The longest wait of all counters; 0 when the request was admitted."""
    readings: Mapping[str, Reading]
    """By name of the limit, after the request."""


def asked_of(limits: Limits, request: Request) -> Asked:
    """What counters may know of a request."""
    told = next((value for name in limits.account if (value := header(request.headers, name))), "")
    return _asked(request.method, split_url(request.url).path, told)


@lru_cache(maxsize=4096)
def _asked(method: str, path: str, told: str) -> Asked:
    account = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest() if told else ""
    return Asked(method, path, account, f"{method} {operation_of(method, path)[0].path}")


@lru_cache(maxsize=65_536)
def _counted(limits: Limits, asked: Asked) -> tuple[tuple[Limit, int], ...]:
    """The counters that a request is counted by, each with the number under which it is remembered."""
    return tuple((each, _number(each, asked)) for each in limits.limits if each.counts(asked.method, asked.path))


def _number(limit: Limit, asked: Asked) -> int:
    kept_for = (getattr(asked, name) + (f" {asked.method}" if name == "path" else "") for name in limit.per)
    text = "\x1f".join([limit.name, *kept_for])
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())


def weigh(
    limits: Limits, counters: Memory[Any], asked: Asked, now_s: float, *, busy_s: float = 0.0, answer: Any = None
) -> tuple[Memory[Any], Weighed]:
    """Admit a request or not, at this Unix time; ``answer`` is the recorded body as JSON, where costs depend on it."""
    counted = _counted(limits, asked)
    states: list[Any] = [counters.get(number, None) or limit.model.start() for limit, number in counted]
    costs = [limit.cost.of(asked.method, answer) for limit, _ in counted]
    refused, longest_s = None, 0.0
    for (limit, _), state, (cost, _) in zip(counted, states, costs, strict=True):
        wait_s = limit.model.wait_s(state, now_s, min(cost, limit.quota))
        if wait_s > 0:
            refused, longest_s = refused or limit, max(longest_s, wait_s)
    if refused is None:
        for place, ((limit, number), (_, cost)) in enumerate(zip(counted, costs, strict=True)):
            states[place] = limit.model.take(states[place], now_s, min(cost, limit.quota), busy_s)
            counters = counters.put(number, states[place])
    readings = {
        limit.name: limit.model.reading(state, now_s) for (limit, _), state in zip(counted, states, strict=True)
    }
    return counters, Weighed(refused, longest_s, readings)


def refusal_of(limits: Limits, weighed: Weighed, now_s: float) -> Response:
    """What the vendor says to a request that was not admitted; with its clock, which dates are measured against."""
    limit = weighed.refused
    assert limit is not None
    refusal = limit.refusal or limits.refusal
    look_up = _look_up(weighed, {"retry_after": weighed.wait_s, "reason": refusal.reason, "limit_name": limit.name})
    headers = _told(refusal.headers, look_up, now_s)
    try:
        body = filled(refusal.body, look_up, now_s)
    except KeyError:
        body = ""  # it speaks of a counter that this request does not touch
    return Response(refusal.status, reason_of(refusal.status), (("Date", _date(now_s)), *headers), body.encode())


def _date(now_s: float) -> str:
    return INSTANTS["http_date"](0.0, int(now_s))


def admitted_headers(limits: Limits, weighed: Weighed, now_s: float) -> Headers:
    """What the vendor tells of its counters with every answer; of a counter that a request did not touch it says nothing."""
    return _told(limits.headers, _look_up(weighed, {}), now_s)


def _told(templates: Headers, look_up: Callable[[str, str], Any], now_s: float) -> Headers:
    told = []
    for name, text in templates:
        try:
            told.append((name, filled(text, look_up, now_s)))
        except KeyError:
            continue
    return tuple(told)


def with_fields(limits: Limits, weighed: Weighed, response: Response, now_s: float) -> Response:
    """The answer with the counters in its body, where the vendor tells them there."""
    found = json_of(response.body) if limits.fields else None
    if found is None:
        return response
    look_up = _look_up(weighed, {})
    for pointer, text in limits.fields:
        try:
            _put(found, steps_of(pointer), float(filled(text, look_up, now_s)))
        except KeyError:
            continue  # this answer does not tell it
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    return replace(response, body=body)


def _look_up(weighed: Weighed, about: Mapping[str, Any]) -> Callable[[str, str], Any]:
    def found(counter: str, value: str) -> Any:
        return getattr(weighed.readings[counter], _ATTRIBUTES[value]) if counter else about[value]

    return found


_ATTRIBUTES = {
    "limit": "limit",
    "remaining": "remaining",
    "used": "used",
    "window": "window_s",
    "rate": "rate_per_s",
    "reset": "reset_s",
}
VALUES = frozenset(_ATTRIBUTES)
"""What a template may ask of a counter."""


# ---- JSON


def json_of(body: bytes) -> Any:
    """The body as JSON; ``None`` when it is none, or too long."""
    if not body or len(body) > BODY_MAX_BYTES or body.lstrip()[:1] not in {b"{", b"["}:
        return None
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def number_at(data: Any, pointer: str) -> float | None:
    """The number, 0 or more, that a JSON Pointer leads to."""
    found = reduce(below, steps_of(pointer), data)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) and found >= 0 else None


def _put(data: Any, steps: list[str], value: float) -> None:
    """Replace a number that is there."""
    parent, last = reduce(below, steps[:-1], data), steps[-1]
    if isinstance(below(parent, last), int | float):
        parent[last if isinstance(parent, dict) else int(last)] = int(value) if value == int(value) else value
