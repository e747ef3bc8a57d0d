"""Shell: webhooks received by FastAPI (or Starlette): the raw body, as long as it is wanted, to ``receive`` and back.

::

    app = FastAPI()
    app.include_router(webhook_router(receiver, SqliteInbox("webhooks.db"), "/webhooks/stripe"))

FastAPI is imported when a router is made. Handlers run in threads of their own, so that they may wait without stopping the loop, or anything else
of the application that runs in threads.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Response as Answer
from tapehiss.cassettes.exchange import header
from tapehiss.clients.webhooks import receive, refusal, too_long

if TYPE_CHECKING:
    from fastapi import APIRouter, Request, Response

    from tapehiss.clients.webhooks import Inbox, Receiver

BODY_TIMEOUT_S = 30.0
"""All of a body has to come in this time."""
THREADS_MAX = 4
"""One handler runs at a time; the others verify, and wait for it."""


def webhook_router(receiver: Receiver, inbox: Inbox, path: str = "/webhooks") -> APIRouter:
    """A router with one POST route."""
    from fastapi import APIRouter, Response

    threads = ThreadPoolExecutor(THREADS_MAX, thread_name_prefix="tapehiss-webhooks")

    async def endpoint(request: Request) -> Response:
        answer = await _answered(receiver, inbox, request, threads)
        return Response(answer.body, answer.status, dict(answer.headers))

    router = APIRouter()
    router.add_route(path, endpoint, methods=["POST"], include_in_schema=False)
    return router


async def _answered(receiver: Receiver, inbox: Inbox, request: Request, threads: ThreadPoolExecutor) -> Answer:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw)
    announced = header(headers, "content-length") or ""
    if announced.isdecimal() and int(announced[:20]) > receiver.body_max_bytes:
        return refusal(too_long(receiver))
    try:
        async with asyncio.timeout(BODY_TIMEOUT_S):
            body = await _body(request, receiver.body_max_bytes)
    except TimeoutError:
        return Answer(408, "Request Timeout")
    if body is None:
        return refusal(too_long(receiver))
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(threads, receive, receiver, inbox, headers, body, time.time())


async def _body(request: Request, max_bytes: int) -> bytes | None:
    """The whole body, or ``None`` as soon as it is too long."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > max_bytes:
            return None
    return bytes(body)
