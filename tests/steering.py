"""A client of one control plane, in process, and the live vendor behind it: ``from steering import Control``."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
from shop import SHOP

from tapehiss.mocks.control import control_app
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.vendor import Vendor


class Control:
    """Asks below ``/_tapehiss``; its clock stands still until a test moves it."""

    def __init__(self, live: LiveVendor | None = None) -> None:
        self.live = LiveVendor(Vendor.of(SHOP)) if live is None else live
        self.now_s = 10.0
        self.app = control_app(self.live, lambda: self.now_s)

    def __call__(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer to one request."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://mock/_tapehiss") as client:
                return await client.request(method, path, **more)

        return asyncio.run(ask())
