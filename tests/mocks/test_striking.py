"""A schedule over a vendor: order, renewal, ledger and clock."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import HOST, JSON, SHOP, get

from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response, header
from tapehiss.mocks import strategies
from tapehiss.mocks.live import LiveVendor
from tapehiss.mocks.profile import shipped_profile
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.striking import head_of
from tapehiss.mocks.vendor import State, Vendor

ORDERS = SHOP[3].request
GET = SHOP[0].request
TOKEN = Exchange(
    Request("POST", HOST + "/oauth/token", (), b"grant_type=refresh_token"),
    Response(200, "OK", (JSON,), b'{"access_token":"one"}'),
)


def rules(*texts: str) -> tuple[Rule, ...]:
    read = tuple(rule_from_text(text) for text in texts)
    assert all(isinstance(rule, Rule) for rule in read), read
    return read


def statuses(schedule, asked, recorded=SHOP, *, every_s=1.0, seed=0):
    """The status of each answer (or how it ended), the requests one after the other."""
    vendor, state, seen = Vendor.of(recorded, schedule, seed=seed), State(), []
    for number, request in enumerate(asked):
        state, outcome, _ = vendor.answer(state, request, number * every_s)
        seen.append(outcome.response.status if outcome.response else outcome.ending.value)
    return seen


def by(token: str, path: str = "/v1/orders/1") -> Request:
    return Request("GET", HOST + path, (("Authorization", f"Bearer {token}"),))


UNORDERED = strategies.schedules().map(lambda schedule: tuple(rule for rule in schedule if not rule.remembers))


@given(UNORDERED, st.integers(0, 99), st.lists(st.integers(0, 8), max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None)
def test_order_changes_nothing_for_rules_that_do_not_speak_of_it(schedule, seed, numbers, dice):
    """Different requests asked in any order are struck by the same rules; repeats of one request are told apart by their number."""
    vendor = Vendor.of(SHOP, schedule, seed=seed)

    def met(order: list[int]) -> dict[tuple[int, int], tuple[Rule, ...]]:
        state, times, seen = State(), dict.fromkeys(order, 0), {}
        for number in order:
            state, outcome, _ = vendor.answer(state, SHOP[number].request, 5.0)
            seen[number, times[number]] = outcome.struck
            times[number] += 1
        return seen

    different = [
        number for number in numbers if number not in {1, 4}
    ]  # 0 and 1 are the same request, and so are 3 and 4 to a rule that knows the head only
    assert met(different) == met(dice.sample(different, len(different)))


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("503 calls=2", [1]),
        ("503 calls=2..3", [1, 2]),
        ("503 calls=4..", [3, 4, 5]),
        ("503 every=3", [2, 5]),
        ("503 calls=3.. every=2", [3, 5]),
        ("503 calls=2 on=POST *", []),
    ],
)
def test_calls_of_an_operation_are_counted(text, struck):
    """The n-th call, a span of calls, every n-th: of all that the rule is about, whichever request it is."""
    asked = [GET, SHOP[2].request] * 3
    assert [number for number, seen in enumerate(statuses(rules(text), asked)) if seen == 503] == struck


def test_calls_are_counted_from_the_beginning_of_a_schedule():
    """Another schedule, or the same one again, begins anew."""
    live = LiveVendor(Vendor.of(SHOP, rules("503 calls=2")))
    for began_s in (0.0, 3.0):
        seen = [live.answer(GET, began_s + number)[0].response.status for number in range(3)]
        assert seen == [200, 503, 200]
        live.play(rules("503 calls=2"), 3.0)


def test_each_client_has_its_own_count():
    """With ``where`` only the calls of that client are struck, and only they are counted."""
    asked = [by("a"), by("b"), by("a"), by("b")]
    assert statuses(rules("503 calls=2 where=Authorization: Bearer a"), asked) == [200, 200, 503, 200]


def test_before_and_after_something_happened():
    """``since`` waits for an operation to be carried out, ``until`` ends with it; what a fault kept from happening has not."""
    asked = [GET, ORDERS, GET, ORDERS, GET]
    assert statuses(rules("503 since=POST /v1/orders on=GET *"), asked) == [200, 201, 503, 201, 503]
    assert statuses(rules("503 until=POST /v1/orders on=GET *"), asked) == [503, 201, 200, 201, 200]
    kept = rules("500 first=1 on=POST *", "503 since=POST /v1/orders on=GET *")
    assert statuses(kept, asked) == [200, 500, 200, 201, 503]


def test_a_rise_of_the_share():
    """A share that rises from nothing to all strikes about half in between, and everything from its end on."""
    rule = rules("503 p=0..1 from=10 over=100")
    vendor, hits = Vendor.of(SHOP, rule), []
    for at_s in (10.0, 60.0, 110.0, 500.0):
        asked = [Request("GET", f"{HOST}/v1/x/{number}") for number in range(400)]
        struck = [bool(vendor.answer(State(), request, at_s)[1].struck) for request in asked]
        hits.append(sum(struck))
    assert (hits[0], hits[2], hits[3]) == (0, 400, 400)
    assert abs(hits[1] - 200) < 5 * 10


def test_an_expired_token_until_another_comes():
    """Who was there when it began is refused until the credential changes; who comes without any is not asked."""
    asked = [by("a"), by("a"), by("a"), by("b"), by("a"), GET]
    assert statuses(rules("expired from=2"), asked) == [200, 200, 401, 200, 401, 200]
    assert statuses(rules("expired calls=3.."), asked) == [200, 200, 401, 200, 401, 200]
    assert statuses(rules("expired"), [by("a"), by("a"), by("b")]) == [401, 401, 200]


def test_tokens_expire_again_and_again():
    """Each rule has its own beginning."""
    asked = [by("a"), by("a"), by("b"), by("b"), by("c")]
    assert statuses(rules("expired from=1", "expired from=3"), asked) == [200, 401, 200, 401, 200]


def test_an_expired_token_is_renewed():
    """A request for a new token is never struck, and after it the old text is good again: a tape may have no other. Revoked is for good."""
    asked = [by("a"), by("a"), TOKEN.request, by("a")]
    assert statuses(rules("expired from=1"), asked, (*SHOP, TOKEN)) == [200, 401, 200, 200]
    assert statuses(rules("revoked from=1"), asked, (*SHOP, TOKEN)) == [200, 401, 400, 401]


def test_done_twice_is_in_the_ledger():
    """Without a key it was done again; with one the vendor's own second delivery is a replay."""
    for key, books in (((), (2, 1, 0)), ((("Idempotency-Key", "k"),), (1, 0, 1))):
        vendor = Vendor.of(SHOP, rules("twice on=POST *"))
        state, outcome, _ = vendor.answer(State(), replace(ORDERS, headers=(*ORDERS.headers, *key)), 0.0)
        (effect,) = state.ledger.effects()
        assert (effect.carried_out, effect.doubled, effect.replayed) == books
        assert outcome.response == SHOP[3].response


def test_a_refused_request_is_not_done_twice():
    """What another fault prevented was not carried out at all."""
    state, _, _ = Vendor.of(SHOP, rules("twice", "503")).answer(State(), ORDERS, 0.0)
    assert state.ledger.effects() == ()


def test_a_vendor_whose_clock_is_ahead():
    """``Date`` jumps, and so do the limits that follow the calendar."""
    vendor = replace(Vendor.of(SHOP, rules("clock=3600 from=10")), unix_s=1_800_000_000.0)
    dates = [header(vendor.answer(State(), GET, at_s)[1].told, "date") for at_s in (0.0, 10.0)]
    assert dates == [None, "Fri, 15 Jan 2027 09:00:10 GMT"]
    told = replace(Vendor.of(SHOP, rules("clock=3600", "429 wait=2 as=http_date")), unix_s=vendor.unix_s)
    response = told.answer(State(), GET, 0.0)[1].response
    assert header(response.headers, "retry-after") == "Fri, 15 Jan 2027 09:00:02 GMT"
    limited = replace(vendor, limits=shipped_profile("klaviyo:XS").limits)
    state, seen = State(), []
    for at_s in (9.0, 9.0, 10.0):
        state, outcome, _ = limited.answer(state, GET, at_s)
        seen.append(outcome.limit)
    assert seen == ["", "burst", ""]


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_what_is_decided_early_knows_nothing_of_the_body(one, other):
    """Whatever the body, the same is decided, by the head of the request alone, and counted by it."""
    vendor = Vendor.of(SHOP, rules("429 early wait=1 p=0.5 first=3", "lose"), seed=3)
    first, second = (replace(ORDERS, body=body) for body in (one, other))
    state = State()
    for _ in range(4):
        early = vendor.refuse(state, head_of(first), 0.0)
        assert early == vendor.refuse(state, second, 0.0)
        after, outcome, delay_s = vendor.answer(state, first, 0.0)
        assert outcome.early is (early is not None)
        assert early is None or early == (after, outcome, delay_s)
        state = after


def test_early_attempts_are_counted():
    """``first=2`` is two refusals of the same head, and then the request is taken."""
    asked = [replace(ORDERS, body=body) for body in (b"{}", b'{"a":1}', b"{}")]
    assert statuses(rules("413 early first=2"), asked) == [413, 413, 201]
    assert statuses(rules("413 early after=1"), asked) == [201, 413, 413]
    assert statuses(rules("refuse first=1"), asked) == [Ending.REFUSED.value, 201, 201]


@pytest.mark.parametrize("share", [0.1, 0.5])
def test_the_observed_share_of_a_running_vendor(share):
    """Over repeats of some requests in a random order the share is right within five standard deviations."""
    dice = random.Random(4)
    asked = [get(f"/v1/orders/{dice.randrange(50)}").request for _ in range(4000)]
    hits = statuses(rules(f"503 p={share}"), asked, seed=9).count(503)
    assert abs(hits - share * 4000) < 5 * (4000 * share * (1 - share)) ** 0.5
