"""The part of the control plane that makes the weather: ``/_tapehiss/schedule`` and ``/_tapehiss/scenarios``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException
from pydantic import BaseModel, Field

from tapehiss.mocks.errors import BadSchedule, Flaw
from tapehiss.mocks.scenario import scenario, scenarios
from tapehiss.mocks.schedule import RULES_MAX, SEED_MAX, Rule, Schedule, rule_from_json, rule_to_json
from tapehiss.mocks.shorthand import rule_from_text, rule_to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor

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


class ScenarioOut(BaseModel):
    """A ready schedule."""

    name: str
    about: str
    short: list[str]


def weather_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes about schedules and scenarios."""
    _schedule_routes(app, prefix, live, clock)
    _scenario_routes(app, prefix, live, clock)


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
