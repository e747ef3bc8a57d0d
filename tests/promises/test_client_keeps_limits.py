"""The promise: a client that was told a vendor's limits is never turned away by them, whatever the network does in between."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowds import EPOCH_S, Crowd
from tapehiss.cassettes.exchange import Request, Response
from tapehiss.clients.effects import Try
from tapehiss.clients.layers import once
from tapehiss.clients.limiter import Limiter, LimitPolicy, Priority
from tapehiss.clients.meters import AtOnce, Bucket, Window
from tapehiss.mocks import windows

GET = Request("GET", "https://h/things")

PAIRS = [
    (Window(5, 10.0), windows.Fixed(5, 10.0)),
    (Window(5, 10.0), windows.Fixed(5, 10.0, aligned=False)),
    (Window(3, 1.0), windows.Rolling(3, 1.0 - 1.0 / windows.SLICES)),
    (Bucket(4, 0.5), windows.Bucket(4, 0.5)),
    (Bucket(1, 3.0), windows.Bucket(1, 3.0)),
    (AtOnce(2), windows.Concurrent(2)),
]
"""What a client is told, and how the vendor counts."""


class Counting:
    """A vendor with counters of its own, which takes a random time to count a request and another to answer it."""

    def __init__(self, models, dice, transit_max_s, work_max_s):
        self.models, self.dice = models, dice
        self.states = [model.start() for model in models]
        self.transit_max_s, self.work_max_s = transit_max_s, work_max_s
        self.refused = 0

    def transit_s(self):
        """How long a request is on its way."""
        return self.dice.uniform(0.0, self.transit_max_s)

    def answer(self, _request, now):
        """200, unless a counter says no."""
        work_s = self.dice.uniform(0.0, self.work_max_s)
        unix_s = EPOCH_S + now
        if any(model.wait_s(state, unix_s, 1.0) for model, state in zip(self.models, self.states, strict=True)):
            self.refused += 1
            return Response(429), work_s + self.transit_s()
        self.states = [
            model.take(state, unix_s, 1.0, work_s) for model, state in zip(self.models, self.states, strict=True)
        ]
        return Response(200), work_s + self.transit_s()


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.sampled_from(PAIRS), min_size=1, max_size=3, unique_by=lambda pair: type(pair[0])),
    st.lists(
        st.tuples(st.sampled_from([0.0, 0.1, 3.0, 30.0]) | st.floats(0, 12), st.sampled_from(list(Priority))),
        max_size=40,
    ),
    st.sampled_from([0.0, 0.3, 4.0]),
    st.sampled_from([0.0, 0.2, 2.0]),
    st.integers(0, 2**32),
)
def test_nobody_is_turned_away(pairs, calls, transit_max_s, work_max_s, seed):
    """Several limits of the vendor's own kind at once, and any delays on the way there and back: no call is refused (T1, T7)."""
    vendor = Counting([model for _, model in pairs], Random(seed), transit_max_s, work_max_s)
    limiter, at = Limiter(LimitPolicy(tuple(limit for limit, _ in pairs))), 0.0
    crowd = Crowd(vendor.answer, vendor.transit_s)
    for pause_s, priority in calls:
        at += pause_s
        crowd.start(at, lambda now, priority=priority: limiter.over(once, priority)(Try(GET, now, now + 1e6, 1e6)))
    crowd.run()
    assert (vendor.refused, len(crowd.sent)) == (0, len(calls))


@pytest.mark.parametrize("pair", PAIRS, ids=repr)
def test_a_client_that_is_told_too_much_is_turned_away(pair):
    """The test above can fail: with a limit that is one more than the vendor's, somebody is refused."""
    told, model = pair
    more = AtOnce(3) if isinstance(told, AtOnce) else Bucket(told.capacity + 1, 9.0) if isinstance(told, Bucket) else Window(told.quota + 1, told.window_s)  # fmt: skip
    vendor = Counting([model], Random(1), 0.0, 0.5)
    limiter = Limiter(LimitPolicy((more,)))
    crowd = Crowd(vendor.answer, vendor.transit_s)
    for _ in range(30):
        crowd.start(0.0, lambda now: limiter.over(once)(Try(GET, now, now + 1e6, 1e6)))
    crowd.run()
    assert vendor.refused > 0
