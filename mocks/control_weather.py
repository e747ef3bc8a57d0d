"""The part of the control plane that makes the weather: ``/_tapehiss/schedule`` and ``/_tapehiss/scenarios``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Query
from pydantic import BaseModel, Field

from tapehiss.mocks.control_parts import ForS, StateKey, detail
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
        "json_schema_extra": {
            "examples": [{"rules": ["429 retry-after=2 first=2 on=POST /v1/*"], "seed": 7, "for_s": 60}]
        },
    }

    rules: list[str | dict[str, Any]] = Field(
        max_length=RULES_MAX, description="in short form, or as objects; [] is fair weather"
    )
    seed: Seed | None = None
    for_s: ForS = None


class ScheduleOut(BaseModel):
    """The schedule that is played."""

    rules: list[dict[str, Any]]
    short: list[str] = Field(description="the same rules in short form")
    seed: int
    elapsed_s: float = Field(description="seconds since the schedule began, by the vendor's clock")
    ends_in_s: float | None = Field(description="seconds until it ends by itself; null if it does not")


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
    async def read_schedule(key: StateKey = "") -> ScheduleOut:
        """The schedule that is played."""
        return _schedule_out(live, clock(), key)

    @app.put(f"{prefix}/schedule")
    async def play_schedule(given: ScheduleIn, key: StateKey = "") -> ScheduleOut:
        """Play another schedule; it begins now and attempts are counted anew."""
        live.play(_schedule(given.rules), clock(), seed=given.seed, for_s=given.for_s, key=key)
        return _schedule_out(live, clock(), key)

    @app.delete(f"{prefix}/schedule")
    async def fair_weather(key: StateKey = "") -> ScheduleOut:
        """Fair weather from now on."""
        live.play((), clock(), key=key)
        return _schedule_out(live, clock(), key)


def _schedule_out(live: LiveVendor, now_s: float, key: str) -> ScheduleOut:
    sandbox = live.sandbox(key, now_s)
    loan = sandbox.weather_loan
    return ScheduleOut(
        rules=[rule_to_json(rule) for rule in sandbox.vendor.schedule],
        short=[rule_to_text(rule) for rule in sandbox.vendor.schedule],
        seed=sandbox.vendor.seed,
        elapsed_s=sandbox.clock.at(now_s) - sandbox.state.began_s,
        ends_in_s=None if loan is None else loan.until_s - now_s,
    )


def _schedule(given: list[str | dict[str, Any]]) -> Schedule:
    """The rules, or 422 with every flaw, in FastAPI's own form."""
    read = [rule_from_text(item) if isinstance(item, str) else rule_from_json(item) for item in given]
    flaws = [flaw.under(f"rules[{place}]") for place, flaw in enumerate(read) if isinstance(flaw, Flaw)]
    if flaws:
        told = [detail(("body", flaw.field), f"{flaw.what} -> {flaw.remedy}", "rule") for flaw in flaws]
        raise HTTPException(422, told)
    return tuple(rule for rule in read if isinstance(rule, Rule))


def _scenario_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    @app.get(f"{prefix}/scenarios")
    async def list_scenarios() -> list[ScenarioOut]:
        """The ready schedules."""
        return [
            ScenarioOut(name=each.name, about=each.about, short=[rule_to_text(rule) for rule in each.rules])
            for each in scenarios()
        ]

    @app.post(f"{prefix}/scenarios/{{name}}", responses={404: {"description": "no scenario is called so"}})
    async def play_scenario(
        name: str, seed: Seed | None = None, for_s: Annotated[ForS, Query()] = None, key: StateKey = ""
    ) -> ScheduleOut:
        """Play a ready schedule from now on."""
        try:
            chosen = scenario(name)
        except BadSchedule as error:
            raise HTTPException(404, [detail(("path", "name"), str(error), "scenario")]) from None
        live.play(chosen.rules, clock(), seed=seed, for_s=for_s, key=key)
        return _schedule_out(live, clock(), key)
