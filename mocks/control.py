"""The control plane: everything under ``/_tapehiss/``, with pydantic models and OpenAPI documentation.

Endpoints are coroutines without an ``await``: they run in the loop that owns the live vendor, so nothing needs a lock. They are grouped by
topic in ``control_*.py``, and decide nothing: each reads or calls the live vendor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from fastapi.responses import HTMLResponse

from tapehiss.mocks.control_clock import clock_routes
from tapehiss.mocks.control_effects import effect_routes
from tapehiss.mocks.control_events import event_routes
from tapehiss.mocks.control_journal import journal_routes
from tapehiss.mocks.control_limits import limit_routes
from tapehiss.mocks.control_metrics import metric_routes
from tapehiss.mocks.control_parts import refuse_plainly, well_formed
from tapehiss.mocks.control_state import state_routes
from tapehiss.mocks.control_verify import verify_routes
from tapehiss.mocks.control_weather import weather_routes
from tapehiss.mocks.control_webhooks import webhook_routes
from tapehiss.mocks.pages import docs_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.mocks.live import LiveVendor

TOPICS = (
    weather_routes,
    webhook_routes,
    limit_routes,
    clock_routes,
    journal_routes,
    verify_routes,
    effect_routes,
    state_routes,
    metric_routes,
    event_routes,
)
LINKED = (
    "docs",
    "openapi.json",
    "schedule",
    "scenarios",
    "limits",
    "clock",
    "states",
    "snapshots",
    "journal",
    "totals",
    "effects",
    "health",
    "ready",
    "metrics",
    "webhooks",
)
"""What the root links to."""


def control_app(live: LiveVendor, clock: Callable[[], float]) -> FastAPI:
    """The control plane of one live vendor; ``clock`` says the seconds since the mock began."""
    prefix = "/_tapehiss"
    app = FastAPI(
        title="tapehiss mock",
        docs_url=None,  # FastAPI's loads scripts from the internet; ours is below
        redoc_url=None,
        openapi_url=f"{prefix}/openapi.json",
        dependencies=[Depends(well_formed)],
    )
    refuse_plainly(app)
    _page_routes(app, prefix)
    for routes in TOPICS:
        routes(app, prefix, live, clock)
    return app


def _page_routes(app: FastAPI, prefix: str) -> None:
    @app.get(prefix, include_in_schema=False)
    @app.get(f"{prefix}/")
    async def index() -> dict[str, str]:
        """Where everything is."""
        return {name: f"{prefix}/{name}" for name in LINKED}

    @app.get(f"{prefix}/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        """Everything, for people."""
        return HTMLResponse(docs_page(app.openapi(), f"{prefix}/openapi.json"))
