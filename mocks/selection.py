"""Which entries of a journal are meant: by operation, answer, state, idempotency key and body.

The law of this file: pure. What an entry has no evidence for (the JSON of a body that was not kept) it does not fit, and the reason says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.pointers import escaped
from tapehiss.mocks.journal import digest_of
from tapehiss.mocks.limits import json_of
from tapehiss.mocks.schedule import operation_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.mocks.journal import Entry
    from tapehiss.mocks.outcome import Rung

DEPTH_MAX = 50
"""How deep a JSON subset may be."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What entries must be like; what is not given does not matter."""

    on: str = "*"
    """``POST /v1/*``, ``/v1/*`` for any method."""
    since: int = 0
    """Number of the first entry that counts."""
    key: str | None = None
    """Whose state was meant; the empty one is everybody's."""
    match: Rung | None = None
    status: int | None = None
    struck: bool | None = None
    """Whether a rule of the schedule struck."""
    limited: bool | None = None
    """Whether a limit refused it."""
    idempotency_key: str | None = None
    body_sha256: str | None = None
    json: Any = None
    """What the body has in it: members of objects as given here, whatever else there is."""

    def pick(self, entries: Iterable[Entry], kept: Callable[[int], Exchange | None]) -> Iterator[Entry]:
        """The entries that fit; ``kept`` has the exchange of a number, if it was kept."""
        for entry in entries:
            if entry.number >= self.since and self.key in {None, entry.marks.key} and not self.differs(entry, kept):
                yield entry

    def differs(self, entry: Entry, kept: Callable[[int], Exchange | None]) -> tuple[str, ...]:
        """In what an entry of these states does not fit."""
        asked = (
            ("on", operation_pattern(self.on)(entry.method, entry.path)),
            ("match", self.match in {None, entry.rung}),
            ("status", self.status in {None, entry.status}),
            ("struck", self.struck in {None, bool(entry.struck)}),
            ("limited", self.limited in {None, bool(entry.limit)}),
            (
                "idempotency_key",
                self.idempotency_key is None or digest_of(self.idempotency_key) == entry.marks.idempotency,
            ),
            ("body_sha256", self.body_sha256 is None or self.body_sha256.lower() == entry.marks.body),
        )
        different = tuple(name for name, fits in asked if not fits)
        return different if self.json is None else (*different, *self._json_differs(kept(entry.number)))

    def _json_differs(self, exchange: Exchange | None) -> Iterator[str]:
        """Where the body is not as it should be: JSON Pointers, and no value."""
        if exchange is None:
            yield "json (the body was not kept)"
            return
        data = json_of(exchange.request.body)
        if data is None:
            yield "json (the body is none)"
            return
        yield from (f"json {pointer or 'as a whole'}" for pointer in lacking(data, self.json))


def lacking(data: Any, wanted: Any, pointer: str = "", depth: int = DEPTH_MAX) -> Iterator[str]:
    """JSON Pointers to what is wanted and not there: objects may have more members, lists may not have more items."""
    if not depth:
        yield pointer
    elif isinstance(wanted, dict) and isinstance(data, dict):
        for name, each in wanted.items():
            place = f"{pointer}/{escaped(name)}"
            yield from lacking(data[name], each, place, depth - 1) if name in data else (place,)
    elif isinstance(wanted, list) and isinstance(data, list) and len(wanted) == len(data):
        for number, (mine, each) in enumerate(zip(data, wanted, strict=True)):
            yield from lacking(mine, each, f"{pointer}/{number}", depth - 1)
    elif isinstance(wanted, bool) != isinstance(data, bool) or wanted != data:
        yield pointer


def too_deep(data: Any) -> bool:
    """Whether JSON data has more levels than are compared."""
    level, depth = [data], 0
    while level and depth <= DEPTH_MAX:
        level = [below for each in level for below in _below(each)]
        depth += 1
    return bool(level)


def _below(data: Any) -> Iterable[Any]:
    if isinstance(data, dict):
        return data.values()
    return data if isinstance(data, list) else ()
