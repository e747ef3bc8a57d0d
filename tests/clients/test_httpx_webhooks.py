"""Our webhooks over real transports."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from fastapi import FastAPI
from webhooking import SECRETS

from tapehiss.clients.errors import InvalidRequest
from tapehiss.clients.httpx_webhooks import ANSWER_MAX_BYTES, AsyncWebhookSender, WebhookSender
from tapehiss.clients.webhook_inbox import SqliteInbox
from tapehiss.clients.webhook_router import webhook_router
from tapehiss.clients.webhook_sending import Endpoint, Fate, message_of
from tapehiss.clients.webhooks import Receiver, Route
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring

RING = keyring("standard", SECRETS[:1])
ONCE = RETRIES["github"]
"""No repeats: nothing here waits."""


def message(number=1):
    return message_of(f"msg_{number}", "invoice.paid", {"id": number}, time.time())


def answering(*responses):
    """A transport that answers as listed, and what was sent over it."""
    sent, answers = [], iter(responses)

    def handle(request):
        sent.append(request)
        return next(answers)

    return httpx.MockTransport(handle), sent


def test_our_receiver_takes_what_our_sender_sends():
    """In process, from the one to the other: handled once, however often it is sent."""
    handled = []
    app = FastAPI()
    route = Route(lambda event, _: handled.append(event.payload["data"]))
    app.include_router(webhook_router(Receiver(RING, (route,)), SqliteInbox(":memory:"), "/hooks"))

    async def send():
        transport = httpx.ASGITransport(app)
        async with AsyncWebhookSender(Endpoint("http://us/hooks", RING), transport=transport) as sender:
            return [await sender.deliver(message(number)) for number in (1, 1, 2)]

    assert [delivery.fate for delivery in asyncio.run(send())] == [Fate.TAKEN] * 3
    assert handled == [{"id": 1}, {"id": 2}]


def test_410_disables_the_endpoint_for_every_delivery():
    """Nothing more is sent to it, in either colour."""
    transport, sent = answering(httpx.Response(410))
    with WebhookSender(Endpoint("http://us/", RING), transport=transport) as sender:
        assert [sender.deliver(message(number)).fate for number in (1, 2)] == [Fate.GONE] * 2
        assert (sender.disabled, len(sent)) == (True, 1)

    async def send():
        transport, sent = answering(httpx.Response(410))
        async with AsyncWebhookSender(Endpoint("http://us/", RING), transport=transport) as sender:
            fates = [(await sender.deliver(message(number))).fate for number in (1, 2)]
            return fates, sender.disabled, len(sent)

    assert asyncio.run(send()) == ([Fate.GONE] * 2, True, 1)


def test_an_answer_that_never_ends_is_none():
    """It is a failed attempt, not an error of ours."""
    endless = [httpx.Response(200, content=b"x" * (ANSWER_MAX_BYTES + 1)) for _ in range(2)]
    transport, _ = answering(*endless)
    with WebhookSender(Endpoint("http://us/", RING, ONCE), transport=transport) as sender:
        assert sender.deliver(message()).fate is Fate.EXHAUSTED

    async def send():
        async with AsyncWebhookSender(Endpoint("http://us/", RING, ONCE), transport=transport) as sender:
            return await sender.deliver(message())

    assert asyncio.run(send()).fate is Fate.EXHAUSTED


def test_redirects_are_not_followed():
    """A redirect would carry a signed body to somewhere else."""
    transport, sent = answering(httpx.Response(302, headers={"Location": "http://elsewhere/"}))
    with WebhookSender(Endpoint("http://us/", RING, ONCE), transport=transport) as sender:
        assert (sender.deliver(message()).fate, len(sent)) == (Fate.EXHAUSTED, 1)


def test_an_endpoint_that_cannot_be_meant_is_our_error():
    """A URL that is none is told at the first message."""
    with WebhookSender(Endpoint("http://[", RING)) as sender, pytest.raises(InvalidRequest):
        sender.deliver(message())
