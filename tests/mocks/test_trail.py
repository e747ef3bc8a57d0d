"""What passed over a running mock."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from clumsy import Send, whole
from hypothesis import given
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.cassettes.exchange import Ending
from tapehiss.mocks.faults import Hang, Latency, Lose, Reset, Status, Truncate
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.trace import attempt_of
from tapehiss.mocks.trail import STEPS_MAX, Trail
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.virtual_time import run_in_virtual_time, vendor_here
from tapehiss.mocks.world import Step, travel

ORDER, CREATION = SHOP[0].request, SHOP[3].request
FAULTS = [(), (Latency(2.0),), (Status(429),), (Lose(),), (Reset(),), (Truncate(3),)]


def trodden(vendor: Vendor) -> LiveVendor:
    """A mock that keeps a trail."""
    live = LiveVendor(vendor)
    live.trail = Trail()
    return live


@given(st.lists(st.tuples(st.sampled_from([ORDER, CREATION]), st.sampled_from(FAULTS)), max_size=5))
def test_a_running_mock_tells_what_the_pure_world_tells(calls):
    """Step by step, the same requests at the same times make the same trace."""
    rules = tuple(
        Rule(fault, to_call=place + 1, from_call=place + 1)
        for place, (_, faults) in enumerate(calls)
        for fault in faults
    )
    vendor = Vendor.of(SHOP, rules)

    def flow():
        for request, _ in calls:
            yield Send(request)

    steps = travel(vendor, flow(), lambda outcome, _: whole(outcome) or "none").steps
    live = trodden(vendor)
    for step in steps:
        live.answer(step.request, step.sent_at_s)
    assert [attempt_of(vendor, step) for step in live.trail.steps] == [attempt_of(vendor, step) for step in steps]


def test_nothing_is_kept_unless_somebody_asks():
    """A mock that serves has no trail."""
    assert LiveVendor(Vendor.of(SHOP)).trail is None


def step(sent_at_s: float, known_at_s: float) -> Step:
    return Step(sent_at_s, known_at_s, ORDER, Outcome(SHOP[0].response))


@given(st.floats(0, 10))
def test_what_was_on_its_way_when_the_client_ended_is_not_known(end_s):
    """Neither is what was sent afterwards by somebody else."""
    trail = Trail()
    for sent_at_s, known_at_s in ((0.0, 1.0), (1.0, 4.0), (6.0, 6.0)):
        trail.keep(step(sent_at_s, known_at_s))
    told = trail.until(end_s)
    assert len(told) == 1 + (end_s >= 1.0) + (end_s >= 6.0)
    assert all(each.known_at_s <= end_s for each in told)
    assert [each.outcome.ending is Ending.COMPLETE for each in told] == [end_s >= 1.0, end_s >= 4.0, True][: len(told)]


def test_a_trail_is_bounded():
    """A client that never ends fills no memory."""
    trail = Trail()
    for _ in range(STEPS_MAX + 1):
        trail.keep(step(0.0, 0.0))
    assert len(trail.steps) == STEPS_MAX


def test_a_client_that_leaves_has_no_answer():
    """Who had the whole answer before keeps it."""
    trail = Trail()
    trail.keep(step(0.0, 5.0))
    trail.abandoned(0, 6.0)
    assert trail.steps[0].outcome.ending is Ending.COMPLETE
    trail.abandoned(0, 2.0)
    assert (trail.steps[0].known_at_s, trail.steps[0].outcome.ending) == (2.0, Ending.TIMED_OUT)


async def asked(url: str, patience_s: float) -> None:
    """Ask over a socket, and leave after so long."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(f"GET /v1/orders/1 HTTP/1.1\r\nHost: {url[7:]}\r\n\r\n".encode())
    with contextlib.suppress(TimeoutError, ConnectionError):
        async with asyncio.timeout(patience_s):
            await reader.read()
    writer.transport.abort()
    with contextlib.suppress(TimeoutError):  # the mock notices
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("fault", "ending", "known_at_s"),
    [
        (Latency(5.0), Ending.TIMED_OUT, 2.0),
        (Hang(), Ending.TIMED_OUT, 2.0),
        (Latency(1.0), Ending.COMPLETE, 1.0),
        (Lose(), Ending.RESET, 0.0),
    ],
)
def test_on_a_socket_it_is_known_when_a_client_gave_up(fault, ending, known_at_s):
    """Its connection ends before the answer does; who got an answer and closes later has not given up."""

    async def main() -> Step:
        async with vendor_here(Vendor.of(SHOP, (Rule(fault),))) as (url, live):
            live.trail = Trail()
            await asked(url, 2.0)
            return live.trail.steps[0]

    told = run_in_virtual_time(main())
    assert (told.outcome.ending, round(told.known_at_s, 3)) == (ending, known_at_s)
