"""The control plane: everything under ``/_tapehiss/``, with pydantic models and OpenAPI documentation.

Endpoints are coroutines without an ``await``: they run in the loop that owns the live vendor, so nothing needs a lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, HTTPException, Query
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from tapehiss.mocks.control_effects import effect_routes
from tapehiss.mocks.errors import BadProfile, BadSchedule, Flaw
from tapehiss.mocks.outcome import Rung  # noqa: TC001 (fastapi reads the annotations)
from tapehiss.mocks.pages import docs_page
from tapehiss.mocks.profile import profile_names, shipped_profile
from tapehiss.mocks.scenario import scenario, scenarios
from tapehiss.mocks.schedule import RULES_MAX, SEED_MAX, Rule, Schedule, operation_pattern, rule_from_json, rule_to_json
from tapehiss.mocks.shorthand import rule_from_text, rule_to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.mocks.journal import Entry
    from tapehiss.mocks.live import LiveVendor

ENTRIES_SHOWN_MAX = 1000
Seed = Annotated[int, Field(ge=0, le=SEED_MAX)]


class ScheduleIn(BaseModel):
    """A schedule to be played from now on."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"rules": ["429 retry-after=2 first=2 on=POST /v1/*"], "seed": 7}]},
    }

    rules: list[str | dict[str, Any]] = Field(
        max_length=RULES_MAX, description="in short form, or as objects; [] is fair weather"
    )
    seed: Seed | None = None


class ScheduleOut(BaseModel):
    """The schedule that is played."""

    rules: list[dict[str, Any]]
    short: list[str] = Field(description="the same rules in short form")
    seed: int
    elapsed_s: float = Field(description="seconds since the schedule began")


class LimitsIn(BaseModel):
    """Limits to be kept from now on."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"profile": "klaviyo:XS"}]}}

    profile: str | None = Field(
        max_length=100, description="a profile that ships with the mock, with or without a plan; null for none"
    )


class LimitsOut(BaseModel):
    """The limits that are kept."""

    profile: str | None
    plan: str
    source: str
    read: str
    confidence: str
    limits: list[str]
    available: list[str]


class ScenarioOut(BaseModel):
    """A ready schedule."""

    name: str
    about: str
    short: list[str]


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


class Health(BaseModel):
    """The mock lives."""

    status: str
    recordings: int
    hosts: list[str]
    elapsed_s: float


def control_app(live: LiveVendor, clock: Callable[[], float]) -> FastAPI:
    """The control plane of one live vendor; ``clock`` says the seconds since the mock began."""
    prefix = "/_tapehiss"
    app = FastAPI(
        title="tapehiss mock",
        docs_url=None,  # FastAPI's loads scripts from the internet; ours is below
        redoc_url=None,
        openapi_url=f"{prefix}/openapi.json",
    )
    for routes in (
        _page_routes,
        _schedule_routes,
        _scenario_routes,
        _limit_routes,
        _journal_routes,
        effect_routes,
        _state_routes,
    ):
        routes(app, prefix, live, clock)
    return app


def _page_routes(app: FastAPI, prefix: str, _: LiveVendor, __: Callable[[], float]) -> None:
    @app.get(prefix, include_in_schema=False)
    @app.get(f"{prefix}/")
    async def index() -> dict[str, str]:
        """Where everything is."""
        names = ("docs", "openapi.json", "schedule", "scenarios", "limits", "journal", "totals", "effects", "health")
        return {name: f"{prefix}/{name}" for name in names}

    @app.get(f"{prefix}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """Everything, for people."""
        return HTMLResponse(docs_page(app.openapi(), f"{prefix}/openapi.json"))


def _schedule_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    @app.get(f"{prefix}/schedule")
    async def read_schedule() -> ScheduleOut:
        """The schedule that is played."""
        return _schedule_out(live, clock())

    @app.put(f"{prefix}/schedule")
    async def play_schedule(given: ScheduleIn) -> ScheduleOut:
        """Play another schedule; it begins now and attempts are counted anew."""
        live.play(_schedule(given.rules), clock(), seed=given.seed)
        return _schedule_out(live, clock())

    @app.delete(f"{prefix}/schedule")
    async def fair_weather() -> ScheduleOut:
        """Fair weather from now on."""
        live.play((), clock())
        return _schedule_out(live, clock())


def _schedule_out(live: LiveVendor, now_s: float) -> ScheduleOut:
    vendor = live.vendor
    return ScheduleOut(
        rules=[rule_to_json(rule) for rule in vendor.schedule],
        short=[rule_to_text(rule) for rule in vendor.schedule],
        seed=vendor.seed,
        elapsed_s=now_s - live.state.began_s,
    )


def _schedule(given: list[str | dict[str, Any]]) -> Schedule:
    """The rules, or 422 with every flaw, in FastAPI's own form."""
    read = [rule_from_text(item) if isinstance(item, str) else rule_from_json(item) for item in given]
    flaws = [flaw.under(f"rules[{place}]") for place, flaw in enumerate(read) if isinstance(flaw, Flaw)]
    if flaws:
        detail = [
            {"loc": ["body", flaw.field], "msg": f"{flaw.what} -> {flaw.remedy}", "type": "rule"} for flaw in flaws
        ]
        raise HTTPException(422, detail)
    return tuple(rule for rule in read if isinstance(rule, Rule))


def _scenario_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    @app.get(f"{prefix}/scenarios")
    async def list_scenarios() -> list[ScenarioOut]:
        """The ready schedules."""
        return [
            ScenarioOut(name=each.name, about=each.about, short=[rule_to_text(rule) for rule in each.rules])
            for each in scenarios()
        ]

    @app.post(f"{prefix}/scenarios/{{name}}")
    async def play_scenario(name: str, seed: Seed | None = None) -> ScheduleOut:
        """Play a ready schedule from now on."""
        try:
            chosen = scenario(name)
        except BadSchedule as error:
            raise HTTPException(404, str(error)) from None
        live.play(chosen.rules, clock(), seed=seed)
        return _schedule_out(live, clock())


def _limit_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    @app.get(f"{prefix}/limits")
    async def read_limits() -> LimitsOut:
        """The limits that are kept, and the profiles that there are."""
        return _limits_out(live)

    @app.put(f"{prefix}/limits")
    async def keep_limits(given: LimitsIn) -> LimitsOut:
        """Keep other limits from now on, or none; the counters begin anew."""
        try:
            live.limit(None if given.profile is None else shipped_profile(given.profile))
        except BadProfile as error:
            raise HTTPException(404, str(error)) from None
        return _limits_out(live)


def _limits_out(live: LiveVendor) -> LimitsOut:
    kept = live.profile
    return LimitsOut(
        profile=None if kept is None else kept.name,
        plan="" if kept is None else kept.plan,
        source="" if kept is None else kept.source,
        read="" if kept is None else kept.read.isoformat(),
        confidence="" if kept is None else kept.confidence,
        limits=[each.name for each in live.vendor.limits.limits],
        available=list(profile_names()),
    )


def _journal_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    @app.get(f"{prefix}/journal")
    async def read_journal(
        on: str = "*", match: Rung | None = None, limit: Annotated[int, Query(ge=1, le=ENTRIES_SHOWN_MAX)] = 100
    ) -> list[EntryOut]:
        """The last requests, the oldest first; ``on`` and ``match`` filter."""
        wanted = operation_pattern(on)
        found = [
            entry for entry in live.journal.entries if wanted(entry.method, entry.path) and match in {None, entry.rung}
        ]
        return [_entry_out(entry) for entry in found[-limit:]]

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


def _entry_out(entry: Entry) -> EntryOut:
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


def _state_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    @app.post(f"{prefix}/reset")
    async def reset() -> Health:
        """Play the tapes and the schedule from their beginning, and forget the journal."""
        live.reset(clock())
        return _health(live, clock())

    @app.get(f"{prefix}/health")
    async def health() -> Health:
        """The mock lives."""
        return _health(live, clock())


def _health(live: LiveVendor, now_s: float) -> Health:
    index = live.vendor.index
    return Health(status="ok", recordings=len(index.recordings), hosts=sorted(index.hosts), elapsed_s=now_s)
