"""Receiving with FastAPI."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from fastapi import FastAPI
from webhooking import RING, delivery

from tapehiss.clients.webhook_inbox import SqliteInbox
from tapehiss.clients.webhook_router import webhook_router
from tapehiss.clients.webhooks import Receiver, Route


class Endpoint:
    """An application with one router, asked in process."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        route = Route(lambda event, _: self.handled.append(event.id))
        self.app = FastAPI()
        receiver = Receiver(RING, (route,), body_max_bytes=1000)
        self.app.include_router(webhook_router(receiver, SqliteInbox(":memory:"), "/hooks"))

    def __call__(self, headers, content, method="POST") -> httpx.Response:
        """The answer to one request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://us") as client:
                return await client.request(method, "/hooks", headers=dict(headers), content=content)

        return asyncio.run(ask())


@pytest.fixture
def endpoint():
    return Endpoint()


def pieces(*contents: bytes):
    async def stream():
        for content in contents:
            yield content

    return stream()


def test_a_delivery_is_handled_and_a_copy_acknowledged(endpoint):
    """204 both times, one handling; a forged one is 401 and reaches nobody."""
    headers, body = delivery("e1", at=time.time())
    assert [endpoint(headers, body).status_code for _ in range(2)] == [204, 204]
    assert endpoint(headers, body + b" ").status_code == 401
    assert endpoint.handled == ["e1"]


def test_the_raw_body_counts(endpoint):
    """Space and order of the JSON are as they were signed, in however many pieces it comes."""
    headers, body = delivery("e1", at=time.time())
    assert endpoint(headers, pieces(body[:7], b"", body[7:])).status_code == 204


def test_a_body_that_is_too_long_is_413(endpoint):
    """Announced: before any of it is read; not announced: as soon as it is too long."""
    read = []

    async def endless():
        while True:
            read.append(1)
            yield b" " * 100

    headers, _ = delivery("e1", at=time.time())
    assert endpoint({**dict(headers), "Content-Length": "1001"}, endless()).status_code == 413
    assert read == []
    assert endpoint(headers, endless()).status_code == 413
    assert (len(read), endpoint.handled) == (11, [])


def test_other_methods_are_not_served(endpoint):
    """Webhooks are POSTs."""
    assert endpoint((), b"", "GET").status_code == 405


def test_a_body_that_does_not_end_is_408(endpoint, monkeypatch):
    """Nobody holds a place for ever."""
    monkeypatch.setattr("tapehiss.clients.webhook_router.BODY_TIMEOUT_S", 0.01)

    async def endless():
        yield b"{"
        await asyncio.Event().wait()

    assert endpoint(delivery("e1", at=time.time())[0], endless()).status_code == 408
