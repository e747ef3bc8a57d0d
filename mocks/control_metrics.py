"""The part of the control plane that machines watch: ``/_tapehiss/metrics`` (Prometheus) and ``/_tapehiss/ready``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Response  # noqa: TC002 (fastapi reads the annotations)
from fastapi.responses import PlainTextResponse
from pydantic import BaseModel, Field

from tapehiss.mocks.metrics import CONTENT_TYPE, exposition, families_of, webhook_families

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor


class Ready(BaseModel):
    """The mock answers from tapes."""

    ready: bool
    recordings: int = Field(description="how many answer at this moment")


def metric_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes that machines watch."""

    @app.get(f"{prefix}/metrics", response_class=PlainTextResponse)
    async def metrics() -> PlainTextResponse:
        """The sums since the last reset, in Prometheus' text format."""
        families = families_of(
            live.journal.totals(),
            live.effects(),
            live.feed,
            recordings=len(live.vendor.index.recordings),
            elapsed_s=clock(),
        )
        if live.webhooks is not None:
            families += webhook_families(live.webhooks.totals())
        return PlainTextResponse(exposition(families), media_type=CONTENT_TYPE)

    @app.get(f"{prefix}/ready", responses={503: {"description": "there is nothing to play"}})
    async def ready(response: Response) -> Ready:
        """Whether there is anything to play: 503 until there is; ``health`` says that the process lives."""
        count = len(live.vendor.index.recordings)
        response.status_code = 200 if count else 503
        return Ready(ready=count > 0, recordings=count)
