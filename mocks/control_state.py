"""The part of the control plane about what the vendor remembers: ``/_tapehiss/reset`` and ``health``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor


class Health(BaseModel):
    """The mock lives."""

    status: str
    recordings: int
    hosts: list[str]
    elapsed_s: float


def state_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes about the state."""

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
