"""The promise of both sides: through any storm, every event that gets through is handled exactly once, and no forged one ever.

The mock vendor sends over real sockets; our router, in uvicorn, receives, and writes into the inbox's own database.
"""

from __future__ import annotations

import sqlite3
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest
from fastapi import FastAPI
from shop import SHOP
from webhooking import SECRETS, serving

from tapehiss.clients.webhook_inbox import SqliteInbox
from tapehiss.clients.webhook_router import webhook_router
from tapehiss.clients.webhooks import Receiver, Route
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.contracts.webhook_styles import STYLES
from tapehiss.mocks.postbox import Fate, Postbox, PostTotals
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.webhook_templates import Template
from tapehiss.mocks.webhooks import Plan, Storm

if TYPE_CHECKING:
    from collections.abc import Iterator

STORM = Storm(reorder_s=0.05, duplicates=0.4, unheard=0.3, lost=0.3, dropped=0.1, forged=0.5)
TEMPLATES = (
    Template("ordered", "order.created", "POST /v1/orders"),
    Template("moved", "stock.moved", "POST /v1/orders", data={"order": "{response/id}", "item": "{request/item}"}),
)
ORDERS = 20


@contextmanager
def receiver(name: str, path) -> Iterator[str]:
    """An endpoint that writes down what it handles, and whose handler fails for every third event at first."""
    failed: set[str] = set()

    def handle(event, db):
        db.execute("INSERT INTO handled VALUES (?)", (event.id,))
        if int(event.id[-1], 16) % 3 == 0 and event.id not in failed:
            failed.add(event.id)
            raise RuntimeError("not yet")

    with SqliteInbox(path) as inbox:
        inbox.once("table", time.time(), lambda db: db.execute("CREATE TABLE handled (id TEXT)"))
        app = FastAPI()
        ring = keyring(name, SECRETS[1:3])
        listens = Receiver(ring, (Route(handle),), notice=lambda _: None)
        app.include_router(webhook_router(listens, inbox, "/hooks"))
        with serving(app) as url:
            yield f"{url}/hooks"


def handled_in(path) -> list[str]:
    return [each for (each,) in sqlite3.connect(path).execute("SELECT id FROM handled")]


@pytest.mark.parametrize(("name", "seed"), [*((name, 1) for name in STYLES), ("standard", 2), ("stripe", 3)])
def test_every_event_that_gets_through_is_handled_once_and_no_forged_one(tmp_path, name, seed):
    """Duplicates, reordering, lost attempts, lost answers, failing handlers and forgeries; the vendor rotates its secret as we do."""
    plan = Plan(keyring(name, SECRETS[1:2]), TEMPLATES, STORM, pace=1e-6, retries=RETRIES["standard"])
    with receiver(name, tmp_path / "w.db") as url:
        postbox = Postbox(plan, url, seed=seed, unix_s=time.time())
        with Server(Vendor.of(SHOP), webhooks=postbox) as server, httpx.Client(base_url=server.url) as client:
            for _ in range(ORDERS):
                assert client.post("/v1/orders", json={"item": "tape", "count": 2}).status_code == 201
            assert server.settled()
            totals, log = server.webhooks() or PostTotals(), server.deliveries()
    arrived = {each.event for each in log if not each.forged and (each.status or 500) < 300}
    handled = handled_in(tmp_path / "w.db")
    assert sorted(handled) == sorted(arrived)
    assert {each.status for each in log if each.forged} == {401}
    assert (totals.events, totals.believed, totals.pending) == (2 * ORDERS, 0, 0)
    assert len(arrived) >= totals.events - totals.dropped - totals.exhausted
    met = dict(totals.fates)
    assert all(met[fate.value] for fate in (Fate.TAKEN, Fate.FAILED, Fate.LOST, Fate.UNHEARD))
    assert totals.duplicated > 0 < totals.forged


def test_an_endpoint_that_does_not_verify_is_found_out():
    """Whoever answers 2xx to anything believes forged webhooks, and the sums say so."""
    app = FastAPI()
    app.add_route("/hooks", lambda _: __import__("starlette.responses").responses.Response(), methods=["POST"])
    plan = Plan(keyring("github", ["s"]), TEMPLATES, Storm(forged=1.0))
    with serving(app) as url:
        postbox = Postbox(plan, f"{url}/hooks")
        with Server(Vendor.of(SHOP), webhooks=postbox) as server:
            httpx.post(f"{server.url}/v1/orders", json={"item": "tape", "count": 2})
            assert server.settled()
            assert (server.webhooks() or PostTotals()).believed == 2
