"""The two drivers do the same."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeys import EPOCH_S, READ, TAPE, policies, requests, seen, weather
from tapehiss.cassettes.exchange import Response
from tapehiss.clients.drivers import adrive, drive
from tapehiss.clients.effects import Await, Do, Emit, Event, Send, Sleep, give
from tapehiss.clients.errors import ApiError, BodyTooLong
from tapehiss.clients.retry import RetryPolicy, retrying
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.world import duration_s


class World:
    """A vendor and a clock in memory, for both drivers."""

    def __init__(self, schedule, seed):
        self.vendor, self.state, self.now_s = Vendor.of(TAPE, schedule, seed=seed), State(), 0.0
        self.trace = []

    def clock(self):
        """Virtual seconds."""
        return self.now_s

    def wall(self):
        """Virtual Unix time."""
        return EPOCH_S + self.now_s

    def sleep(self, wait_s):
        """No time passes, and it is later."""
        self.trace.append(("sleep", wait_s))
        self.now_s += wait_s

    async def asleep(self, wait_s):
        """The same, awaited."""
        self.sleep(wait_s)

    def send(self, effect):
        """The vendor's answer, when it would have come."""
        self.trace.append(("send", self.now_s, effect))
        self.state, outcome, delay_s = self.vendor.answer(self.state, effect.request, self.now_s)
        self.now_s += min(delay_s + duration_s(outcome, effect.request, 0.0), effect.timeout_s)
        return seen(outcome)

    async def asend(self, effect):
        """The same, awaited."""
        return self.send(effect)


@given(requests(), policies(), weather(), st.integers(0, 2**32))
def test_the_twins_tell_the_same_story(request_, policy, schedule, seed):
    """For the same weather and dice both drivers make the same requests and waits, and end the same (S1)."""

    def story(run):
        world = World(schedule, seed)
        try:
            end = run(world, retrying(request_, policy, now=0.0, dice=Random(seed)))
        except ApiError as error:
            end = error
        return world.trace, end, world.now_s

    def sync(world, flow):
        return drive(flow, world.send, sleep=world.sleep, clock=world.clock, wall=world.wall)

    def asynchronous(world, flow):
        return asyncio.run(adrive(flow, world.asend, sleep=world.asleep, clock=world.clock, wall=world.wall))

    assert story(sync) == story(asynchronous)


def test_a_flow_without_effects_just_returns():
    """Nothing to do, a result all the same; the drivers' own clocks are enough."""

    def flow():
        return 7
        yield Sleep(0.0)

    async def nothing(_):
        raise NotImplementedError

    assert drive(flow(), lambda _: Response(200)) == 7
    assert asyncio.run(adrive(flow(), nothing)) == 7


def stubborn(closed):
    try:
        yield Sleep(0.0)
        yield Send(TAPE[0].request, 1.0)
    finally:
        closed.append(True)


def test_what_sending_raises_ends_the_flow():
    """An exception of the shell is nobody's reply: it goes to the caller, and the flow is closed."""
    closed = []

    def broken(_):
        raise StopIteration

    async def abroken(_):
        raise OSError

    with pytest.raises(StopIteration):
        drive(stubborn(closed), broken)
    with pytest.raises(OSError):  # noqa: PT011 (any)
        asyncio.run(adrive(stubborn(closed), abroken))
    assert closed == [True, True]


def test_a_cancellation_ends_the_flow_at_once():
    """A cancelled call is not retried; the flow is closed within one turn of the loop (D3)."""
    closed, sent = [], []

    async def hang(effect):
        sent.append(effect)
        await asyncio.get_running_loop().create_future()

    async def main():
        task = asyncio.create_task(adrive(stubborn(closed), hang))
        while not sent:
            await asyncio.wait([task], timeout=0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(main())
    assert (closed, len(sent)) == ([True], 1)


def both(make, send=None, **more):
    """What both drivers make of a flow: its result or error."""

    async def asend(effect):
        return send(effect)

    async def main():
        return await adrive(make(), asend, **more)

    ends = []
    for run in (lambda: drive(make(), send, **more), lambda: asyncio.run(main())):
        try:
            ends.append(run())
        except ApiError as error:
            ends.append(error)
    return ends


def test_a_flow_is_told_what_an_action_returned():
    """``Do``: called, in a thread of its own if it may block an event loop, and its value comes back."""
    threads = []

    def action():
        threads.append(threading.current_thread())
        return len(threads)

    def flow(*, blocking):
        return (yield Do(action, blocking=blocking)).value

    assert both(lambda: flow(blocking=True)) == [1, 2]
    assert threads[0] is threading.main_thread() is not threads[1]
    assert both(lambda: flow(blocking=False)) == [3, 4]
    assert set(threads[2:]) == {threading.main_thread()}


def test_a_signal_wakes_whoever_waits():
    """``Await``: ends with the signal of another thread, whether that came before or comes later; or when its time is over."""
    for begin in (give, lambda signal: threading.Timer(0.01, give, [signal]).start()):
        signals = []

        def flow(begin=begin, signals=signals):
            signals.append(Future())
            begin(signals[-1])
            yield Await(signals[-1], 60.0)
            return signals[-1].done()

        assert both(flow) == [True, True]

    def nobody_comes():
        signal = Future()
        yield Await(signal, 0.01)
        return signal.done(), signal.cancelled()

    assert both(nobody_comes) == [(False, False)] * 2


def test_a_signal_may_come_when_the_loop_is_gone():
    """A waiter that was cancelled with its loop is no trouble for whoever gives the signal later."""
    signal = Future()

    def flow():
        yield Await(signal, 60.0)

    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(adrive(flow(), None), 0.01)

    asyncio.run(main())
    give(signal)
    give(signal)
    assert signal.done()


def test_whoever_listens_cannot_break_a_call(caplog):
    """``Emit``: the listener is told; what it raises is logged by its type alone, and the flow goes on."""
    event = Event("call-began", "c", 0.0, "GET https://h/")
    heard = []

    def listen(said):
        heard.append(said)
        raise RuntimeError("secret words")

    def flow():
        yield Emit(event)
        return "done"

    assert both(flow, listen=listen) == ["done", "done"]
    assert heard == [event, event]
    assert "RuntimeError" in caplog.text
    assert "secret words" not in caplog.text


def test_an_error_of_the_wire_is_raised_inside_the_flow():
    """An ``ApiError`` of ``send`` can be caught by the flow, or completed with what the flow knows."""

    def send(_):
        raise BodyTooLong("too long")

    def flow():
        try:
            yield Send(READ, 1.0)
        except BodyTooLong as error:
            return error.what

    assert both(flow, send) == ["too long", "too long"]
    ends = both(lambda: retrying(READ, RetryPolicy(), now=0.0, dice=Random(1)), send)
    assert [(type(end), end.where) for end in ends] == [(BodyTooLong, "GET https://api.vendor.example/v1/things/7")] * 2
