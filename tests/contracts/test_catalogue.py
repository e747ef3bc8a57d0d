"""The operations of a vendor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.catalogue import Catalogue, catalogue
from tapehiss.contracts.counts import Evidence
from tapehiss.contracts.evidence import Contract, learn, observe
from traffic import answer, lists

HOST = "https://api.vendor.example"


def paths(*urls: str, body: object = None) -> list[str]:
    """The templates that answers from these paths give."""
    known = catalogue(learn(answer({"a": 1} if body is None else body, url=HOST + url) for url in urls))
    return [operation.path for operation, _ in known.entries]


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/customers/cus_9s6XKzkNRiz8i3", "/v1/customers/{customer_id}"),
        ("/v1/charges/ch_3MmlLrLkdIwHu7ix0snN0B15/refunds", "/v1/charges/{charge_id}/refunds"),
        ("/users/42", "/users/{user_id}"),
        ("/companies/9/offices/3", "/companies/{company_id}/offices/{office_id}"),
        ("/pairs/3/4", "/pairs/{pair_id}/{id}"),
        ("/users/8/users/9", "/users/{user_id}/users/{user_id_2}"),
        ("/items/0b87cd7a-5a2d-4bdc-a2d7-6e3ba0f4b6a1", "/items/{item_id}"),
        ("/cards/560bf4dd7139286471dc009c", "/cards/{card_id}"),
        ("/items/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/items/{item_id}"),
        ("/items/V1StGXR8_Z5jdHi6B-myT", "/items/{item_id}"),
        ("/albums/4iV5W9uYEdYUVa79Axb7Rh", "/albums/{album_id}"),
        ("/files/file-abc123DEF456ghi789", "/files/{file_id}"),
        ("/line-items/7", "/line-items/{line_item_id}"),
        ("/lineItems/7", "/lineItems/{line_item_id}"),
        ("/addresses/5", "/addresses/{address_id}"),
        ("/series/77", "/series/{series_id}"),
        ("/statuses/7", "/statuses/{status_id}"),
        ("/status/7", "/status/{status_id}"),
        ("/warehouses/7", "/warehouses/{warehouse_id}"),
        ("/reports/2026-11-21", "/reports/{date}"),
        ("/lists/jane%40example.com", "/lists/{email}"),
        ("/zones/example.com/records/5", "/zones/{domain}/records/{record_id}"),
        ("/hosts/10.0.0.1", "/hosts/{ip}"),
        ("/products/632910392.json", "/products/{product_id}.json"),
        ("/operations/123456:cancel", "/operations/{operation_id}:cancel"),
        ("/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json",
         "/2010-04-01/Accounts/{account_id}/Messages.json"),
    ],
)  # fmt: skip
def test_parameters_have_names(path, template):
    """Integers, UUIDs, prefixed ids, tokens, dates and names of hosts are parameters, called after what they are."""
    assert paths(path) == [template]


@given(lists(6), st.randoms(use_true_random=False))
def test_every_exchange_is_found_where_its_evidence_is(several, dice):
    """An exchange that was learnt belongs to an operation that has it, and every exchange is in exactly one."""
    contract = learn(several)
    known = catalogue(contract)
    assert sum(evidence.exchanges for _, evidence in known.entries) == len(several)
    for exchange in several:
        account = known.read(exchange)
        evidence = known.evidence(account.operation)
        assert account.operation in known
        assert {reading.part for reading in account.readings} <= evidence.parts.keys()
    assert catalogue(learn(dice.sample(several, len(several)))).entries == known.entries


def test_what_was_never_seen_has_no_evidence():
    """An unknown operation is not in the catalogue, and its request can be read all the same."""
    known = catalogue(observe(answer({}, url=f"{HOST}/users/7/keys")))
    account = known.read(answer({}, url=f"{HOST}/users/8/teams/9"))
    assert str(account.operation) == f"GET {HOST}/users/{{user_id}}/teams/{{team_id}}"
    assert account.operation not in known
    assert known.evidence(account.operation) == Evidence()
    assert account.readings[0].documents == ({"user_id": 8, "team_id": 9},)


def test_two_contracts_are_seen_by_the_operations_of_both():
    """Where an old contract knew one login only, the operations of both say that it is a value."""
    old = learn([answer({"login": "ada"}, url=f"{HOST}/users/ada")])
    new = learn([answer({"login": "grace"}, url=f"{HOST}/users/grace")])
    both = catalogue(old + new)
    line = f"GET {HOST}/users/{{login}}"
    assert [both.of(each).evidence(line).exchanges for each in (old, new, Contract())] == [1, 1, 0]


def test_nothing_has_no_operations():
    """An empty contract has an empty catalogue."""
    assert catalogue(Contract()).entries == ()
    assert isinstance(catalogue(Contract()).of(Contract()), Catalogue)


def test_the_values_of_words_are_evidence():
    """What became a value of a parameter is counted as if it had always been one."""
    logins = [f"user{chr(97 + number)}" for number in range(9)]
    known = catalogue(learn([answer({"login": login}, url=f"{HOST}/users/{login}") for login in logins]))
    [(operation, evidence)] = known.entries
    seen = evidence.parts["path"].fields["/login"]
    assert (operation.path, seen.exchanges, seen.kinds, seen.lengths) == ("/users/{login}", 9, {"string": 9}, (5, 5))
    assert sorted(seen.values) == sorted(f'"{login}"' for login in logins)
