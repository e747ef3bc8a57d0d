"""Conduct is counted the same in any order and any split."""

from __future__ import annotations

import json
from functools import reduce
from operator import add

from hypothesis import given
from hypothesis import strategies as st

from habits import told
from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request, Response
from tapehiss.contracts.conduct import DIGESTS_MAX, SIGNS_MAX, WINDOWS_MAX, Conduct
from tapehiss.contracts.conducting import Conducting, conduct_of
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.reading import read
from tapehiss.contracts.sums import Seen
from traffic import lists


@given(lists(), st.integers(0, 8), st.randoms(use_true_random=False))
def test_counting_as_it_goes_is_the_sum(exchanges, cut, dice):
    """One by one and added, at once, in two halves, or shuffled: the same conduct."""
    rows = [(exchange, read(exchange), Seen(float(number), "t", number)) for number, exchange in enumerate(exchanges)]

    def counted(some):
        counting = Conducting()
        counting.take(some)
        return counting.conduct()

    whole = counted(rows)
    assert whole == sum((conduct_of(*row) for row in rows), Conduct())
    assert whole == counted(rows[:cut]) + counted(rows[cut:])
    dice.shuffle(rows)
    assert whole == counted(rows)


def test_an_exchange_shows_a_sign_once():
    """Two headers of one kind, or a page with a hundred items, are one witness."""
    body = {"items": [{"id": f"item {number}"} for number in range(100)], "next_cursor": "abcdef"}
    conduct = conduct_of(told(body=body), read(told(body=body)), Seen())
    assert {sign.count for sign in conduct.signs.values()} == {1}


def test_what_was_not_answered_shows_nothing():
    """A reset says nothing about credentials or pages."""
    exchange = Clean(Exchange(Request("GET", "https://h/a"), None, Ending.RESET))
    assert conduct_of(exchange, read(exchange), Seen()) == Conduct()


def test_signs_of_any_number_are_bounded_and_exact():
    """A vendor that tells every client another limit: of too many signs some stay, those of the sum, with their counts."""
    several = [
        told(headers={"X-RateLimit-Limit": str(limit), "X-RateLimit-Remaining": "1"}, at_s=float(limit))
        for limit in [*range(2, 3_000), *range(2, 3_000, 7)]
    ]
    rows = [(each, read(each), Seen(each.started_at, "t", line)) for line, each in enumerate(several, 1)]
    counting = Conducting()
    for row in rows:
        counting.take([row])
    whole = counting.conduct()
    assert whole == reduce(add, (conduct_of(*row) for row in rows))
    assert "limit" in whole.bounds
    assert len(whole.topic("limit")) == SIGNS_MAX


def test_what_cannot_be_kept_is_not_held():
    """Cursors and windows of a long recording are dropped early, and the sum of its exchanges is the same."""
    headers = (("Content-Type", "application/json"), ("X-RateLimit-Limit", "9"), ("X-RateLimit-Remaining", "3"))
    several = []
    for number in range(700):
        at_s = 1_790_000_000 + 60 * number
        body = json.dumps({"data": [{"id": f"thing-{number}"}], "next_cursor": f"cursor-{number}"}).encode()
        response = Response(200, "", (*headers, ("X-RateLimit-Reset", str(at_s))), body)
        several.append(Clean(Exchange(Request("GET", "https://h/things?limit=1"), response, started_at=at_s - 30.0)))
    whole = learn(several)
    assert whole == reduce(add, map(learn, (several[start : start + 7] for start in range(0, 700, 7))))
    (evidence,) = whole.operations.values()
    assert (WINDOWS_MAX, {DIGESTS_MAX}) == (
        len(evidence.conduct.windows),
        {len(each.digests) for each in evidence.conduct.sketches.values()},
    )
    assert "windows" in evidence.conduct.bounds
