"""Shell: our webhooks sent over httpx to one endpoint, from an event loop or from threads.

What waits for its next attempt waits in memory: it is lost with the process. Whoever must not lose it keeps it until ``deliver`` returns.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Self

import httpx

from tapehiss.cassettes.exchange import Ending
from tapehiss.clients.drivers import adrive, drive
from tapehiss.clients.effects import Failure
from tapehiss.clients.errors import BodyTooLong
from tapehiss.clients.httpx_wire import Wire, asend, send
from tapehiss.clients.webhook_sending import Delivery, Endpoint, Fate, Message, delivering

if TYPE_CHECKING:
    from tapehiss.clients.effects import Flow, Outcome, Send

ANSWER_MAX_BYTES = 1024 * 1024
"""Nobody reads the body of an answer; one that is longer is none."""
TOO_LONG = Failure(Ending.TRUNCATED, detail="the answer is too long")


class _Sender:
    """What both senders share: an endpoint that has said 410 is sent nothing any more, by no delivery."""

    def __init__(self, endpoint: Endpoint, dice: random.Random | None) -> None:
        self.endpoint = endpoint
        self.disabled = False
        self._dice = dice or random.Random()  # noqa: S311 (jitter guards no secret)

    def _flow(self, message: Message) -> Flow[Delivery]:
        return delivering(self.endpoint, message, unix_s=time.time(), dice=self._dice, wanted=lambda: not self.disabled)

    def _settled(self, delivery: Delivery) -> Delivery:
        self.disabled = self.disabled or delivery.fate is Fate.GONE
        return delivery


class WebhookSender(_Sender):
    """Sends from threads; ``deliver`` returns when the delivery has ended, which may be days later."""

    def __init__(
        self, endpoint: Endpoint, *, transport: httpx.BaseTransport | None = None, dice: random.Random | None = None
    ) -> None:
        super().__init__(endpoint, dice)
        self._transport = transport or Wire()

    def deliver(self, message: Message) -> Delivery:
        """Send a message until it is taken, nobody wants it, or the schedule is over."""
        return self._settled(drive(self._flow(message), self._send))

    def _send(self, effect: Send) -> Outcome:
        try:
            return send(self._transport, effect, ANSWER_MAX_BYTES)
        except BodyTooLong:
            return TOO_LONG

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncWebhookSender(_Sender):
    """Sends from an event loop: one task for each delivery costs little, however long it waits."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        dice: random.Random | None = None,
    ) -> None:
        super().__init__(endpoint, dice)
        self._transport = transport or httpx.AsyncHTTPTransport()

    async def deliver(self, message: Message) -> Delivery:
        """Send a message until it is taken, nobody wants it, or the schedule is over."""
        return self._settled(await adrive(self._flow(message), self._send))

    async def _send(self, effect: Send) -> Outcome:
        try:
            return await asend(self._transport, effect, ANSWER_MAX_BYTES)
        except BodyTooLong:
            return TOO_LONG

    async def aclose(self) -> None:
        """Close all connections."""
        await self._transport.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
