"""What follows a restore is what followed the snapshot."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.mocks.errors import BadSnapshot
from tapehiss.mocks.faults import Status
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.snapshots import SNAPSHOTS_MAX
from tapehiss.mocks.statekeys import state_by
from tapehiss.mocks.vendor import Vendor

KEYS = ("", "a", "b")
CALLS = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, len(SHOP) - 1), st.integers(0, 40)), max_size=8)
STORM = (Rule(Status(503), first=1, on="POST *"), Rule(Status(500), from_s=30.0, to_s=60.0, probability=0.5))


def ask(live: LiveVendor, calls: list[tuple[str, int, int]], now_s: float) -> tuple[list[object], float]:
    """What comes of some calls, each some seconds after the one before it, and when the last one was."""
    told = []
    for key, number, wait_s in calls:
        now_s += wait_s
        request = SHOP[number].request
        told.append(live.answer(_keyed(request, key), now_s))
    return told, now_s


def _keyed(request, key):
    return replace(request, headers=(*request.headers, ("X-Test-Id", key))) if key else request


@given(CALLS, CALLS, CALLS, st.integers(0, 200), st.sampled_from([None, *KEYS]))
@settings(max_examples=60)
def test_what_follows_a_restore_is_what_followed_the_snapshot(before, after, between, pause_s, key):
    """Answers, delays, limits and windows, whatever happened since and however late it is; for all, or for one state."""
    live = LiveVendor(Vendor.of(SHOP, STORM, seed=3, latency=1.0), by=state_by("header:X-Test-Id"))
    live.limit(shipped_profile("klaviyo:XS"), 0.0, for_s=90.0)
    _, now_s = ask(live, before, 0.0)
    live.snapshot("here", now_s, key=key)
    mine = [call for call in after if key is None or call[0] == key]
    first, now_s = ask(live, mine, now_s)
    _, now_s = ask(live, between, now_s)
    live.play((), now_s)
    live.set_clock(now_s, advance_s=5.0, going=False)
    live.restore("here", now_s + pause_s)
    assert ask(live, mine, now_s + pause_s)[0] == first
    live.restore("here", now_s + 1000.0)
    assert ask(live, mine, now_s + 1000.0)[0] == first


def test_one_state_can_be_given_to_others():
    """Prepared once, gone on from by each test in its own state."""
    live = LiveVendor(Vendor.of(SHOP), by=state_by("header:X-Test-Id"))
    order = SHOP[0].request
    live.answer(_keyed(order, "seed"), 0.0)
    live.snapshot("prepared", 0.0, key="seed")
    for key in ("a", "b", ""):
        live.restore("prepared", 1.0, key=key)
        assert live.answer(_keyed(order, key), 1.0)[0].recording == 1
    live.snapshot("all", 2.0)
    with pytest.raises(BadSnapshot, match="knows no state 'c'"):
        live.restore("all", 2.0, key="c")


def test_snapshots_are_named_and_bounded():
    """One too many is refused, one that is not there too; an old name can be used again."""
    live = LiveVendor(Vendor.of(SHOP))
    for number in range(SNAPSHOTS_MAX):
        live.snapshot(f"s{number}", 0.0)
    live.snapshot("s0", 1.0)
    for refused in ("one-more", "../x", "", "x" * 101):
        with pytest.raises(BadSnapshot):
            live.snapshot(refused, 0.0)
    live.snapshots.drop("s1")
    live.snapshot("one-more", 0.0)
    for act in (live.snapshots.drop, live.snapshots.named):
        with pytest.raises(BadSnapshot, match="no snapshot is called"):
            act("s1")
