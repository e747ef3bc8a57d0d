"""The part of the control plane that sets a vendor's limits: ``/_tapehiss/limits``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import HTTPException
from pydantic import BaseModel, Field

from tapehiss.mocks.errors import BadProfile
from tapehiss.mocks.profile import profile_names, shipped_profile

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor


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


def limit_routes(app: FastAPI, prefix: str, live: LiveVendor, _: Callable[[], float]) -> None:
    """The routes about limits."""

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
