"""The control plane tells what was done."""

from __future__ import annotations

import asyncio

import httpx
from shop import SHOP

from tapehiss.mocks.control import control_app
from tapehiss.mocks.faults import Lose
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import Vendor


def asked(live: LiveVendor, path: str) -> list[dict]:
    """The answer to one question below ``/_tapehiss``."""

    async def ask() -> list[dict]:
        transport = httpx.ASGITransport(control_app(live, lambda: 1.0))
        async with httpx.AsyncClient(transport=transport, base_url="http://mock/_tapehiss") as client:
            return (await client.get(path)).json()

    return asyncio.run(ask())


def test_effects_can_be_read_and_filtered():
    """By operation; a reset forgets them."""
    live = LiveVendor(Vendor.of(SHOP, (Rule(Lose(), on="POST *", first=1),)))
    for request in (SHOP[5].request, SHOP[3].request, SHOP[3].request):
        live.answer(request, 0.0)
    first, second = asked(live, "/effects")
    assert first == {
        "operation": "POST /v1/orders",
        "carried_out": 2,
        "doubled": 1,
        "requests": 1,
        "keys": 0,
        "unkeyed": 2,
        "lost": 1,
        "replayed": 0,
        "conflicts": 0,
    }
    assert second["operation"].startswith("DELETE /v1/orders/")
    assert asked(live, "/effects?on=DELETE *") == [second]
    live.reset(2.0)
    assert asked(live, "/effects") == []
