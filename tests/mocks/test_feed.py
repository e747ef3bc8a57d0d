"""What happens at a mock is told as it happens."""

from __future__ import annotations

from contextlib import ExitStack

from hypothesis import given
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.feed import LISTENERS_MAX, WAITING_MAX, Feed, Kind
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor

EVERYTHING = frozenset(Kind)


@given(st.lists(st.integers(0, WAITING_MAX * 2), max_size=6))
def test_told_and_lost_add_up(bursts):
    """A listener gets the latest events in order, and the number of those that it was too slow for: nothing is unaccounted for."""
    feed, number = Feed(), 0
    with feed.listening(EVERYTHING, lambda: None) as listener:
        for burst in bursts:
            told = range(number, number + burst)
            for each in told:
                feed.tell(Kind.RESET, each)
            number += burst
            taken = listener.take()
            lost = taken[0].data["count"] if taken and taken[0].kind is Kind.LOST else 0
            assert [event.data for event in taken[bool(lost) :]] == list(told)[lost:]
            assert lost == max(burst - WAITING_MAX, 0)
    assert feed.lost == sum(max(burst - WAITING_MAX, 0) for burst in bursts)


def test_a_slow_listener_costs_the_others_nothing():
    """Each has a queue of its own, of the kinds that it wants."""
    feed, woken = Feed(), []
    resets = frozenset({Kind.RESET})
    with feed.listening(EVERYTHING, lambda: None) as slow, feed.listening(resets, lambda: woken.append(1)) as quick:
        feed.tell(Kind.LIMITS, 0)
        assert (quick.take(), woken) == ((), [])
        for _ in range(WAITING_MAX + 5):
            feed.tell(Kind.RESET, 0)
            assert len(quick.take()) == 1
        assert (feed.lost, slow.take()[0].data) == (6, {"count": 6})
    assert feed.listeners == []


def test_listeners_are_bounded_and_end_with_the_mock():
    """After so many it is full; when the mock ends all are woken."""
    feed, woken = Feed(), []
    with ExitStack() as stack:
        many = [stack.enter_context(feed.listening(EVERYTHING, lambda: woken.append(1))) for _ in range(LISTENERS_MAX)]
        assert feed.full
        feed.close()
        assert len(woken) == len(many)
        assert all(each.ended for each in many)
    assert not feed.full


def everything_happens(live: LiveVendor) -> None:
    live.play((rule_from_text("latency=1"),), 0.0, seed=4)
    live.limit(shipped_profile("klaviyo:XS"))
    for _ in range(2):
        live.answer(Request("GET", "http://m/v1/orders/1?secret=s3cret"), 1.0)
    live.limit(None)
    live.reload(Vendor.of(SHOP[:2]), 0.0)
    live.reset(2.0)


def test_a_vendor_tells_what_happens():
    """Requests, the rules that struck them, the limits that refused them, and whatever is set."""
    live = LiveVendor(Vendor.of(SHOP))
    with live.feed.listening(EVERYTHING, lambda: None) as listener:
        everything_happens(live)
        taken = listener.take()
    assert [event.kind.value for event in taken] == (
        ["schedule", "limits", "request", "fault", "request", "fault", "limit", "limits", "tapes", "reset"]
    )
    assert [event.data for event in taken if event.kind is not Kind.REQUEST] == [
        {"rules": ["latency=1"], "seed": 4},
        {"limits": {"profile": "klaviyo", "plan": "XS"}},
        {"number": 0, "method": "GET", "path": "/v1/orders/1", "rule": "latency=1"},
        {"number": 1, "method": "GET", "path": "/v1/orders/1", "rule": "latency=1"},
        {"number": 1, "method": "GET", "path": "/v1/orders/1", "limit": "burst"},
        {"limits": None},
        {"before": 9, "after": 2, "kept": False},
        {},
    ]
    assert "s3cret" not in repr(taken)


def test_without_listeners_nothing_is_made():
    """A request costs a look at an empty list."""
    live = LiveVendor(Vendor.of(SHOP))
    live.answer(Request("GET", "http://m/v1/orders/1"), 1.0)
    assert (live.feed.listeners, live.feed.lost) == ([], 0)
