"""What a mock vendor was asked and what it did: the last entries, and totals over all.

No header, query or body is kept: a journal is shown and exported, and secrets live there. Of idempotency keys and bodies there are digests,
which are compared and never shown.
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from tapehiss.cassettes.exchange import header
from tapehiss.contracts.idempotency import is_key
from tapehiss.mocks.bodies import body_digest
from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.schedule import operation_pattern
from tapehiss.mocks.shorthand import rule_to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.cassettes.exchange import Request, Response
    from tapehiss.mocks.schedule import Schedule

T = TypeVar("T")

ENTRIES_MAX = 10_000
PATH_MAX = 500
TOTALS_MAX = 10_000
"""Paths that are counted apart; further ones are counted together as ``*``."""
OTHERS = "*"
REDIRECTION = 300
"""Answers from this status on may tell a client when to come again."""
WAIT_MAX_CHARS = 100


class Marks(NamedTuple):
    """What is known of a request beside its operation."""

    key: str = ""
    """Whose state it meant."""
    idempotency: str = ""
    """A digest of its idempotency key; empty if it had none."""
    body: str = ""
    """SHA-256 of its content; empty if it had none."""


NO_MARKS = Marks()


class Entry(NamedTuple):
    """One request and its outcome."""

    number: int
    at_s: float
    """Seconds since the mock began, by the vendor's clock."""
    method: str
    path: str
    rung: Rung
    status: int | None
    """``None`` if no answer came."""
    ending: str
    delay_s: float
    recording: int | None
    struck: tuple[str, ...]
    """The rules that struck, in short form."""
    limit: str = ""
    """The limit that refused it."""
    retry_after: str = ""
    """How long the client was told to wait, as the header said it."""
    marks: Marks = NO_MARKS


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over all requests since the last reset."""

    requests: int = 0
    rungs: Mapping[str, int] = field(default_factory=dict)
    statuses: Mapping[str, int] = field(default_factory=dict)
    """Status, or how the exchange ended if no answer came whole."""
    struck: Mapping[str, int] = field(default_factory=dict)
    limited: Mapping[str, int] = field(default_factory=dict)
    """By name of the limit that refused."""
    calls: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """By method and path."""
    missed: Mapping[tuple[str, str], int] = field(default_factory=dict)


class Journal:
    """The last entries and the totals; owned by one thread."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget everything."""
        self.entries: deque[Entry] = deque(maxlen=ENTRIES_MAX)
        self._requests = 0
        self._rungs: Counter[str] = Counter()
        self._statuses: Counter[str] = Counter()
        self._struck: Counter[str] = Counter()
        self._limited: Counter[str] = Counter()
        self._calls: Counter[tuple[str, str]] = Counter()
        self._missed: Counter[tuple[str, str]] = Counter()
        self._forgotten: Counter[str] = Counter()

    def note(
        self, at_s: float, method: str, path: str, outcome: Outcome, delay_s: float, marks: Marks = NO_MARKS
    ) -> Entry:
        """One more request."""
        status = outcome.response.status if outcome.response else None
        path = path[:PATH_MAX]
        struck = tuple(rule_to_text(rule) for rule in outcome.struck) if outcome.struck else ()
        entry = Entry(
            self._requests,
            at_s,
            method,
            path,
            outcome.rung,
            status,
            outcome.ending.value,
            delay_s,
            outcome.recording,
            struck,
            outcome.limit,
            told_to_wait(outcome.response) if status is not None and status >= REDIRECTION else "",
            marks,
        )
        if len(self.entries) == ENTRIES_MAX:
            _bounded(self._forgotten, self.entries[0].marks.key, OTHERS)
        self.entries.append(entry)
        self._count(entry)
        return entry

    def _count(self, entry: Entry) -> None:
        self._requests += 1
        self._rungs[entry.rung.value] += 1
        self._statuses[str(entry.status) if entry.ending == "complete" else entry.ending] += 1
        if entry.struck:
            self._struck.update(entry.struck)
        if entry.limit:
            self._limited[entry.limit] += 1
        call = (entry.method, entry.path)
        _bounded(self._calls, call, (entry.method, OTHERS))
        if entry.rung is Rung.MISS and not entry.limit:
            _bounded(self._missed, call, (entry.method, OTHERS))

    def forget(self, key: str) -> None:
        """Forget the entries of one state; the totals stay."""
        self.entries = deque((entry for entry in self.entries if entry.marks.key != key), maxlen=ENTRIES_MAX)
        self._forgotten.pop(key, None)

    def forgotten(self, key: str | None = None) -> int:
        """How many requests (of one state) came whose entries made way for later ones."""
        return self._forgotten.total() if key is None else self._forgotten[key]

    def count(self, on: str) -> int:
        """How many requests since the last reset were about an operation such as ``POST /v1/*``."""
        wanted = operation_pattern(on)
        return sum(count for call, count in self._calls.items() if wanted(*call))

    def totals(self) -> Totals:
        """The sums as a value."""
        return Totals(
            self._requests,
            dict(self._rungs),
            dict(self._statuses),
            dict(self._struck),
            dict(self._limited),
            dict(self._calls),
            dict(self._missed),
        )


def coverage(schedule: Schedule, struck: Mapping[str, int]) -> dict[str, int]:
    """How often each rule of a schedule struck, by its short form: 0 for what was planned and never reached."""
    return {text: struck.get(text, 0) for text in map(rule_to_text, schedule)}


def _bounded(counter: Counter[T], counted: T, others: T) -> None:
    counter[counted if counted in counter or len(counter) < TOTALS_MAX else others] += 1


def marks_of(request: Request, key: str) -> Marks:
    """The marks of a request that means this state."""
    told = next((value for name, value in request.headers if value and is_key(name)), "")
    return Marks(key, digest_of(told) if told else "", body_digest(request))


def digest_of(idempotency_key: str) -> str:
    """What is kept of an idempotency key."""
    return hashlib.sha256(idempotency_key.encode("utf-8", "surrogatepass")).hexdigest()


def told_to_wait(response: Response | None) -> str:
    """What ``Retry-After`` said."""
    return (header(response.headers, "retry-after") or "")[:WAIT_MAX_CHARS] if response is not None else ""
