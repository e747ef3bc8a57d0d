"""From what a caller says to a request, and from a request to a good answer.

The law of this file: everything that is the same for every attempt (headers, body bytes, idempotency key) is settled once, before
the first attempt; and what a client sends by default (credentials among it) goes to its own origin only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypedDict
from urllib.parse import urlencode

from tapehiss.cassettes.coding import CODINGS
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Headers, Request, header
from tapehiss.clients import errors
from tapehiss.clients.classify import READING
from tapehiss.clients.effects import Emit, Event
from tapehiss.clients.layers import once
from tapehiss.clients.limiter import Priority
from tapehiss.clients.retry import RetryPolicy, retrying
from tapehiss.clients.sendable import same_origin
from tapehiss.clients.validation import validated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from random import Random

    from tapehiss.clients.answer import Answer
    from tapehiss.clients.breaker import Breaker
    from tapehiss.clients.budget import RetryBudget
    from tapehiss.clients.effects import Flow, Layer
    from tapehiss.clients.limiter import Limiter
    from tapehiss.clients.signing import Auth
    from tapehiss.contracts.conformance import Conformance


class Asked(TypedDict, total=False):
    """What a caller can say about one call, beside method and path."""

    params: Mapping[str, Any]
    """Query parameters; a sequence repeats its name."""
    json: Any
    """Request body as a JSON value."""
    content: bytes
    """Request body as bytes: all of it, so that every attempt sends the same."""
    headers: Mapping[str, str]
    idempotency_key: str
    policy: RetryPolicy
    """Instead of the client's."""
    deadline_s: float
    """Instead of the policy's."""
    priority: Priority
    """Which calls go first when there is not room for all; ``NORMAL`` if nothing is said."""
    cost: float
    """How much of the vendor's limits the call uses; 1 if nothing is said."""
    check: bool
    """Whether a status that is no success is an error; ``True`` if nothing is said."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What all calls of a client share."""

    base_url: str = ""
    headers: Headers = field(default=(), repr=False)
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    key_header: str = ""
    """The header by which this vendor knows a repeated write; if given, every write gets a key of its own."""
    auth: Auth | None = field(default=None, repr=False)
    limiter: Limiter | None = None
    breaker: Breaker | None = None
    budget: RetryBudget | None = None
    contract: Conformance | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """The vendor's header for keys is a promise of the vendor's: settled here, and not in every call."""
        object.__setattr__(self, "policy", _keyed(self.policy, self.key_header))


def request_of(settings: Settings, method: str, path: str, asked: Asked, new_key: Callable[[], str]) -> Request:
    """The request, complete with defaults and key; ``InvalidRequest`` when it makes no sense."""
    unknown = sorted(asked.keys() - Asked.__optional_keys__)
    if unknown:
        what, said = "a call has no such word: nothing would come of it", ", ".join(Asked.__annotations__)
        raise errors.InvalidRequest(what, unknown[0], f"say one of {said}")
    method = method.upper()
    url = _url(settings.base_url, path, asked.get("params", {}))
    body, media = _body(asked)
    given = tuple((str(name), str(value)) for name, value in asked.get("headers", {}).items())
    key_header = settings.key_header or "Idempotency-Key"
    if "idempotency_key" in asked:
        given = (*given, (key_header, _key(asked["idempotency_key"])))
    elif settings.key_header and method not in READING and header(given, key_header) is None:
        given = (*given, (key_header, new_key()))
    defaults = (*settings.headers, *media, *DEFAULTS)
    return Request(method, url, (*given, *_missing(defaults, given)), body)


def calling(
    request: Request, settings: Settings, asked: Asked, *, now: float, dice: Random, call: str = ""
) -> Flow[Answer]:
    """The flow of a whole call: every policy, and an error for an answer that is no success, or that the contract does not know.

    ``call`` is the id that all its events carry; nobody is told anything when it is empty.
    """
    if not call:
        return (yield from _called(request, settings, asked, now, dice, ""))
    place = errors.place(request)
    yield Emit(Event("call-began", call, now, place))
    try:
        answer = yield from _called(request, settings, asked, now, dice, call)
    except errors.ApiError as error:
        took_s = error.attempts[-1].ended_at if error.attempts else 0.0
        said, attempts = type(error).__name__, len(error.attempts)
        yield Emit(Event("call-ended", call, now + took_s, place, attempts, error.status, took_s, said))
        raise
    took_s, attempts = answer.attempts[-1].ended_at, len(answer.attempts)
    yield Emit(Event("call-ended", call, now + took_s, place, attempts, answer.status, took_s))
    return answer


def _called(request: Request, settings: Settings, asked: Asked, now: float, dice: Random, call: str) -> Flow[Answer]:
    policy, layer, budget = _policy(settings, asked, request), _layer(settings, asked), settings.budget
    answer = yield from retrying(request, policy, now=now, dice=dice, layer=layer, budget=budget, call=call)
    if asked.get("check", True) and answer.status >= 300 and answer.status != UNCHANGED:
        kind = errors.for_status(answer.status)
        what = f"the vendor answered {answer.status}"
        raise kind(what, errors.place(request), kind.advice, answer.response, answer.attempts)
    return answer if settings.contract is None else validated(answer, settings.contract)


def _policy(settings: Settings, asked: Asked, request: Request) -> RetryPolicy:
    policy = _keyed(asked["policy"], settings.key_header) if "policy" in asked else settings.policy
    return _until(policy, asked["deadline_s"], request) if "deadline_s" in asked else policy


def _keyed(policy: RetryPolicy, key_header: str) -> RetryPolicy:
    """The policy for a vendor that knows repeated writes by this header."""
    promises = policy.promises
    if not key_header or key_header in promises.key_headers:
        return policy
    return replace(policy, promises=replace(promises, key_headers=(*promises.key_headers, key_header)))


def _until(policy: RetryPolicy, deadline_s: float, request: Request) -> RetryPolicy:
    """The policy with another deadline; what a caller has left may be nothing by now."""
    if deadline_s <= 0:
        what, advice = "no time was left for this call", errors.DeadlineExceeded.advice
        raise errors.DeadlineExceeded(what, errors.place(request), advice)
    try:
        return replace(policy, deadline_s=deadline_s)
    except Misuse as error:
        raise errors.InvalidRequest(error.what, errors.place(request), error.remedy) from None


def _layer(settings: Settings, asked: Asked) -> Layer:
    """What an attempt goes through: its turn, then its credential, then the breaker, so that nothing is stale when it is sent."""
    layer: Layer = once
    if settings.breaker is not None:
        layer = settings.breaker.over(layer)
    if settings.auth is not None:
        layer = settings.auth.over(layer)
    if settings.limiter is not None:
        layer = settings.limiter.over(layer, asked.get("priority", Priority.NORMAL), asked.get("cost", 1.0))
    return layer


UNCHANGED = 304
"""The answer to a question that had a condition on it: what the caller has is good."""
DEFAULTS: Headers = (
    ("Accept", "*/*"),
    ("Accept-Encoding", ", ".join(name for name in CODINGS if name != "identity")),
    ("User-Agent", "tapehiss"),
)
"""Sent unless something else is said: exactly the codings that we undo."""


def _missing(defaults: Headers, given: Headers) -> Headers:
    """Each default that neither the caller nor a default before it has set."""
    chosen: list[tuple[str, str]] = []
    for name, value in defaults:
        if header(given, name) is None and header(tuple(chosen), name) is None:
            chosen.append((name, value))
    return tuple(chosen)


def _url(base_url: str, path: str, params: Mapping[str, Any]) -> str:
    absolute = "://" in path.partition("?")[0]
    url = path if absolute else f"{base_url.rstrip('/')}/{path.lstrip('/')}" if path else base_url
    if absolute and base_url and not same_origin(url, base_url):
        what = "another origin than the client's would get the client's headers, credentials among them"
        raise errors.InvalidRequest(what, errors.place(Request("", url)), "make a client for that origin")
    if not params:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode(_texts(params), doseq=True)}"


def _texts(params: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Parameters as text: booleans as JSON writes them, ``None`` left out."""
    several = {name: value for name, value in params.items() if value is not None}
    return {
        name: [_text(each) for each in value] if isinstance(value, list | tuple) else _text(value)
        for name, value in several.items()
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(key: object) -> str:
    if isinstance(key, str) and key:
        return key
    what, remedy = "this is no key", "give text that is the same whenever this operation is tried, or leave it out"
    raise errors.InvalidRequest(what, "idempotency_key", remedy)


def _body(asked: Asked) -> tuple[bytes, Headers]:
    if "json" in asked and "content" in asked:
        raise errors.InvalidRequest("a request has one body", "json, content", "give json or content, not both")
    if "json" not in asked:
        return _bytes(asked.get("content", b"")), ()
    try:
        return json.dumps(asked["json"], allow_nan=False).encode(), (("Content-Type", "application/json"),)
    except (TypeError, ValueError, RecursionError) as error:
        remedy = "give dicts, lists, strings, numbers that are finite, booleans, None"
        raise errors.InvalidRequest("the value is no JSON", "json", remedy) from error


def _bytes(content: Sequence[int]) -> bytes:
    """The body as bytes; a file or a generator could be sent once only."""
    if not isinstance(content, bytes | bytearray | memoryview):
        what = f"a {type(content).__name__} cannot be sent again by a second attempt"
        raise errors.InvalidRequest(what, "content", "read it into bytes")
    return bytes(content)
