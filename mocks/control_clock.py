"""The part of the control plane that sets the vendor's clock: ``/_tapehiss/clock``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field

from tapehiss.mocks.control_parts import StateKey  # noqa: TC001 (fastapi reads the annotations)
from tapehiss.mocks.vendorclock import UNIX_MAX_S, UNIX_MIN_S

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor


class ClockIn(BaseModel):
    """What is to become of the vendor's clock: first it is set, then moved, then stopped or started."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"unix_s": 1798761599, "going": False}, {"advance_s": 60}]},
    }

    unix_s: float | None = Field(
        default=None, ge=UNIX_MIN_S, le=UNIX_MAX_S, allow_inf_nan=False, description="what it is to show"
    )
    advance_s: float = Field(
        default=0.0, ge=-UNIX_MAX_S, le=UNIX_MAX_S, allow_inf_nan=False, description="how far to move it on, or back"
    )
    going: bool | None = Field(default=None, description="false: it stands from now on; true: it goes")


class ClockOut(BaseModel):
    """The vendor's clock."""

    unix_s: float
    date: str = Field(description="the same in RFC 3339")
    going: bool
    ahead_s: float = Field(description="how far it is ahead of the mock's own")


def clock_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes about the clock."""

    @app.get(f"{prefix}/clock")
    async def read_clock(key: StateKey = "") -> ClockOut:
        """What time it is at the vendor."""
        return _clock_out(live, clock(), key)

    @app.put(f"{prefix}/clock")
    async def set_clock(given: ClockIn, key: StateKey = "") -> ClockOut:
        """Set, move, stop or start the vendor's clock. Limits, keys, schedules and dates go by it; delays and ``for_s`` do not."""
        now_s = clock()
        live.set_clock(now_s, unix_s=given.unix_s, advance_s=given.advance_s, going=given.going, key=key)
        return _clock_out(live, now_s, key)


def _clock_out(live: LiveVendor, now_s: float, key: str) -> ClockOut:
    sandbox = live.sandbox(key, now_s)
    at_s = sandbox.clock.at(now_s)
    unix_s = sandbox.vendor.unix_s + at_s
    date = datetime.fromtimestamp(unix_s, UTC).isoformat().replace("+00:00", "Z")
    return ClockOut(unix_s=unix_s, date=date, going=sandbox.clock.stands_at_s is None, ahead_s=at_s - now_s)
