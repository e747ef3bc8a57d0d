"""The ledger of effects: what was done, and what of it twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, SHOP

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.mocks import ledger, strategies
from tapehiss.mocks.faults import Lose, Reset, Status
from tapehiss.mocks.ledger import OTHERS, Effect, Ledger, writes
from tapehiss.mocks.limits import Limit, Limits
from tapehiss.mocks.outcome import Outcome
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.windows import Fixed

ORDER, DELETE = SHOP[3].request, SHOP[5].request
OTHER = SHOP[4].request
REFUSED = Exchange(Request("POST", HOST + "/v1/refunds"), Response(402))
NEVER = Exchange(Request("POST", HOST + "/v1/silence"), None)


def sent(vendor: Vendor, *requests: Request) -> tuple[Effect, ...]:
    """The effects of some requests, one a second."""
    state = State()
    for number, request in enumerate(requests):
        state, _, _ = vendor.answer(state, request, float(number))
    return state.ledger.effects()


def test_a_lost_answer_that_is_asked_for_again_is_done_twice():
    """Commit, then lose the response: without a key the vendor does it a second time, and the ledger says so."""
    (effect,) = sent(Vendor.of(SHOP, (Rule(Lose(), first=1),)), ORDER, ORDER)
    assert effect == Effect("POST /v1/orders", carried_out=2, doubled=1, requests=1, unkeyed=2, lost=1)


def test_what_was_not_carried_out_is_not_counted():
    """Reads, misses, refusals of the tape and of a limit, and what a fault prevented."""
    fair = Vendor.of((*SHOP, REFUSED))
    assert sent(fair, SHOP[0].request, REFUSED.request, Request("POST", HOST + "/v1/none")) == ()
    for fault in (Status(503), Reset()):
        (effect,) = sent(Vendor.of(SHOP, (Rule(fault, first=2),)), ORDER, ORDER, ORDER)
        assert (effect.carried_out, effect.doubled) == (1, 0)
    limits = Limits((Limit("one", Fixed(1, 60)),))
    (effect,) = sent(replace(Vendor.of(SHOP), limits=limits), ORDER, ORDER, ORDER)
    assert effect.carried_out == 1


def test_different_requests_are_not_the_same_one_twice():
    """Two orders are two orders; the spelling of a body is not looked at."""
    respelt = replace(ORDER, body=b'{"count":2,"item":"tape"}')
    first, second = sent(Vendor.of(SHOP), ORDER, OTHER, DELETE, respelt)
    assert (first.operation, first.carried_out, first.doubled, first.requests) == ("POST /v1/orders", 3, 1, 2)
    assert (second.operation.split(" ")[0], second.carried_out, second.doubled) == ("DELETE", 1, 0)


@given(
    strategies.schedules(),
    st.integers(0, 99),
    st.lists(st.sampled_from([*(each.request for each in (*SHOP, REFUSED, NEVER))]), max_size=12),
)
@settings(max_examples=100, deadline=None)
def test_the_sums_agree(schedule, seed, requests):
    """Whatever the schedule: what was done is new or was done before; without keys every repeat is."""
    for each in sent(Vendor.of((*SHOP, REFUSED, NEVER), schedule, seed=seed), *requests):
        assert each.carried_out == each.requests + each.doubled == each.unkeyed > 0
        assert each.lost <= each.carried_out
        assert (each.keys, each.replayed, each.conflicts) == (0, 0, 0)


def test_operations_are_bounded(monkeypatch):
    """Further operations are counted together."""
    monkeypatch.setattr(ledger, "OPERATIONS_MAX", 1)
    told, done = Ledger(), Outcome(Response(201))
    for path in ("/a", "/b", "/c", "/a"):
        told = told.noted("POST", path, hash(path), None, done, done=True)
    assert [(each.operation, each.carried_out) for each in told.effects()] == [("POST /a", 2), (OTHERS, 2)]


@pytest.mark.parametrize(
    ("method", "body", "could"),
    [
        ("GET", b"", False),
        ("POST", b"", True),
        ("POST", b'{"query": "{ order { id } }"}', False),
        ("POST", b'{"query": "# all\\n query Orders { orders { id } }"}', False),
        ("POST", b'{"query": "mutation { pay { id } }"}', True),
        ("POST", b'{"query": "query A { a } mutation B { b }", "operationName": "B"}', True),
        ("POST", b'{"query": "shoes", "limit": 2}', True),
        ("POST", b'{"query": {}}', True),
        ("POST", b'["query", "query"]', True),
        ("DELETE", b'"query" of nobody', True),
    ],
)
def test_what_could_change_something(method, body, could):
    """By its method; a GraphQL query only asks. In doubt a request could."""
    assert writes(Request(method, HOST + "/graphql", (("Content-Type", "application/json"),), body)) is could
