"""The part of the control plane that tells what was asked: ``/_tapehiss/journal`` and ``totals``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import HTTPException, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from pydantic import BaseModel, Field

from tapehiss.mocks.control_parts import Named  # noqa: TC001 (pydantic reads the annotations)
from tapehiss.mocks.journal import ENTRIES_MAX, coverage
from tapehiss.mocks.outcome import Rung  # noqa: TC001 (fastapi reads the annotations)
from tapehiss.mocks.reel import KEPT_MAX_BYTES, exported
from tapehiss.mocks.selection import Selection
from tapehiss.mocks.statekeys import KEY_MAX_CHARS

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.journal import Entry
    from tapehiss.mocks.live import LiveVendor


class Wanted(BaseModel):
    """Which requests are meant; what is not given does not matter."""

    model_config = {"extra": "forbid"}

    on: Named = "*"
    since: int = Field(default=0, ge=0, description="the number of the first entry that counts")
    key: str | None = Field(default=None, max_length=KEY_MAX_CHARS, description="whose state was meant")
    match: Rung | None = Field(default=None, description="the rung of the ladder")
    status: int | None = Field(default=None, ge=100, le=999)
    struck: bool | None = Field(default=None, description="whether a rule of the schedule struck")
    limited: bool | None = Field(default=None, description="whether a limit refused it")

    def selection(self) -> Selection:
        """The same for the journal."""
        return Selection(self.on, self.since, self.key, self.match, self.status, self.struck, self.limited)


class WantedEntries(Wanted):
    """Which entries, and how many of them."""

    limit: int = Field(default=100, ge=1, le=ENTRIES_MAX, description="the last so many")


class EntryOut(BaseModel):
    """One request and its outcome; no header, query or body is kept."""

    number: int
    at_s: float = Field(description="seconds since the mock began, by the vendor's clock")
    method: str
    path: str
    match: Rung
    status: int | None
    ending: str
    delay_s: float
    recording: int | None
    struck: list[str]
    limit: str
    retry_after: str
    key: str = Field(description="whose state was meant")


class TotalsOut(BaseModel):
    """Sums over all requests since the last reset."""

    requests: int
    matches: dict[str, int]
    statuses: dict[str, int]
    struck: dict[str, int]
    planned: dict[str, int] = Field(description="how often each rule of the schedule struck; 0 for what no request met")
    limited: dict[str, int]


class KeepIn(BaseModel):
    """How much of whole exchanges to keep from now on."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"keep_max_bytes": 64_000_000}]}}

    keep_max_bytes: int = Field(ge=0, le=KEPT_MAX_BYTES, description="the oldest make way; 0 keeps none")


class KeptOut(BaseModel):
    """What is kept."""

    entries: int = Field(description="requests that the journal still has")
    forgotten: int = Field(description="requests whose entries made way for later ones")
    kept_exchanges: int
    kept_bytes: int
    keep_max_bytes: int


def journal_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    """The routes about what was asked."""

    @app.get(f"{prefix}/journal")
    async def read_journal(wanted: Annotated[WantedEntries, Query()]) -> list[EntryOut]:
        """The last requests that are meant, the oldest first."""
        return [entry_out(entry) for entry in live.select(wanted.selection())[-wanted.limit :]]

    @app.get(f"{prefix}/totals")
    async def read_totals() -> TotalsOut:
        """Sums over all requests since the last reset."""
        totals = live.journal.totals()
        return TotalsOut(
            requests=totals.requests,
            matches=dict(totals.rungs),
            statuses=dict(totals.statuses),
            struck=dict(totals.struck),
            planned=coverage(live.vendor.schedule, totals.struck),
            limited=dict(totals.limited),
        )

    _keeping(app, prefix, live)


def _keeping(app: FastAPI, prefix: str, live: LiveVendor) -> None:
    @app.get(f"{prefix}/journal/kept")
    async def read_kept() -> KeptOut:
        """How much of the requests is kept."""
        return KeptOut(
            entries=len(live.journal.entries),
            forgotten=live.journal.forgotten(),
            kept_exchanges=len(live.reel),
            kept_bytes=live.reel.bytes,
            keep_max_bytes=live.reel.max_bytes,
        )

    @app.put(f"{prefix}/journal/kept")
    async def keep(given: KeepIn) -> KeptOut:
        """Keep whole exchanges from now on, to export them and to verify their bodies; they are never shown."""
        live.reel.bound(given.keep_max_bytes)
        return await read_kept()

    @app.get(
        f"{prefix}/journal/tape",
        response_class=Response,
        responses={
            200: {"content": {"application/yaml": {}}, "description": "a tape, which is a vcrpy cassette"},
            409: {"description": "nothing that is meant was kept"},
        },
    )
    async def export(wanted: Annotated[Wanted, Query()]) -> Response:
        """The exchanges that are meant, as far as they were kept, without their secrets: those of the vendor's own URLs."""
        exchanges, redactor = live.exchanges(wanted.selection()), live.redactor
        if not exchanges:
            raise HTTPException(409, f"nothing of it is kept: PUT {prefix}/journal/kept first, then ask the vendor")
        made = await run_in_threadpool(lambda: exported(exchanges, redactor()))
        headers = {"x-tapehiss-exchanges": str(made.exchanges), "x-tapehiss-quarantined": str(made.quarantined)}
        return Response(made.tape, media_type="application/yaml", headers=headers)


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
        retry_after=entry.retry_after,
        key=entry.marks.key,
    )
