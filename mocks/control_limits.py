"""The part of the control plane that sets a vendor's limits: ``/_tapehiss/limits``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import HTTPException
from pydantic import BaseModel, Field

from tapehiss.mocks.control_parts import ForS, StateKey, detail
from tapehiss.mocks.errors import BadProfile
from tapehiss.mocks.profile import profile_names, shipped_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor


class LimitsIn(BaseModel):
    """Limits to be kept from now on."""

    model_config = {"extra": "forbid", "json_schema_extra": {"examples": [{"profile": "klaviyo:XS", "for_s": 60}]}}

    profile: str | None = Field(
        max_length=100, description="a profile that ships with the mock, with or without a plan; null for none"
    )
    for_s: ForS = None


class LimitsOut(BaseModel):
    """The limits that are kept."""

    profile: str | None
    plan: str
    source: str
    read: str
    confidence: str
    limits: list[str]
    available: list[str]
    ends_in_s: float | None = Field(description="seconds until they end by themselves; null if they do not")


def limit_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes about limits."""

    @app.get(f"{prefix}/limits")
    async def read_limits(key: StateKey = "") -> LimitsOut:
        """The limits that are kept, and the profiles that there are."""
        return _limits_out(live, clock(), key)

    @app.put(f"{prefix}/limits", responses={404: {"description": "no profile is called so"}})
    async def keep_limits(given: LimitsIn, key: StateKey = "") -> LimitsOut:
        """Keep other limits from now on, or none; the counters begin anew."""
        try:
            wanted = None if given.profile is None else shipped_profile(given.profile)
        except BadProfile as error:
            raise HTTPException(404, [detail(("body", "profile"), str(error), "profile")]) from None
        live.limit(wanted, clock(), for_s=given.for_s, key=key)
        return _limits_out(live, clock(), key)


def _limits_out(live: LiveVendor, now_s: float, key: str) -> LimitsOut:
    sandbox = live.sandbox(key, now_s)
    kept, loan = sandbox.profile, sandbox.limits_loan
    return LimitsOut(
        profile=None if kept is None else kept.name,
        plan="" if kept is None else kept.plan,
        source="" if kept is None else kept.source,
        read="" if kept is None else kept.read.isoformat(),
        confidence="" if kept is None else kept.confidence,
        limits=[each.name for each in sandbox.vendor.limits.limits],
        available=list(profile_names()),
        ends_in_s=None if loan is None else loan.until_s - now_s,
    )
