"""Tapes read again while a mock runs."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from shop import SHOP, get

from tapehiss.cassettes.exchange import Request
from tapehiss.mocks.faults import Latency
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State, Vendor

REQUESTS = [exchange.request for exchange in SHOP] + [Request("GET", "https://api.shop.example/v1/none")]


def replies(live: LiveVendor, numbers: list[int], at_s: float = 0.0) -> list[object]:
    outcomes = [live.answer(REQUESTS[number], at_s)[0] for number in numbers]
    return [outcome.response for outcome in outcomes]


@given(st.lists(st.integers(0, len(SHOP)), max_size=12), st.lists(st.integers(0, len(SHOP)), max_size=12))
@settings(max_examples=60)
def test_reading_the_same_tapes_again_changes_nothing(before, after):
    """Whatever was asked before, every later answer is the one that would have come without it."""
    through, renewed = LiveVendor(Vendor.of(SHOP)), LiveVendor(Vendor.of(SHOP))
    assert replies(through, before) == replies(renewed, before)
    assert renewed.reload(Vendor.of(SHOP), 0.0).kept
    assert replies(through, after) == replies(renewed, after)
    assert through.effects() == renewed.effects()


@given(st.lists(st.integers(0, len(SHOP) - 1), max_size=12), st.integers(0, 3))
@settings(max_examples=40)
def test_a_tape_that_grew_goes_on(before, more):
    """What was there goes on in its sequence, and what is new is answered, too."""
    grown = (*SHOP, *(get(f"/v1/new/{number}", body=b'{"new": true}') for number in range(more)))
    live, other = LiveVendor(Vendor.of(SHOP)), LiveVendor(Vendor.of(SHOP))
    replies(live, before)
    replies(other, before)
    renewal = live.reload(Vendor.of(grown), 0.0)
    assert (renewal.before, renewal.after, renewal.kept) == (len(SHOP), len(SHOP) + more, True)
    assert "anew" not in str(renewal)
    assert replies(live, [0, 2, 3]) == replies(other, [0, 2, 3])
    for number in range(more):
        assert live.answer(Request("GET", f"http://m/v1/new/{number}"), 0.0)[0].recording == len(SHOP) + number


def test_other_tapes_begin_their_sequences_anew_and_say_so():
    """Numbers that mean something else are forgotten; what was set, what was counted and what was done stays."""
    live = LiveVendor(Vendor.of(SHOP, (Rule(Latency(1.0)),), seed=5, latency=0.5))
    replies(live, [0, 3])
    before = live.state
    renewal = live.reload(Vendor.of(SHOP[1:]), 0.0)
    assert str(renewal) == "9 recordings before, 8 now; sequences, identifiers and keys begin anew"
    assert (live.vendor.schedule, live.vendor.seed, live.vendor.latency) == ((Rule(Latency(1.0)),), 5, 0.5)
    assert (live.state.played, live.state.attempts) == (State().played, before.attempts)
    assert live.effects()[0].carried_out == 1
    assert live.journal.totals().requests == 2


def test_sequences_that_begin_anew_begin_at_their_first_recording():
    """Also where the old ones were played to their end."""
    live = LiveVendor(Vendor.of(SHOP))
    replies(live, [0, 0, 0])
    assert not live.reload(Vendor.of((SHOP[1], SHOP[0], *SHOP[2:])), 0.0).kept
    assert [reply.body for reply in replies(live, [0, 0])] == [b'{"status": "paid"}', b'{"status": "new"}']
