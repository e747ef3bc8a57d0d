"""A vendor's limits: several counters at once, each for an account, an endpoint or an object; all must admit a request.

The law of this file: pure. What was admitted is charged to every counter, what was refused to none; the wait that is asked for is the
longest of them all, so that who waits as told is admitted. A request that costs more than a quota costs all of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any, NamedTuple

from tapehiss.cassettes.exchange import Headers, Request, Response, header
from tapehiss.contracts.pointers import below, steps_of
from tapehiss.mocks.dialects import INSTANTS, Blank, asked_in, filled, pieces_of
from tapehiss.mocks.faults import reason_of
from tapehiss.mocks.keys import fingerprint_of, operation_named, split_url
from tapehiss.mocks.schedule import operation_pattern
from tapehiss.mocks.windows import Bucket, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

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

    @property
    def by_answer(self) -> bool:
        """Whether the recorded answer has to be read."""
        return bool(self.asked_at or self.charged_at)

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

    def price(self, method: str, answer: Any) -> tuple[float, float]:
        """What must be free for a request, and what it is charged: never more than there is."""
        free, charged = self.cost.of(method, answer)
        return min(free, self.quota), min(charged, self.quota)

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
    early: bool = False
    """They are asked before the body of a request is read, as gateways do: a refusal ends the connection."""

    by_answer: bool = field(init=False)
    """Whether costs stand in the recorded answers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_answer", any(each.cost.by_answer for each in self.limits))


class Asked(NamedTuple):
    """What counters may know of a request."""

    method: str
    path: str
    account: str
    """A digest; nobody's credential is kept."""
    endpoint: str


class Counted(NamedTuple):
    """A counter that a request is counted by."""

    limit: Limit
    number: int
    """Under which it is remembered."""
    price: tuple[float, float] | None
    """What must be free, and what is charged, unless it stands in the answer."""


class Place(NamedTuple):
    """A place in a header that is told with an answer."""

    counter: int
    """Place of the counter in ``Plan.shown``."""
    attribute: str
    """Of its reading."""
    spelt: Callable[[Any, float], str]


class Plan(NamedTuple):
    """What is known of a request before its time: remembered, because it is asked for at every request."""

    counted: tuple[Counted, ...]
    shown: tuple[int, ...]
    """Those of the counters that headers tell of."""
    words: tuple[str | Place, ...]
    """What the values of headers are made of, one after the other."""
    headers: tuple[tuple[str, int, int], ...]
    """Names, and where among the words the value begins and ends."""


class Weighed(NamedTuple):
    """What the counters say of one request."""

    refused: Limit | None
    wait_s: float
    """The longest wait of all counters; 0 when the request was admitted."""
    plan: Plan = Plan((), (), (), ())
    states: tuple[Any, ...] = ()
    """Of the counters of the plan, after the request ..."""
    now_s: float = 0.0
    """... at this Unix time."""

    def reading(self, name: str) -> Reading:
        """What the counter of this name shows; ``KeyError`` if the request does not touch it."""
        return self.shown(_counters(self.plan.counted)[name])

    def shown(self, counter: int) -> Reading:
        """What the counter at this place of the plan shows."""
        return self.plan.counted[counter].limit.model.reading(self.states[counter], self.now_s)


def _counters(counted: tuple[Counted, ...]) -> dict[str, int]:
    """Places of counters by their names."""
    return {each.limit.name: place for place, each in enumerate(counted)}


def asked_of(limits: Limits, request: Request) -> Asked:
    """What counters may know of a request."""
    told: str | None = None
    for name in limits.account:
        if told := header(request.headers, name):
            break
    return _asked(request.method, split_url(request.url).path, told or "")


@lru_cache(maxsize=16_384)
def _asked(method: str, path: str, told: str) -> Asked:
    account = f"{fingerprint_of((told,)):016x}" if told else ""
    return Asked(method, path, account, operation_named(method, path))


@lru_cache(maxsize=16_384)
def plan_of(limits: Limits, asked: Asked) -> Plan:
    """Which counters a request is counted by, and what is told of them."""
    counted = tuple(
        Counted(each, _number(each, asked), None if each.cost.by_answer else each.price(asked.method, None))
        for each in limits.limits
        if each.counts(asked.method, asked.path)
    )
    names = _counters(counted)
    told = [(name, pieces_of(template)) for name, template in limits.headers]
    told = [(name, pieces) for name, pieces in told if all(each.counter in names for each in asked_in(pieces))]
    shown = tuple(dict.fromkeys(names[each.counter] for _, pieces in told for each in asked_in(pieces)))
    words: list[str | Place] = []
    headers = []
    for name, pieces in told:
        headers.append((name, len(words), len(words) + len(pieces)))
        words += [_word(each, counted, names, shown) for each in pieces]
    return Plan(counted, shown, tuple(words), tuple(headers))


def _word(
    piece: str | Blank, counted: tuple[Counted, ...], names: Mapping[str, int], shown: Sequence[int]
) -> str | Place:
    """What a piece of a template becomes for these counters; how much there is at most never changes."""
    if isinstance(piece, str):
        return piece
    place = names[piece.counter]
    if piece.value == "limit":
        return piece.spelt(counted[place].limit.quota, 0.0)
    return Place(shown.index(place), _ATTRIBUTES[piece.value], piece.spelt)


def _number(limit: Limit, asked: Asked) -> int:
    kept_for = (getattr(asked, name) + (f" {asked.method}" if name == "path" else "") for name in limit.per)
    return fingerprint_of((limit.name, *kept_for))


def weigh(
    limits: Limits, counters: Memory[Any], asked: Asked, now_s: float, *, busy_s: float = 0.0, answer: Any = None
) -> tuple[Memory[Any], Weighed]:
    """Admit a request or not, at this Unix time; ``answer`` is the recorded body as JSON, where costs depend on it."""
    plan = plan_of(limits, asked)
    states: list[Any] = []
    charged: list[float] = []
    refused, longest_s = None, 0.0
    for limit, number, price in plan.counted:
        model: Any = limit.model
        state = counters.get(number, None) or model.start()
        free, cost = price or limit.price(asked.method, answer)
        wait_s = model.wait_s(state, now_s, free)
        if wait_s > 0:
            refused, longest_s = refused or limit, max(longest_s, wait_s)
        states.append(state)
        charged.append(cost)
    if refused is None:
        for place, (limit, number, _) in enumerate(plan.counted):
            states[place] = limit.model.take(states[place], now_s, charged[place], busy_s)
            counters = counters.put(number, states[place])
    return counters, Weighed(refused, longest_s, plan, tuple(states), now_s)


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


def refusal_in(limits: Limits, status: int, now_s: float) -> Response | None:
    """What a vendor with these limits says with this status, if any of its refusals has it; of its counters it says nothing."""
    limit = next((each for each in limits.limits if (each.refusal or limits.refusal).status == status), None)
    return None if limit is None else refusal_of(limits, Weighed(limit, 1.0), now_s)


def _date(now_s: float) -> str:
    return INSTANTS["http_date"](0.0, int(now_s))


def admitted_headers(weighed: Weighed) -> Headers:
    """What the vendor tells of its counters with every answer; of a counter that a request did not touch it says nothing."""
    plan, now_s = weighed.plan, weighed.now_s
    readings = [weighed.shown(counter) for counter in plan.shown]
    words = [
        each if isinstance(each, str) else each.spelt(getattr(readings[each.counter], each.attribute), now_s)
        for each in plan.words
    ]
    return tuple(
        [(name, words[start] if end - start == 1 else "".join(words[start:end])) for name, start, end in plan.headers]
    )


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
    known: dict[str, Reading] = {}

    def found(counter: str, value: str) -> Any:
        if not counter:
            return about[value]
        reading = known.get(counter) or known.setdefault(counter, weighed.reading(counter))
        return getattr(reading, _ATTRIBUTES[value])

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
