"""The part of the control plane that sends webhooks and tells what became of them: ``/_tapehiss/webhooks``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import HTTPException, Query
from pydantic import BaseModel, Field

from tapehiss.mocks.postbox import PostTotals
from tapehiss.mocks.webhook_file import StormForm
from tapehiss.mocks.webhook_templates import Occasion, Template
from tapehiss.mocks.webhooks import Storm, path_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from tapehiss.mocks.live import LiveVendor
    from tapehiss.mocks.postbox import Postbox

SHOWN_MAX = 1000
SENT_MAX = 1000


class WebhookIn(BaseModel):
    """Webhooks to be sent now."""

    model_config = {
        "extra": "forbid",
        "json_schema_extra": {"examples": [{"template": "charged", "data": {"id": "ch_1"}}]},
    }

    template: str | None = Field(default=None, max_length=200, description="the name of one in the plan")
    type: str | None = Field(
        default=None, min_length=1, max_length=200, description="in place of a template: any event"
    )
    data: Any = Field(default=None, description="what happened, for the vendor's envelope")
    times: int = Field(default=1, ge=1, le=SENT_MAX)


class SentOut(BaseModel):
    """What is going to be sent."""

    events: list[str] = Field(description="their ids")


class DeliveryOut(BaseModel):
    """One attempt; no body and no signature is kept."""

    number: int
    at_s: float
    event: str
    type: str
    template: str
    copy_: int = Field(alias="copy")
    attempt: int
    forged: str
    status: int | None
    fate: str


class WebhooksOut(BaseModel):
    """Sums since the last reset, and the last attempts, the oldest first."""

    to: str
    style: str
    templates: list[str]
    storm: StormForm
    events: int
    dropped: int
    duplicated: int
    attempts: int
    fates: dict[str, int]
    forged: int
    believed: int = Field(description="forged ones that were answered with 2xx: the endpoint does not verify")
    exhausted: int
    overflowed: int
    pending: int
    disabled: bool = Field(description="the endpoint has said 410")
    deliveries: list[DeliveryOut]


def webhook_routes(app: FastAPI, prefix: str, live: LiveVendor, clock: Callable[[], float]) -> None:
    """The routes about webhooks."""

    def postbox() -> Postbox:
        if live.webhooks is None:
            raise HTTPException(409, "this mock sends no webhooks -> start it with --webhooks FILE --webhook-to URL")
        return live.webhooks

    @app.get(f"{prefix}/webhooks")
    async def read_webhooks(limit: Annotated[int, Query(ge=0, le=SHOWN_MAX)] = 100) -> WebhooksOut:
        """What was sent, and what became of it; all empty if this mock sends none."""
        return _told(live.webhooks, limit)

    @app.post(f"{prefix}/webhooks", status_code=202)
    async def send_webhooks(given: WebhookIn) -> SentOut:
        """Bring events about, as if they had happened at the vendor."""
        box = postbox()
        template, occasion = _template(box, given), Occasion(data=given.data)
        now_s = clock()
        ahead_s = live.everybody.clock.at(now_s) - now_s
        return SentOut(events=[box.post(template, occasion, now_s, ahead_s=ahead_s) for _ in range(given.times)])

    @app.put(f"{prefix}/webhooks/storm")
    async def set_storm(given: StormForm) -> WebhooksOut:
        """What befalls the events from now on; {} is fair weather."""
        box = postbox()
        box.brew(Storm(**given.model_dump()))
        return _told(box, 0)


def _template(box: Postbox, given: WebhookIn) -> Template:
    if (given.template is None) == (given.type is None):
        raise HTTPException(422, "give a template or a type, and not both")
    if given.type is not None:
        return Template(f"type {given.type}", given.type, data="{data}")
    found = box.plan.template(given.template or "")
    if found is None:
        names = ", ".join(each.name for each in box.plan.templates)
        raise HTTPException(404, f"no webhook is called {given.template!r} -> choose one of {names}")
    return found


def _told(box: Postbox | None, limit: int) -> WebhooksOut:
    totals = asdict(PostTotals() if box is None else box.totals())
    totals["fates"] = dict(totals["fates"])
    if box is None:
        return WebhooksOut(to="", style="", templates=[], storm=StormForm(), deliveries=[], **totals)
    last = [] if not limit else list(box.log)[-limit:]
    return WebhooksOut(
        to=path_of(box.url),
        style=box.plan.ring.style.name,
        templates=[each.name for each in box.plan.templates],
        storm=StormForm(**asdict(box.plan.storm)),
        deliveries=[DeliveryOut(**asdict(each)) for each in last],
        **totals,
    )
