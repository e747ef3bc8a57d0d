"""The desk: where exchanges lie, unread, until they are counted together.

Of an exchange that lies here nothing is known but its call, under which it lies: a body is parsed when its batch is counted, and
forgotten at once. The desk's memory is bounded by whoever puts exchanges on it: when ``is_full`` says so, take its ``evidence`` and
begin with an empty desk. The sum of the evidence of several desks is the evidence of all their exchanges.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import TYPE_CHECKING

from tapehiss.contracts.conducting import Conducting
from tapehiss.contracts.counts import Evidence, Part, Seen
from tapehiss.contracts.gathering import Gathering
from tapehiss.contracts.reading import read

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.reading import Call

HELD_MAX_BYTES = 32_000_000
"""How much lies on a desk: exchanges, and counts."""
BATCH_BYTES = 1_000_000
"""So many bytes of one operation's bodies are counted together, parsed: enough to count by columns, few enough to stay near the processor."""
EXCHANGE_BYTES = 1_500
"""About what an exchange takes beside its bodies."""
COUNTED_BYTES = 50
"""About what an exchange leaves behind when it is counted."""
FIELD_BYTES = 1_000
"""About what the evidence of one path takes."""
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

    def take(self, key: str, exchange: Exchange, call: Call, seen: Seen) -> None:
        """Put one exchange on the pile of its operation."""
        pile = self._piles.get(key)
        if pile is None:
            pile = self._piles[key] = _Pile()
        self._held_bytes += pile.take(exchange, call, seen)

    def evidence(self) -> dict[str, Evidence]:
        """The evidence of each operation, within its bounds."""
        return {key: pile.evidence() for key, pile in self._piles.items()}


def seen_at(exchange: Exchange, tape: str = "", line: int = 0) -> Seen:
    """Where and when an exchange stands; a time that is none is the beginning of time."""
    return Seen(exchange.started_at if math.isfinite(exchange.started_at) else 0.0, tape, line)


class _Pile:
    """The exchanges of one operation: those that wait, and what was counted of others."""

    __slots__ = ("_conducting", "_counted", "_held_bytes", "_waiting")

    def __init__(self) -> None:
        self._waiting: list[tuple[Seen, Exchange, Call]] = []
        self._held_bytes = 0
        self._counted = Evidence()
        self._conducting = Conducting()

    def take(self, exchange: Exchange, call: Call, seen: Seen) -> int:
        """Put one exchange here; by how many bytes (about) more or less is held now."""
        response = exchange.response
        size = EXCHANGE_BYTES + len(exchange.request.body) + (len(response.body) if response else 0)
        self._waiting.append((seen, exchange, call))
        self._held_bytes += size
        if self._held_bytes <= BATCH_BYTES:
            return size
        before, known, number = self._held_bytes - size, self._fields, len(self._waiting)
        self._count()
        return (self._fields - known) * FIELD_BYTES + number * COUNTED_BYTES - before

    def evidence(self) -> Evidence:
        """All that lay here."""
        self._count()
        return self._counted + Evidence(conduct=self._conducting.conduct())

    @property
    def _fields(self) -> int:
        return sum(len(part.fields) for part in self._counted.parts.values())

    def _count(self) -> None:
        """Count what waits, in the order in which it was seen."""
        if self._waiting:
            self._waiting.sort(key=itemgetter(0))
            self._counted += self._batch()
            self._waiting, self._held_bytes = [], 0

    def _batch(self) -> Evidence:
        endings: dict[str, int] = {}
        gathered: dict[str, Gathering] = {}
        accounts = [(exchange, read(exchange, call), seen) for seen, exchange, call in self._waiting]
        self._conducting.take(accounts)
        for number, (exchange, account, _) in enumerate(accounts):
            ending = exchange.ending.value
            endings[ending] = endings.get(ending, 0) + 1
            for reading in account.readings:
                gathering = gathered.get(reading[0])
                if gathering is None:
                    gathering = gathered[reading[0]] = Gathering()
                gathering.take(reading, number)
        seens = [seen for seen, _, _ in self._waiting]
        parts: dict[str, Part] = {name: gathering.part(seens) for name, gathering in gathered.items()}
        return Evidence(endings, first=seens[0], last=seens[-1]) + Evidence(parts=parts)
