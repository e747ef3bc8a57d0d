"""The desk where exchanges lie until they are counted."""

from __future__ import annotations

import math
from dataclasses import replace

from tapehiss.contracts.counts import Seen
from tapehiss.contracts.desk import HELD_MAX_BYTES, Desk, seen_at
from tapehiss.contracts.evidence import observe
from tapehiss.contracts.reading import call_of
from traffic import answer


def test_a_desk_is_full_at_last():
    """What waits is bounded, also where each operation has little of it."""
    desk, taken = Desk(), 0
    exchange = answer({"a": "x" * 100_000})
    call = call_of(exchange.request)
    while not desk.is_full:
        desk.take(f"GET /{taken}", exchange, call, seen_at(exchange))
        taken += 1
    assert HELD_MAX_BYTES / 103_000 < taken < HELD_MAX_BYTES / 100_000
    assert taken == len(desk.evidence())


def test_much_of_one_operation_is_counted_before_the_desk_is_full():
    """What was counted does not weigh any more."""
    desk = Desk()
    exchange = answer({"a": "x" * 100_000})
    call = call_of(exchange.request)
    for _ in range(2 * HELD_MAX_BYTES // 100_000):
        desk.take("GET /", exchange, call, seen_at(exchange))
    assert not desk.is_full


def test_a_desk_counts_by_operation():
    """The evidence of each operation is the sum of its exchanges' evidence."""
    desk = Desk()
    several = [answer({"a": number}, url=f"https://h/{name}") for number, name in enumerate("aba")]
    for exchange in several:
        call = call_of(exchange.request)
        desk.take(str(call.operation), exchange, call, seen_at(exchange))
    whole = observe(several[0]) + observe(several[1]) + observe(several[2])
    assert whole.operations == desk.evidence()


def test_an_exchange_stands_somewhere():
    """Where and when; a time that is none is the beginning of time."""
    exchange = replace(answer(1), started_at=5.0)
    assert Seen(5.0, "a.yaml", 3) == seen_at(exchange, "a.yaml", 3)
    assert Seen() == seen_at(replace(exchange, started_at=math.nan))
