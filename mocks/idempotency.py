"""Idempotency keys as vendors keep them: a repeated key gets the first answer again, and nothing is done a second time.

The law of this file: pure, and told the time. What is remembered of a key is which recording answered it and the client's identifiers at
that moment, and the answer itself only where it was made and not recorded; a key whose first request was not carried out is free. Limits stand before this layer, faults behind it.
Sources: docs.stripe.com/api/idempotent_requests, docs.stripe.com/error-low-level, draft-ietf-httpapi-idempotency-key-header-06 section 2.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.cassettes.exchange import Headers, Request, Response
from tapehiss.contracts.idempotency import UNSAFE, is_key
from tapehiss.mocks.faults import PROBLEM, reason_of
from tapehiss.mocks.keys import fingerprint_of
from tapehiss.mocks.outcome import ERROR, Outcome, Repeat, Rung

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.mocks.bindings import Bindings
    from tapehiss.mocks.memory import Memory

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Custom:
    """What one vendor does about keys."""

    name: str
    hosts: tuple[str, ...] = ()
    """Its hosts: these and everything below them; ``()`` for any."""
    methods: frozenset[str] = UNSAFE
    """Where a key counts."""
    window_s: float = DAY_S
    """How long a key is known."""
    marker: Headers = ()
    """What an answer that is given again has beside the first one's headers."""
    saved: frozenset[int] = frozenset()
    """Errors that are answered again as well; after any other the key is free."""
    conflict_status: int = 422
    conflict_type: str = PROBLEM
    conflict_body: str = ""
    """``{key}`` is the key, as JSON has it within a text."""

    def covers(self, host: str) -> bool:
        """Whether this is the vendor at a host (an authority)."""
        name = host.partition(":")[0]
        return not self.hosts or any(name == each or name.endswith("." + each) for each in self.hosts)

    def conflict(self, key: str) -> Response:
        """The answer to a key that came with another request before."""
        body = self.conflict_body.replace("{key}", json.dumps(key)[1:-1])
        headers = (("Content-Type", self.conflict_type),)
        return Response(self.conflict_status, reason_of(self.conflict_status), headers, body.encode())

    def saves(self, status: int) -> bool:
        """Whether the answer is kept for the key."""
        return status < ERROR or status in self.saved


STRIPE = Custom(
    "stripe",
    hosts=("stripe.com",),
    methods=frozenset({"POST"}),
    marker=(("Idempotent-Replayed", "true"),),
    saved=frozenset({402, 500, 502, 503, 504}),
    conflict_status=400,
    conflict_type="application/json",
    conflict_body='{"error":{"type":"idempotency_error","message":"Keys for idempotent requests can only be used with the same parameters they '
    "were first used with. Try using a key other than '{key}' if you meant to execute a different request.\"}}",
)
IETF = Custom(
    "ietf",
    conflict_body='{"type":"about:blank","title":"Idempotency-Key is already used","status":422,'
    '"detail":"the key came with another request before: a key must not be reused across different payloads"}',
)
CUSTOMS = (STRIPE, IETF)
"""The first that covers the vendor's host counts."""
CHOICES: Mapping[str, tuple[Custom, ...]] = {
    "auto": CUSTOMS,
    "stripe": (replace(STRIPE, hosts=()),),
    "ietf": (IETF,),
    "off": (),
}
"""What a user may choose; a vendor by name is that vendor at whatever host."""


class Key(NamedTuple):
    """An idempotency key of a request."""

    number: int
    """Under which it is remembered: 64 bits of name, value and vendor."""
    text: str


@dataclass(frozen=True, slots=True)
class First:
    """The request with which a key came first, and was carried out."""

    custom: Custom
    at_s: float
    fingerprint: int
    recording: int | None
    rung: Rung
    bindings: Bindings
    made: Response | None = None
    """The answer itself, where no tape has it."""


def key_of(request: Request, host: str) -> Key | None:
    """The key in any of the headers that vendors use; ``host`` where there are several vendors."""
    for name, value in request.headers:
        if value and is_key(name):
            return Key(fingerprint_of((host, name.lower(), value)), value)
    return None


def custom_at(customs: tuple[Custom, ...], host: str, method: str) -> Custom | None:
    """What the vendor at a host does about keys of such requests, if anything."""
    custom = next((each for each in customs if each.covers(host)), None)
    return custom if custom is not None and method in custom.methods else None


def first_of(keys: Memory[First | None], key: Key, method: str, now_s: float) -> First | None:
    """The request that the key belongs to; nothing after the vendor's window, or where keys do not count."""
    first = keys.get(key.number, None)
    if first is None or method not in first.custom.methods or now_s >= first.at_s + first.custom.window_s:
        return None
    return first


def conflicting(first: First, key: Key) -> Outcome:
    """What becomes of another request with the same key."""
    return Outcome(first.custom.conflict(key.text), rung=first.rung, repeat=Repeat.CONFLICT)


def replayed(first: First, outcome: Outcome) -> Outcome:
    """The first answer again, with the vendor's mark."""
    response = outcome.response
    assert response is not None, "only answers are kept for a key"
    marks = {name.lower() for name, _ in first.custom.marker}
    headers = tuple(pair for pair in response.headers if pair[0].lower() not in marks) + first.custom.marker
    return replace(outcome, response=replace(response, headers=headers), repeat=Repeat.REPLAYED)
