"""Idempotency keys, as vendors keep them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.cassettes.exchange import Exchange, Request, Response, header
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.mocks import strategies
from tapehiss.mocks.beyond import beyond
from tapehiss.mocks.faults import Lose, Reset, Status
from tapehiss.mocks.idempotency import CHOICES, DAY_S, IETF, STRIPE, key_of
from tapehiss.mocks.limits import Limit, Limits
from tapehiss.mocks.outcome import Outcome, Repeat, Rung
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.vendor import State, Vendor
from tapehiss.mocks.windows import Fixed

JSON = (("Content-Type", "application/json"),)
ORDER, OTHER, DELETE = SHOP[3].request, SHOP[4].request, SHOP[5].request


def keyed(request: Request, key: str = "k1", name: str = "Idempotency-Key") -> Request:
    return replace(request, headers=(*request.headers, (name, key)))


def told(vendor: Vendor, *requests: Request, every_s: float = 1.0, state: State | None = None) -> list[Outcome]:
    """What becomes of some requests."""
    state, outcomes = state or State(), []
    for number, request in enumerate(requests):
        state, outcome, _ = vendor.answer(state, request, number * every_s)
        outcomes.append(outcome)
    return outcomes


def stripe(*statuses: int) -> tuple[Exchange, ...]:
    """Charges that were recorded one after another, for the same body."""
    request = Request("POST", "https://api.stripe.com/v1/charges", JSON, b'{"amount": 5}')
    return tuple(
        Exchange(request, Response(status, "", JSON, b'{"number": %d}' % number))
        for number, status in enumerate(statuses)
    )


WRITES = st.lists(
    st.builds(keyed, st.sampled_from([ORDER, OTHER, DELETE]), st.sampled_from(["k1", "k2", "k3"])), max_size=10
)


@given(strategies.schedules(), st.integers(0, 99), WRITES)
@settings(max_examples=150, deadline=None)
def test_with_a_key_nothing_is_carried_out_twice(schedule, seed, requests):
    """Whatever the schedule: as many executions as keys, at most one for each."""
    state, vendor = State(), Vendor.of(SHOP, schedule, seed=seed)
    done: list[str | None] = []
    for number, request in enumerate(requests):
        before = sum(each.carried_out for each in state.ledger.effects())
        state, _, _ = vendor.answer(state, request, float(number))
        if sum(each.carried_out for each in state.ledger.effects()) > before:
            done.append(header(request.headers, "idempotency-key"))
    assert len(done) == len(set(done))
    assert sum(each.keys for each in state.ledger.effects()) == len(done)


@given(st.integers(1, 4))
def test_a_lost_answer_is_given_again(times):
    """Commit, then lose: who asks again with the key gets the first answer, however often it was lost."""
    vendor = Vendor.of(SHOP, (Rule(Lose(), first=times),))
    *lost, last = told(vendor, *[keyed(ORDER)] * (times + 1))
    assert all(each.response is None for each in lost)
    assert (last.response.body, last.recording, last.repeat) == (b'{"id": 1}', 3, Repeat.REPLAYED)


@pytest.mark.parametrize("fault", [Status(503), Reset()])
def test_a_key_whose_first_request_was_not_carried_out_is_free(fault):
    """Another body may have it; then the first one may not."""
    first, other, again = told(
        Vendor.of(SHOP, (Rule(fault, first=1, on="POST *"),)), *map(keyed, (ORDER, OTHER, OTHER))
    )
    assert (first.repeat, other.repeat) == (None, None)
    assert again.repeat is None
    assert (again.recording, again.response.body) == (4, b'{"id": 2}')


def test_a_key_belongs_to_one_request():
    """By the draft 422 and a problem document; by Stripe 400 and an idempotency_error that names the key."""
    refused = told(Vendor.of(SHOP), keyed(ORDER), keyed(OTHER))[1]
    assert (refused.response.status, refused.repeat, refused.recording) == (422, Repeat.CONFLICT, None)
    assert json.loads(refused.response.body)["status"] == 422
    (charge,) = stripe(200)
    other = replace(charge.request, body=b'{"amount": 6}')
    refused = told(Vendor.of([charge]), keyed(charge.request, 'a"b'), keyed(other, 'a"b'))[1]
    error = json.loads(refused.response.body)["error"]
    assert (refused.response.status, error["type"]) == (400, "idempotency_error")
    assert "'a\"b'" in error["message"]


def test_stripe_marks_what_it_tells_again():
    """``Idempotent-Replayed: true``, and the rest as it was; keys do not count outside POST."""
    charges = stripe(200, 201)
    first, again = told(Vendor.of(charges), *[keyed(charges[0].request)] * 2)
    assert header(first.response.headers, "idempotent-replayed") is None
    assert again.response == replace(first.response, headers=(*first.response.headers, ("Idempotent-Replayed", "true")))
    deletion = Exchange(Request("DELETE", "https://api.stripe.com/v1/x"), Response(200))
    assert told(Vendor.of([deletion]), *[keyed(deletion.request)] * 2)[1].repeat is None
    both = Vendor.of([*charges, deletion])
    assert told(both, keyed(charges[0].request), keyed(deletion.request))[1].repeat is None


@pytest.mark.parametrize(("status", "statuses"), [(402, [402, 402]), (400, [400, 200]), (409, [409, 200])])
def test_stripe_saves_what_began(status, statuses):
    """A declined card is declined again; a request that was not valid never began."""
    charges = stripe(status, 200)
    assert [each.response.status for each in told(Vendor.of(charges), *[keyed(charges[0].request)] * 2)] == statuses


def test_a_limit_stands_before_the_keys():
    """Stripe's trap: a 429 is never replayed, and a known key is limited, too."""
    charges = stripe(200)
    vendor = replace(Vendor.of(charges), limits=Limits((Limit("one", Fixed(1, 10)),)))
    outcomes = told(vendor, *[keyed(charges[0].request)] * 3, every_s=5.0)
    assert [each.response.status for each in outcomes] == [200, 429, 200]
    assert [each.repeat for each in outcomes] == [None, None, Repeat.REPLAYED]
    late = told(
        vendor, keyed(charges[0].request), keyed(charges[0].request, "k2"), keyed(charges[0].request, "k2"), every_s=5
    )
    assert [each.repeat for each in late] == [None, None, None]


def test_a_key_is_forgotten_after_the_window():
    """A day, unless the vendor says otherwise; a replay does not prolong it."""
    vendor = Vendor.of(SHOP)
    assert [each.repeat for each in told(vendor, *[keyed(ORDER)] * 3, every_s=DAY_S / 2)][1:] == [Repeat.REPLAYED, None]


def test_keys_can_be_ignored():
    """``customs=()``: for a vendor that knows no keys. It is done twice, and the ledger knows by which key."""
    vendor, state = replace(Vendor.of(SHOP), customs=()), State()
    for request in (keyed(ORDER), keyed(OTHER)):
        state, outcome, _ = vendor.answer(state, request, 0.0)
        assert outcome.repeat is None
    (effect,) = state.ledger.effects()
    assert (effect.carried_out, effect.doubled, effect.requests, effect.keys) == (2, 1, 2, 1)


def test_the_names_that_vendors_use():
    """Of headers; a key is told from another name's and from another vendor's, and a read has none."""
    names = ("Idempotency-Key", "X-Idempotency-Key", "PayPal-Request-Id")
    numbers = {key_of(keyed(ORDER, "k", name), host).number for name in names for host in ("", "other")}
    assert len(numbers) == 6
    assert [each.repeat for each in told(Vendor.of(SHOP), *[keyed(SHOP[0].request)] * 2)] == [None, None]
    assert key_of(keyed(ORDER, ""), "") is None
    assert key_of(keyed(ORDER, "k", "X-Request-Id"), "") is None


def test_a_vendor_is_known_by_its_host():
    """And by nothing that only looks like it."""
    assert STRIPE.covers("api.stripe.com:443")
    assert not STRIPE.covers("notstripe.com")
    assert IETF.covers("anything")
    assert [each.repeat for each in told(replace(Vendor.of(SHOP), customs=(STRIPE,)), *[keyed(ORDER)] * 2)] == [
        None,
        None,
    ]


def test_a_vendor_can_be_chosen_whatever_its_host():
    """For tapes of a double of the vendor, or of a proxy before it."""
    again = told(replace(Vendor.of(SHOP), customs=CHOICES["stripe"]), *[keyed(ORDER)] * 2)[1]
    assert header(again.response.headers, "idempotent-replayed") == "true"


def test_a_repeat_that_a_fault_kept_from_the_vendor_is_in_no_book():
    """It never came to the vendor: nothing was replayed."""
    vendor, state = Vendor.of(SHOP, (Rule(Reset(), after=1, first=1),)), State()
    for _ in range(3):
        state, _, _ = vendor.answer(state, keyed(ORDER), 0.0)
    (effect,) = state.ledger.effects()
    assert (effect.carried_out, effect.replayed) == (1, 1)


@pytest.mark.parametrize("made", [False, True])
def test_what_is_said_again_is_of_its_own_day(made):
    """With instants told as of now, a key gets the first answer's: an hour later nothing in it has moved but its ``Date``."""
    date = ("Date", "Fri, 15 Jan 2027 08:00:00 GMT")
    document = b'{"id": "bk_1a", "title": "Emma", "expires_at": 1800000600}'
    write = Request("POST", "https://api.shelf.example/v1/books", JSON, b'{"title": "Emma"}')
    tape = (Exchange(write, Response(201, "", (*JSON, date), document), started_at=1_800_000_000.0),)
    vendor = replace(Vendor.of(tape), tape_began_s=1_800_000_000.0, unix_s=1_900_000_000.0)
    if made:
        vendor = replace(vendor, beyond=beyond(catalogue(learn(tape)), tape))
        write = replace(write, body=b'{"title": "Villette"}')
    first, again = told(vendor, keyed(write), keyed(write), every_s=3600.0)
    assert json.loads(first.response.body)["expires_at"] == 1_900_000_600
    assert (again.repeat, again.response.body) == (Repeat.REPLAYED, first.response.body)
    assert [header(each.response.headers, "date")[-12:-4] for each in (first, again)] == ["17:46:40", "18:46:40"]


def test_the_customs_are_those_of_the_vendor_that_is_asked():
    """Of two vendors on the tapes each has its own, also where no tape has the answer."""
    book = Exchange(
        Request("POST", "https://api.shelf.example/v1/books", JSON, b'{"title": "Emma"}'),
        Response(201, "", JSON, b'{"id": "bk_1a"}'),
    )
    tape = (*stripe(200), Exchange(Request("GET", "https://api.shelf.example/"), Response(200)))
    vendor = replace(Vendor.of(tape), beyond=beyond(catalogue(learn((*tape, book))), tape))
    request = keyed(book.request)
    first, other = told(vendor, request, replace(request, body=b'{"title": "Villette"}'))
    assert (first.rung, other.repeat, other.response.status) == (
        Rung.SYNTHESISED,
        Repeat.CONFLICT,
        IETF.conflict_status,
    )
