"""What has been recorded so far, in numbers: for the live line, the end table and the exit code.

The law of this file: pure; only counts, and only of what has been cleaned: no secret can be read here. The writer sends
``Written`` values (each counts what happened since the one before), and a ``Tally`` adds them up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

ENDPOINTS_MAX = 1000
"""Endpoints told apart; the rest is counted together."""
DURATIONS_MAX = 200
THE_REST = ("*", "(further endpoints)")


class Row(NamedTuple):
    """One written exchange, or several of the same endpoint and outcome."""

    method: str
    url: str
    """Cleaned, without query."""
    outcome: str
    """``2xx`` to ``5xx``, or the ending if there is no whole response."""
    body_bytes: int
    """Content of the responses, together."""
    end_s: float
    """Duration of all together."""
    durations_s: tuple[float, ...] = ()
    """Each of them, where there are several."""

    @property
    def each_s(self) -> tuple[float, ...]:
        """The duration of each."""
        return self.durations_s or (self.end_s,)

    def __add__(self, other: Row) -> Row:  # type: ignore[override]
        """Both together; they must be of the same endpoint and outcome."""
        assert self[:3] == other[:3]
        return Row(*self[:3], self.body_bytes + other.body_bytes, self.end_s + other.end_s, self.each_s + other.each_s)


class Written(NamedTuple):
    """What the writer did since it last said so."""

    frames: int = 0
    """Batches dealt with: the queue may forget them."""
    exchanges: int = 0
    """Written."""
    durable: int = 0
    """How many became such that a power cut cannot take them."""
    rows: tuple[Row, ...] = ()
    taken_out: tuple[tuple[str, int], ...] = ()
    """Rule and how many values of it."""
    quarantined: int = 0
    passed_over: int = 0
    """Not wanted, by media type."""
    gaps: int = 0
    gap_reasons: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """Every tape of this recording (not a difference)."""
    failure: tuple[str, str, str] | None = None
    """What, where, remedy: the writer can go on no longer."""


@dataclass(slots=True)
class Totals:
    """One endpoint."""

    count: int = 0
    body_bytes: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    durations_s: list[float] = field(default_factory=list)
    """The first ``DURATIONS_MAX`` of them, for the median."""
    outcomes: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """The sum. The recorder writes it in its own thread; whoever reads may read at any time."""

    open: int = 0
    """Exchanges that have begun and not ended."""
    exchanges: int = 0
    durable: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    request_bytes: int = 0
    """Request bodies, as on the wire."""
    response_bytes: int = 0
    taken_out: dict[str, int] = field(default_factory=dict)
    queue_exchanges: int = 0
    """Ended, and not known to be on the tape yet."""
    queue_bytes: int = 0
    quarantined: int = 0
    passed_over: int = 0
    """Not wanted (``Selection``)."""
    gaps: int = 0
    gap_reasons: dict[str, int] = field(default_factory=dict)
    tls_refused: dict[str, int] = field(default_factory=dict)
    """Hosts for which a client refused our certificate: it does not trust the certificate authority."""
    tls_failed: dict[str, str] = field(default_factory=dict)
    """Vendors with which TLS failed, and mitmproxy's words for it."""
    endpoints: dict[tuple[str, str], Totals] = field(default_factory=dict)
    """Method and cleaned URL without query."""
    paths: tuple[str, ...] = ()
    failure: tuple[str, str, str] | None = None

    @property
    def secrets(self) -> int:
        """Values taken out."""
        return sum(self.taken_out.values())

    @property
    def incomplete(self) -> bool:
        """Whether something that passed is not on the tape."""
        return bool(self.gaps or self.quarantined)

    def add(self, written: Written) -> None:
        """What the writer said."""
        self.exchanges += written.exchanges
        self.durable += written.durable
        self.quarantined += written.quarantined
        self.passed_over += written.passed_over
        self.gaps += written.gaps
        self.paths = tuple(dict.fromkeys((*self.paths, *written.paths)))
        self.failure = self.failure or written.failure
        for rule, count in written.taken_out:
            self.taken_out[rule] = self.taken_out.get(rule, 0) + count
        for reason in written.gap_reasons:
            self.gap_reasons[reason] = self.gap_reasons.get(reason, 0) + 1
        for row in written.rows:
            self._count(row)

    def _count(self, row: Row) -> None:
        count = len(row.each_s)
        self.outcomes[row.outcome] = self.outcomes.get(row.outcome, 0) + count
        key = (row.method, row.url)
        if key not in self.endpoints and len(self.endpoints) >= ENDPOINTS_MAX:
            key = THE_REST
        totals = self.endpoints.setdefault(key, Totals())
        totals.count += count
        totals.body_bytes += row.body_bytes
        totals.seconds += row.end_s
        totals.slowest_s = max(totals.slowest_s, *row.each_s)
        totals.durations_s += row.each_s[: DURATIONS_MAX - len(totals.durations_s)]
        totals.outcomes[row.outcome] = totals.outcomes.get(row.outcome, 0) + count


def outcome_of(status: int | None, ending: str) -> str:
    """The one word under which an exchange is counted."""
    return f"{status // 100}xx" if status is not None and ending == "complete" else ending
