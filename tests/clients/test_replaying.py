"""Requests asked one after the other, at a pace."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending, Request, Response
from tapehiss.clients.drivers import drive
from tapehiss.clients.effects import Failure
from tapehiss.clients.replaying import Pace, Replayed, replaying

REQUESTS = [Request("GET", f"https://h/{n}") for n in range(8)]


class World:
    """A vendor that takes its time, and a clock that only it and sleeping move."""

    def __init__(self, outcomes, takes_s=0.0):
        self.now_s, self.begun, self._outcomes, self._takes_s = 100.0, [], iter(outcomes), takes_s

    def run(self, pace, requests=REQUESTS):
        """The flow, driven."""
        return drive(
            replaying(requests, pace, self.now_s),
            self.send,
            sleep=self.sleep,
            clock=lambda: self.now_s,
            wall=lambda: 7.0,
        )

    def sleep(self, wait_s):
        """Later, at once."""
        self.now_s += wait_s

    def send(self, _effect):
        """The next outcome."""
        self.begun.append(self.now_s)
        self.now_s += self._takes_s
        return next(self._outcomes)


def ok(count=8, body=b""):
    """So many answers."""
    return [Response(200, body=body)] * count


@given(st.floats(0.1, 100), st.floats(0, 3))
def test_never_faster_than_the_pace(per_second, takes_s):
    """However fast or slow the vendor: the n-th request begins no earlier than its turn, and never before the last ended."""
    world = World(ok(), takes_s)
    world.run(Pace(per_second, seconds_max=1e9))
    turns = [100.0 + number / per_second for number in range(len(REQUESTS))]
    assert all(begun >= turn - 1e-6 for begun, turn in zip(world.begun, turns, strict=True))
    assert all(b - a >= takes_s - 1e-6 for a, b in zip(world.begun, world.begun[1:], strict=False))


def test_all_are_asked_once_and_told():
    """Each request with its answer and its time, or with how it ended."""
    failure = Failure(Ending.RESET, detail="gone")
    told = World([failure, *ok()]).run(Pace(100))
    assert [exchange.request for exchange in told.exchanges] == REQUESTS
    assert [exchange.ending for exchange in told.exchanges[:2]] == [Ending.RESET, Ending.COMPLETE]
    assert (told.stopped, told.exchanges[1].started_at) == ("", 7.0)


def test_bounds_end_it():
    """Seconds and bytes: no request begins beyond them, and it is said why."""
    late = World(ok(), takes_s=4).run(Pace(100, seconds_max=10))
    long = World(ok(body=b"x" * 60)).run(Pace(100, bytes_max=100))
    assert (len(late.exchanges), len(long.exchanges)) == (3, 2)
    assert "12 s" in late.stopped
    assert "120 bytes" in long.stopped


def test_a_rate_limit_ends_it():
    """A vendor that has had enough is left alone."""
    told = World([*ok(2), Response(429), *ok()]).run(Pace(100))
    assert (len(told.exchanges), told.stopped) == (3, "the vendor's rate limit was reached")


def test_nothing_asked_is_nothing_told():
    """No request, no effect."""
    assert World([]).run(Pace(), []) == Replayed(())
