"""What a mock vendor was asked and what it did: the last entries, and totals over all.

No header, query or body is kept: a journal is shown and exported, and secrets live there.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.mocks.outcome import Outcome, Rung
from tapehiss.mocks.schedule import operation_pattern
from tapehiss.mocks.shorthand import rule_to_text

if TYPE_CHECKING:
    from collections.abc import Mapping

ENTRIES_MAX = 10_000
PATH_MAX = 500
TOTALS_MAX = 10_000
"""Paths that are counted apart; further ones are counted together as ``*``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request and its outcome."""

    number: int
    at_s: float
    """Seconds since the mock began."""
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

    def note(self, at_s: float, method: str, path: str, outcome: Outcome, delay_s: float) -> Entry:
        """One more request."""
        status = outcome.response.status if outcome.response else None
        path = path[:PATH_MAX]
        struck = tuple(rule_to_text(rule) for rule in outcome.struck)
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
        )
        self.entries.append(entry)
        self._count(entry)
        return entry

    def _count(self, entry: Entry) -> None:
        self._requests += 1
        self._rungs[entry.rung.value] += 1
        self._statuses[str(entry.status) if entry.ending == "complete" else entry.ending] += 1
        self._struck.update(entry.struck)
        self._limited.update([entry.limit] if entry.limit else [])
        call = (entry.method, entry.path)
        _bounded(self._calls, call)
        if entry.rung is Rung.MISS and not entry.limit:
            _bounded(self._missed, call)

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


def _bounded(counter: Counter[tuple[str, str]], call: tuple[str, str]) -> None:
    counter[call if call in counter or len(counter) < TOTALS_MAX else (call[0], "*")] += 1
