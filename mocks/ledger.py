"""What was done at the vendor: every write that it carried out, by operation, request and idempotency key.

The law of this file: a persistent value, bounded, without a key, a query or a body in it: only digests. A write counts when its recording was
played with a status below 400 (``Outcome.advances``), whether or not the client got the answer: so *commit, then lose the response* can be
judged. What a limit refused, a fault prevented, no tape knows or a key had replayed was not carried out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from immutables import Map

from tapehiss.contracts.idempotency import UNSAFE
from tapehiss.mocks.bodies import read_body
from tapehiss.mocks.keys import normal_path, operation_named, split_url
from tapehiss.mocks.memory import Memory
from tapehiss.mocks.outcome import Repeat

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request
    from tapehiss.mocks.outcome import Outcome
    from tapehiss.mocks.wildcards import Wildcards

OPERATIONS_MAX = 10_000
OTHERS = "* *"
"""Where further operations are counted together."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What was done by one operation."""

    operation: str
    """Method and path with parameters: ``POST /v1/charges/{charge_id}``."""
    carried_out: int = 0
    doubled: int = 0
    """How many of these were done before: for the same request (method, URL and body), or for the same key."""
    requests: int = 0
    """How many different requests were carried out."""
    keys: int = 0
    """How many different keys they had."""
    unkeyed: int = 0
    """How many of all had no key."""
    lost: int = 0
    """How many of all were carried out and never answered."""
    replayed: int = 0
    """How many got the first answer again because of their key: not carried out."""
    conflicts: int = 0
    """How many came with a key of another request: not carried out."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The effects so far."""

    by_operation: Map[str, Effect] = field(default_factory=Map)
    times: Memory[int] = field(default_factory=Memory, repr=False)
    """Digest of a request or of a key to how many times it was carried out."""

    def noted(
        self, method: str, path: str, fingerprint: int, key: int | None, outcome: Outcome, *, done: bool
    ) -> Ledger:
        """The ledger after one more write, which was carried out or not."""
        if not done and not outcome.repeat:
            return self
        name = operation_named(method, path)
        if name not in self.by_operation and len(self.by_operation) >= OPERATIONS_MAX:
            name = OTHERS
        effect = self.by_operation.get(name) or Effect(name)
        if not done:
            replays = outcome.repeat is Repeat.REPLAYED
            effect = replace(effect, replayed=effect.replayed + replays, conflicts=effect.conflicts + (not replays))
            return Ledger(self.by_operation.set(name, effect), self.times)
        again, again_by_key = self.times.get(fingerprint, 0), 0 if key is None else self.times.get(key, 0)
        times = self.times.put(fingerprint, again + 1)
        times = times if key is None else times.put(key, again_by_key + 1)
        effect = replace(
            effect,
            carried_out=effect.carried_out + 1,
            doubled=effect.doubled + bool(again or again_by_key),
            requests=effect.requests + (not again),
            keys=effect.keys + (key is not None and not again_by_key),
            unkeyed=effect.unkeyed + (key is None),
            lost=effect.lost + (outcome.response is None),
        )
        return Ledger(self.by_operation.set(name, effect), times)

    def effects(self) -> tuple[Effect, ...]:
        """By operation, those first of which most was done again."""
        return tuple(sorted(self.by_operation.values(), key=lambda each: (-each.doubled, each.operation)))


_READING = re.compile(r"(?:\s|#[^\n]*\n)*(?:query\b|fragment\b|\{)")
"""How a GraphQL document begins that only asks (spec.graphql.org, section 2.3)."""


def writes(request: Request) -> bool:
    """Whether a request could change something: by its method, unless it is a GraphQL query. In doubt it could."""
    if request.method not in UNSAFE or b'"query"' not in request.body:
        return request.method in UNSAFE
    kind, value = read_body(request)
    text = value.get("query") if kind == "json" and isinstance(value, dict) else None
    return not (isinstance(text, str) and _READING.match(text) and "mutation" not in text)


def operation_in(wild: Wildcards, request: Request) -> str:
    """The operation of a request to a vendor, whatever identifiers stand in its path."""
    return operation_named(request.method, wild.shown(normal_path(split_url(request.url).path)))
