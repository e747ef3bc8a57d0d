"""A tape without secrets answers a client with other ones."""

from __future__ import annotations

import json
import secrets

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from shop import HOST, get

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.pseudonyms import pseudonym
from tapehiss.cassettes.secretnames import Place
from tapehiss.mocks.index import index_of
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.wildcards import DEPTH_MAX, SHAPES_MAX, Wildcards, canonical, named_values, varies, wildcards_of

JSON = (("Content-Type", "application/json"),)


def fake() -> str:
    """What a credential looks like."""
    return secrets.token_hex(16)


def taped(secret: str) -> str:
    """What the tape has in its place."""
    return pseudonym(b"a project's key", secret.encode()).decode()


def test_names_are_compared_without_spelling():
    """``Idempotency-Key``, ``idempotency_key`` and ``idempotencyKey`` are one name."""
    assert {canonical(name) for name in ("Idempotency-Key", "idempotency_key", "idempotencyKey")} == {"idempotencykey"}
    assert varies("Client-Token", Place.FIELD)
    assert varies("client_secret", Place.QUERY)
    assert not varies("item", Place.FIELD)


@pytest.mark.parametrize("name", ["key", "token", "sig", "reference"])
def test_another_credential_in_the_query_matches(name):
    """Where the tape has a pseudonym the client may send anything, whatever the parameter is called."""
    index = index_of([get(f"/v1/a?x=1&{name}={taped(fake())}"), get("/v1/a?x=2")])
    match = index.find(Request("GET", f"{HOST}/v1/a?x=1&{name}={fake()}"))
    assert (match.rung, match.group.numbers) == (Rung.NORMALISED, [0])
    assert index.find(Request("GET", f"{HOST}/v1/a?x=3&{name}={fake()}")).rung is Rung.MISS


@pytest.mark.parametrize("prefix", ["", "bot"])
def test_another_credential_in_the_path_matches(prefix):
    """A token that is a segment of the path is wild, and only there."""
    index = index_of([get(f"/{prefix}{taped(fake())}/getMe"), get("/plain/getMe")])
    assert index.find(Request("GET", f"{HOST}/{prefix}{fake()}/getMe")).group.numbers == [0]
    assert index.find(Request("GET", f"{HOST}/plain/getMe")).group.numbers == [1]
    assert index.find(Request("GET", f"{HOST}/{fake()}/getYou")).rung is Rung.MISS


def test_another_credential_in_a_body_matches():
    """Fields of JSON, however deep, and of forms."""
    deep = {"a": [{"source": taped(fake())}], "amount": 1}
    recorded = Exchange(Request("POST", f"{HOST}/v1/c", JSON, json.dumps(deep).encode()), Response(201))
    sent = {"a": [{"source": fake()}], "amount": 1}
    match = index_of([recorded]).find(Request("POST", f"{HOST}/v1/c", JSON, json.dumps(sent).encode()))
    assert match.rung is Rung.NORMALISED
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    recorded = Exchange(Request("POST", f"{HOST}/v1/c", form, f"a=1&source={taped(fake())}".encode()), Response(201))
    match = index_of([recorded]).find(Request("POST", f"{HOST}/v1/c", form, f"a=1&source={fake()}".encode()))
    assert match.rung is Rung.NORMALISED


def test_a_name_is_wild_in_its_own_operation_only():
    """A ``reference`` that is a secret in one operation is a reference in another."""
    index = index_of([get(f"/v1/a?reference={taped(fake())}"), get("/v1/b?reference=one")])
    assert index.find(Request("GET", f"{HOST}/v1/b?reference=two")).rung is Rung.MISS


@given(st.text(st.characters(exclude_characters="\0"), min_size=1, max_size=12))
@example("*")
def test_ordinary_values_are_not_wild(value):
    """What redaction did not touch has to match."""
    wild = wildcards_of([("GET", f"/{value}", [("item", value, Place.FIELD), ("count", 3, Place.FIELD)])])
    assert wild == Wildcards()


def test_shapes_are_bounded():
    """A tape full of tokens in paths does not make every path a search through all of them."""
    wild = wildcards_of(("GET", f"/{number}/{taped(fake())}", ()) for number in range(SHAPES_MAX + 5))
    assert len(wild.shapes) == SHAPES_MAX
    assert wild.shown("/0/x") == "/0/*"
    assert wild.shown("/0/x/y") == "/0/x/y"


@pytest.mark.parametrize("long", ["", "/x" * 400])
def test_a_credential_that_no_tape_has_is_not_shown(long):
    """A client's own token in a path is a star by its form, wherever it asks; identifiers stay what they are."""
    token, key = "98765432:" + "BBHdqTcvCH1vGWJx" * 2, "sk_" + "live_" + "a1" * 12
    assert Wildcards().shown(f"/bot{token}/sendMessage{long}") == f"/bot*/sendMessage{long}"
    assert Wildcards().shown(f"/v1/keys/{key}/x{long}") == f"/v1/keys/*/x{long}"
    plain = f"/v1/charges/ch_3MtwBwLkdIwHu7ix28a3tqPa/9b2f6c1e-0d7a-4d53-8e0e-5a1a7f1d2c3b{long}"
    assert Wildcards().shown(plain) == plain


def test_named_values_of_deep_data_end():
    """Values are looked at down to a depth."""
    data: object = {"end": 1}
    for _ in range(DEPTH_MAX):
        data = [data]
    assert list(named_values(data)) == []
    assert list(named_values([{"a": {"b": 1}}])) == [("a", {"b": 1}, Place.FIELD), ("b", 1, Place.FIELD)]
