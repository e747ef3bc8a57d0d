"""Webhooks by way of the control plane."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx
import pytest
from shop import SHOP

from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.control import control_app
from tapehiss.mocks.control_events import encoded
from tapehiss.mocks.feed import Kind
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.postbox import Postbox
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.webhook_templates import Template
from tapehiss.mocks.webhooks import Plan, Storm


class Control:
    """A client of the control plane of a mock that sends webhooks."""

    def __init__(self) -> None:
        self.live = LiveVendor(replace(Vendor.of(SHOP), unix_s=1_700_000_000.0))
        plan = Plan(keyring("stripe", ["s"]), (Template("ordered", "order.created", "POST /v1/orders"),))
        self.box = Postbox(plan, "http://127.0.0.1:9/hooks?token=t")
        self.live.post(self.box)
        self.app = control_app(self.live, lambda: 10.0)

    def __call__(self, method: str, path: str = "", **more) -> httpx.Response:
        """The answer to one request below ``/_tapehiss/webhooks``."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
                return await client.request(method, f"/_tapehiss/webhooks{path}", **more)

        return asyncio.run(ask())


@pytest.fixture
def control():
    return Control()


def test_events_are_brought_about_by_hand(control):
    """By template or by type, as many as wanted, with what happened."""
    events = control("POST", json={"template": "ordered", "times": 2, "data": {"id": 5}}).json()["events"]
    assert len(set(events)) == 2
    answer = control("POST", json={"type": "order.lost"})
    assert answer.status_code == 202
    assert {each.message.type for _, each in iter(lambda: control.box.take(10.0), None)} == {
        "order.created",
        "order.lost",
    }


def test_what_was_sent_is_told(control):
    """Sums and the last attempts; no query of the endpoint, no body, no signature."""
    control.live.answer(SHOP[3].request, 10.0)
    number, sending = control.box.take(10.0)
    control.box.ended(number, sending, 10.5, 500)
    told = control("GET").json()
    assert (told["to"], told["style"], told["templates"]) == ("http://127.0.0.1:9/hooks", "stripe", ["ordered"])
    assert (told["events"], told["attempts"], told["fates"], told["pending"]) == (1, 1, {"failed": 1}, 1)
    (attempt,) = told["deliveries"]
    assert (attempt["status"], attempt["fate"], attempt["copy"], attempt["at_s"]) == (500, "failed", 0, 10.5)
    assert control("GET", "?limit=0").json()["deliveries"] == []


def test_events_are_dated_by_the_vendors_calendar(control):
    """As its answers are: seconds since the mock began are added to when it began."""
    control("POST", json={"template": "ordered"})
    _, sending = control.box.take(10.0)
    assert json.loads(sending.message.body)["created"] == 1_700_000_010
    box = Postbox(control.box.plan, control.box.url, unix_s=5.0)
    control.live.post(box)
    assert box.unix_s == 5.0


def test_the_storm_can_be_changed(control):
    """From now on; fair weather is {}."""
    assert control("PUT", "/storm", json={"duplicates": 1.0}).json()["storm"]["duplicates"] == 1.0
    control("POST", json={"template": "ordered"})
    assert control.box.totals().duplicated == 1
    control("PUT", "/storm", json={})
    assert control.box.plan.storm == Storm()


def test_a_reset_forgets_webhooks(control):
    """What waits is not sent any more."""
    control("POST", json={"template": "ordered"})
    control.live.reset(10.0)
    assert control("GET").json()["pending"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"template": "nothing"}, 404),
        ({}, 422),
        ({"template": "ordered", "type": "x"}, 422),
        ({"type": ""}, 422),
        ({"template": "ordered", "times": 0}, 422),
        ({"template": "ordered", "times": 10**6}, 422),
        ({"template": "ordered", "to": "http://evil.example/"}, 422),
        ([], 422),
    ],
)
def test_what_cannot_be_meant(control, body, status):
    """Refused, and nothing is sent; where they go cannot be set from the network."""
    assert control("POST", json=body).status_code == status
    assert control.box.settled
    assert control("PUT", "/storm", json={"duplicates": 2}).status_code == 422


def test_a_mock_without_webhooks_says_so(control):
    """Nothing to tell, and the options that it needs to send any."""
    control.live.webhooks = None
    assert (control("GET").json()["events"], control("GET").json()["to"]) == (0, "")
    answer = control("POST", json={"type": "x"})
    assert (answer.status_code, "--webhook-to" in answer.text) == (409, True)


def test_whoever_listens_is_told(control):
    """Each attempt, as it ends; and the sums are among the metrics."""
    with control.live.feed.listening(frozenset({Kind.WEBHOOK}), lambda: None) as listener:
        control("POST", json={"template": "ordered"})
        number, sending = control.box.take(10.0)
        control.box.ended(number, sending, 10.0, 204)
        (event,) = listener.take()
    assert (event.data["fate"], event.data["status"], json.loads(encoded(event).split(b"data: ")[1])) == (
        "taken",
        204,
        event.data,
    )
    assert 'tapehiss_webhooks_total{fate="taken"} 1' in control("GET", "/../metrics").text
