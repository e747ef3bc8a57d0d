"""The desk: where exchanges lie until they are counted together.

Its memory is bounded by whoever puts exchanges on it: when ``is_full`` says so, take its ``evidence`` and begin with an empty
desk. The sum of the evidence of several desks is the evidence of all their exchanges.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tapehiss.contracts.conducting import Conducting
from tapehiss.contracts.counts import Evidence, Seen
from tapehiss.contracts.gathering import Gathering

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.reading import Account

HELD_MAX_BYTES = 12_000_000
"""How much lies on a desk: bodies, which take about eight times their length when they are parsed, and counts."""
EXCHANGE_BYTES = 50
"""About what an exchange leaves behind when its bodies are counted."""
PILES_MAX = 2_500
"""How many operations lie on a desk: where there are more, names are many, and most of them will be summed."""


class Desk:
    """Exchanges, by operation."""

    __slots__ = ("_held_bytes", "_piles")

    def __init__(self) -> None:
        self._piles: dict[str, _Pile] = {}
        self._held_bytes = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to count what lies here."""
        return self._held_bytes > HELD_MAX_BYTES or len(self._piles) > PILES_MAX

    def take(self, key: str, exchange: Exchange, account: Account, seen: Seen) -> None:
        """Put one exchange on the pile of its operation."""
        pile = self._piles.get(key)
        if pile is None:
            pile = self._piles[key] = _Pile()
        self._held_bytes += pile.take(exchange, account, seen) + EXCHANGE_BYTES

    def evidence(self) -> dict[str, Evidence]:
        """The evidence of each operation, within its bounds."""
        return {key: pile.evidence() for key, pile in self._piles.items()}


def seen_at(exchange: Exchange, tape: str = "", line: int = 0) -> Seen:
    """Where and when an exchange stands; a time that is none is the beginning of time."""
    return Seen(exchange.started_at if math.isfinite(exchange.started_at) else 0.0, tape, line)


class _Pile:
    """The exchanges of one operation."""

    __slots__ = ("conducting", "endings", "first", "last", "parts")

    def __init__(self) -> None:
        self.endings: dict[str, int] = {}
        self.parts: dict[str, Gathering] = {}
        self.conducting = Conducting()
        self.first: Seen | None = None
        self.last: Seen | None = None

    def take(self, exchange: Exchange, account: Account, seen: Seen) -> int:
        """Count one exchange; by how many bytes (about) more or less is held now."""
        ending = account.ending.value
        self.endings[ending] = self.endings.get(ending, 0) + 1
        if self.first is None or seen < self.first:
            self.first = seen
        if self.last is None or seen > self.last:
            self.last = seen
        more = 0
        for reading in account.readings:
            gathering = self.parts.get(reading.part)
            if gathering is None:
                gathering = self.parts[reading.part] = Gathering()
            more += gathering.count(reading, seen)
        self.conducting.take(exchange, account, seen)
        return more

    def evidence(self) -> Evidence:
        parts = {name: gathering.part() for name, gathering in self.parts.items()}
        conduct = self.conducting.conduct()
        return Evidence(self.endings, conduct=conduct, first=self.first, last=self.last) + Evidence(parts=parts)
