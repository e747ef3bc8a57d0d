"""The part of the control plane that tells what was asked: ``/_tapehiss/journal``, ``totals`` and ``verify``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from tapehiss.mocks.outcome import Rung  # noqa: TC001 (fastapi reads the annotations)
from tapehiss.mocks.schedule import operation_pattern

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.journal import Entry
    from tapehiss.mocks.live import LiveVendor

ENTRIES_SHOWN_MAX = 1000


class EntryOut(BaseModel):
    """One request and its outcome; no header, query or body is kept."""

    number: int
    at_s: float
    method: str
    path: str
    match: Rung
    status: int | None
    ending: str
    delay_s: float
    recording: int | None
    struck: list[str]
    limit: str


class TotalsOut(BaseModel):
    """Sums over all requests since the last reset."""

    requests: int
    matches: dict[str, int]
    statuses: dict[str, int]
    struck: dict[str, int]
    limited: dict[str, int]


class CheckIn(BaseModel):
    """How often an operation should have been called."""

    model_config = {"extra": "forbid"}

    on: str = Field(description="METHOD /path, with * for anything")
    exactly: int | None = Field(default=None, ge=0)
    at_least: int | None = Field(default=None, ge=0)
    at_most: int | None = Field(default=None, ge=0)


class CheckOut(BaseModel):
    """How often it was called, and whether that is right."""

    ok: bool
    count: int


def journal_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    """The routes about what was asked."""

    @app.get(f"{prefix}/journal")
    async def read_journal(
        on: str = "*", match: Rung | None = None, limit: Annotated[int, Query(ge=1, le=ENTRIES_SHOWN_MAX)] = 100
    ) -> list[EntryOut]:
        """The last requests, the oldest first; ``on`` and ``match`` filter."""
        wanted = operation_pattern(on)
        found = [
            entry for entry in live.journal.entries if wanted(entry.method, entry.path) and match in {None, entry.rung}
        ]
        return [entry_out(entry) for entry in found[-limit:]]

    @app.get(f"{prefix}/totals")
    async def read_totals() -> TotalsOut:
        """Sums over all requests since the last reset."""
        totals = live.journal.totals()
        return TotalsOut(
            requests=totals.requests,
            matches=dict(totals.rungs),
            statuses=dict(totals.statuses),
            struck=dict(totals.struck),
            limited=dict(totals.limited),
        )

    @app.post(f"{prefix}/verify")
    async def verify(check: CheckIn) -> CheckOut:
        """Whether an operation was called as often as it should be."""
        count = live.journal.count(check.on)
        right = check.exactly in {None, count} and (check.at_least or 0) <= count
        return CheckOut(ok=right and (check.at_most is None or count <= check.at_most), count=count)


def entry_out(entry: Entry) -> EntryOut:
    """An entry as it is shown."""
    return EntryOut(
        number=entry.number,
        at_s=entry.at_s,
        method=entry.method,
        path=entry.path,
        match=entry.rung,
        status=entry.status,
        ending=entry.ending,
        delay_s=entry.delay_s,
        recording=entry.recording,
        struck=list(entry.struck),
        limit=entry.limit,
    )
