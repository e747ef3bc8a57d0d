"""The scribe: snapshots in, tapes out, through the one door.

One scribe writes everything of one recording, one tape per host, in the order in which it is told. It belongs to one
process (``proxy.desk``) so that redaction does not compete with the traffic for one interpreter. It decides nothing about time:
who calls it says when to sync.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.cassettes.errors import TapehissError, Weather
from tapehiss.cassettes.line import Gap
from tapehiss.cassettes.media import media_type
from tapehiss.cassettes.quarantine import quarantine
from tapehiss.cassettes.redaction import Quarantined, Redactor
from tapehiss.cassettes.writer import Sync, TapeWriter, tape_path
from tapehiss.proxy.snapshot import exchange_of
from tapehiss.proxy.tally import Row, Written, outcome_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tapehiss.cassettes.exchange import Clean, Exchange
    from tapehiss.cassettes.redaction import Rules
    from tapehiss.proxy.selection import Selection
    from tapehiss.proxy.snapshot import Snapshot

TAPES_OPEN_MAX = 64
"""Tapes that are open at once (regular mode writes one for each host)."""
REASON_MAX_CHARS = 300
URL_MAX_CHARS = 500


class Orders(NamedTuple):
    """What a scribe must know; never a part of a command line, because of the key and the known secrets."""

    into: Path
    rules: Rules
    key: bytes
    known: tuple[str, ...]
    sync: str
    selection: Selection
    host: str
    """Where gaps go that belong to no exchange."""
    started_at: float
    pid: int
    """For the names of the tapes: the recorder's process."""


class Scribe:
    """Writes; ``report`` says what was written since it was last asked."""

    def __init__(self, orders: Orders) -> None:
        """Raises ``TapehissError`` if the folder cannot be written."""
        self._orders = orders
        self._redactor = Redactor(orders.rules, key=orders.key, known=orders.known)
        self._tapes: OrderedDict[str, TapeWriter] = OrderedDict()
        self._paths: dict[Path, None] = {}
        self._durable_of_closed = 0
        self._durable_before = 0
        self._taken_before: dict[str, int] = {}
        self._done = Written()
        self._rows: dict[tuple[str, ...], Row] = {}
        self._reasons: list[str] = []
        _writable(orders.into)

    def write(self, snapshots: Sequence[Snapshot]) -> None:
        """Clean and append; an exchange that cannot be cleaned leaves a gap, a disk that cannot be written ends it all."""
        for snapshot in snapshots:
            try:
                exchange = exchange_of(snapshot)
            except Exception as error:  # noqa: BLE001 (whatever it is, the exchange is lost and the tape must say so)
                self.gap(Gap(snapshot.started_at, snapshot.started_at, 1, f"not understood: {error!r}"))
            else:
                self._exchange(snapshot.host, exchange)

    def _exchange(self, host: str, exchange: Exchange) -> None:
        response = exchange.response
        if not self._orders.selection.wants_type(None if response is None else media_type(response.headers)):
            self._done = self._done._replace(passed_over=self._done.passed_over + 1)
            return
        try:
            clean = self._redactor.clean(exchange)
        except Exception as error:  # noqa: BLE001 (likewise; the text of the error may hold a secret, its kind cannot)
            self.gap(Gap(exchange.started_at, exchange.started_at, 1, f"not cleaned: {type(error).__name__}"), host)
            return
        if isinstance(clean, Quarantined):
            quarantine(self._orders.into, clean)
            self._done = self._done._replace(quarantined=self._done.quarantined + 1)
            return
        self._tape(host).append(clean)
        self._count(_row(clean))

    def _count(self, row: Row) -> None:
        before = self._rows.get(row[:3])
        self._rows[row[:3]] = row if before is None else before + row

    def gap(self, gap: Gap, host: str = "") -> None:
        """Something passed by and was not recorded: on the tape too."""
        reason = gap.reason[:REASON_MAX_CHARS]
        self._tape(host or self._orders.host).append_gap(Gap(gap.started_at, gap.ended_at, gap.lost, reason))
        self._reasons.append(reason)

    def report(self, frames: int = 0) -> Written:
        """What was done since the last report; it is durable now (as the policy has it)."""
        taken = dict(self._redactor.taken_out)
        new = {rule: count - self._taken_before.get(rule, 0) for rule, count in taken.items()}
        self._taken_before = taken
        written = self._done._replace(
            frames=frames,
            exchanges=sum(len(row.each_s) for row in self._rows.values()),
            rows=tuple(self._rows.values()),
            durable=self._newly_durable(),
            taken_out=tuple((rule, count) for rule, count in new.items() if count),
            gaps=len(self._reasons),
            gap_reasons=tuple(self._reasons),
            paths=tuple(str(path) for path in self._paths),
        )
        self._done, self._rows, self._reasons = Written(), {}, []
        return written

    def _newly_durable(self) -> int:
        """How many exchanges became durable since the last report."""
        durable = self._durable_of_closed + sum(tape.sync() for tape in self._tapes.values())
        new, self._durable_before = durable - self._durable_before, durable
        return new

    def close(self) -> None:
        """Sync and close every tape."""
        while self._tapes:
            self._close_oldest()

    def _tape(self, host: str) -> TapeWriter:
        name = host or "unknown"
        tape = self._tapes.get(name)
        if tape is None:
            if len(self._tapes) >= TAPES_OPEN_MAX:
                self._close_oldest()
            path = tape_path(self._orders.into, name, self._orders.started_at, self._orders.pid)
            tape = self._tapes[name] = TapeWriter(path, sync=Sync(self._orders.sync))
        self._tapes.move_to_end(name)
        self._paths.update(dict.fromkeys(tape.paths))
        return tape

    def _close_oldest(self) -> None:
        _, tape = self._tapes.popitem(last=False)
        self._durable_of_closed += tape.sync()
        tape.close()
        self._paths.update(dict.fromkeys(tape.paths))


def _row(clean: Clean) -> Row:
    response = clean.response
    return Row(
        clean.request.method,
        clean.request.url.partition("?")[0][:URL_MAX_CHARS],
        outcome_of(None if response is None else response.status, clean.ending.value),
        0 if response is None else len(response.body),
        clean.timings.end_s or 0.0,
    )


def _writable(folder: Path) -> None:
    """The folder exists and takes files, or a clear error."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".tapehiss-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise unwritable(error, str(folder)) from None


def unwritable(error: OSError, where: str) -> TapehissError:
    """What the operating system says, as an error with a remedy."""
    import errno

    words = (error.strerror or str(error)).lower()
    if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return Weather(f"the tape cannot be written: {words}", where, "free some space or record --into another folder")
    return Weather(f"the tape cannot be written: {words}", where, "record --into a folder that you may write")
