"""Re-issued tokens."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.jwt import SIGNING_KEY, decoded, encoded, is_reissued, is_token, reissued
from tapehiss.cassettes.pseudonyms import pseudonym

texts = st.text(max_size=12)
claims = st.dictionaries(
    texts,
    st.recursive(
        st.none() | st.booleans() | st.integers() | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=8,
    ),
)


def stand_in(value: bytes) -> bytes:
    return pseudonym(b"a project key of some length", value)


def issued(payload: dict, alg: str = "HS256", size: int = 32, **more) -> bytes:
    head = encoded(json.dumps({"alg": alg, "typ": "JWT", **more}).encode())
    body = encoded(json.dumps(payload).encode())
    return head + b"." + body + b"." + encoded(bytes(range(size)))


def payload_of(token: bytes) -> dict:
    return json.loads(decoded(token.split(b".")[1]))


def shape(value):
    """A JSON value with every text and number forgotten."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value] if isinstance(value, list) else type(value).__name__


@given(claims)
def test_a_reissued_token_parses_to_the_same_shape(payload):
    """Same length, same names, same types, whatever the claims are."""
    before = issued(payload)
    after = reissued(before, stand_in)
    assert len(after) == len(before)
    assert shape(payload_of(after)) == shape(payload)


@given(claims)
def test_reissuing_again_changes_nothing(payload):
    """So a token of ours is recognised without any project's key."""
    after = reissued(issued(payload), stand_in)
    assert reissued(after, stand_in) == after
    assert is_reissued(after)


def test_a_token_of_somebody_is_not_ours():
    """Whoever signed it, it was not us."""
    assert not is_reissued(issued({"sub": "x"}))


def test_issuer_and_audience_stay_and_the_rest_does_not():
    """Clients look at who issued a token and for whom; names, addresses and ids in it are somebody's."""
    after = payload_of(
        reissued(
            issued({"iss": "https://id.example", "aud": ["a", "b"], "email": "jane@example.org", "n": 7}), stand_in
        )
    )
    assert after["iss"] == "https://id.example"
    assert after["aud"] == ["a", "b"]
    assert after["email"] != "jane@example.org"
    assert after["n"] == 7


def test_a_known_secret_stays_nowhere():
    """Not even in the issuer."""
    after = reissued(issued({"iss": "https://id.example/hush"}), stand_in, lambda text: text.replace(b"hush", b"xxxx"))
    assert payload_of(after)["iss"] == "https://id.example/xxxx"


@pytest.mark.parametrize(("then", "now"), [(1700000000, 4102444800), (1700000000000, 4102444800000), (5, 5)])
def test_it_expires_in_the_year_2100(then, now):
    """In seconds or milliseconds, so that a client on replay does not find it expired."""
    assert payload_of(reissued(issued({"exp": then}), stand_in)) == {"exp": now}


@pytest.mark.parametrize(
    ("alg", "digest", "size"),
    [("HS256", hashlib.sha256, 32), ("HS384", hashlib.sha384, 48), ("HS512", hashlib.sha512, 64)],
)
def test_the_signature_is_real_where_everybody_can_make_it(alg, digest, size):
    """A mock can sign more tokens with the public key, and a client under test can check them."""
    signed, _, signature = reissued(issued({"sub": "x"}, alg, size), stand_in).rpartition(b".")
    assert decoded(signature) == hmac.new(SIGNING_KEY, signed, digest).digest()


def test_other_signatures_are_as_long():
    """RSA cannot be made; it only looks like one."""
    before = issued({"sub": "x"}, "RS256", 256)
    assert len(reissued(before, stand_in)) == len(before)


def test_an_encrypted_token_keeps_its_header():
    """Five parts (RFC 7516): nobody can read the others."""
    before = b".".join(
        [
            encoded(json.dumps({"alg": "RSA-OAEP", "enc": "A256GCM"}).encode()),
            *[encoded(bytes([i]) * 40) for i in range(4)],
        ]
    )
    after = reissued(before, stand_in)
    assert is_token(before)
    assert after.split(b".")[0] == before.split(b".")[0]
    assert not set(after.split(b".")[1:]) & set(before.split(b".")[1:])


def test_an_unsigned_token_stays_unsigned():
    """``alg: none`` has an empty third part."""
    assert reissued(issued({"sub": "somebody"}, "none", 0), stand_in).endswith(b".")


@pytest.mark.parametrize(
    "text",
    [b"", b"eyJ", b"a.b.c", b"eyJhIjoxfQaaaa.eyJhIjoxfQ.c", b"eyJub3QganNvbg.eyJh.x", encoded(b"[1]") + b"aaaaa.a.a"],
)
def test_what_is_no_token(text):
    """The header must be JSON that names an algorithm."""
    assert not is_token(text)


def test_a_payload_that_is_no_json_is_a_secret_as_a_whole():
    """Some put other things into the second part."""
    before = (
        encoded(b'{"alg":"HS256"}')
        + b"."
        + encoded(b"not json, but 40 bytes of something else")
        + b"."
        + encoded(bytes(32))
    )
    after = reissued(before, stand_in)
    assert after.split(b".")[1] != before.split(b".")[1]
    assert len(after) == len(before)
