"""Real sockets, and no time passes."""

from __future__ import annotations

import asyncio
import time

import httpx
import pytest
from shop import SHOP

from tapehiss.cassettes.exchange import Ending, Exchange
from tapehiss.mocks.faults import Latency, Reset, Status
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.virtual_time import run_in_virtual_time, vendor_here
from tapehiss.mocks.wire import HANG_MAX_S

DAY_S = 86_400.0


async def asked(
    *schedule: Rule,
    tape: tuple[Exchange, ...] = SHOP,
    timeout_s: float = 2 * DAY_S,
    times: int = 1,
    wait_s: float = 0.0,
) -> list[tuple[float, object]]:
    """When the answers came, and what they were."""
    loop, seen = asyncio.get_running_loop(), []
    async with (
        vendor_here(Vendor.of(tape, schedule)) as (url, _),
        httpx.AsyncClient(timeout=timeout_s, verify=False) as client,
    ):
        for _ in range(times):
            try:
                answer: object = (await client.get(f"{url}/v1/orders/1")).status_code
            except httpx.HTTPError as error:
                answer = type(error).__name__
            seen.append((loop.time(), answer))
            await _pause(wait_s)
    return seen


async def _pause(wait_s: float) -> None:
    """Wait by a timer of the loop."""
    done = asyncio.Event()
    asyncio.get_running_loop().call_later(wait_s, done.set)
    await done.wait()


def test_a_day_of_latency_takes_no_time():
    """An answer that is a day late is there at once, and the loop's clock says a day."""
    began_s = time.monotonic()
    assert run_in_virtual_time(asked(Rule(Latency(DAY_S)))) == [(DAY_S, 200)]
    assert time.monotonic() - began_s < 60


def test_a_timeout_strikes_before_a_later_answer():
    """The client's own timer goes first when it is due first."""
    assert run_in_virtual_time(asked(Rule(Latency(10.0)), timeout_s=5.0)) == [(5.0, "ReadTimeout")]


def test_a_recorded_silence_lasts_until_somebody_gives_up():
    """The client's timeout ends it, or after ten minutes a reset of ours."""
    silent = Exchange(SHOP[0].request, None, Ending.TIMED_OUT)
    assert run_in_virtual_time(asked(tape=(silent,), timeout_s=30.0)) == [(30.0, "ReadTimeout")]
    assert run_in_virtual_time(asked(tape=(silent,))) == [(HANG_MAX_S, "ReadError")]


def test_windows_follow_the_virtual_clock():
    """An outage of an hour is over after an hour of the loop's time."""
    seen = run_in_virtual_time(asked(Rule(Status(503), to_s=3600.0), times=3, wait_s=1800.0))
    assert seen == [(0.0, 503), (1800.0, 503), (3600.0, 200)]


def test_resets_arrive_on_the_real_socket():
    """RST is RST in virtual time, too."""
    ((at_s, answer),) = run_in_virtual_time(asked(Rule(Reset())))
    assert (at_s, answer) == (0.0, "ReadError")


def test_the_result_and_the_error_come_out():
    """What the coroutine returns or raises is what the caller gets."""

    async def fail() -> None:
        raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        run_in_virtual_time(fail())
