"""Credentials are recognised where they stand, and never kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.authentication import CREDENTIALS_MAX, challenges, credential_kind, proof, scheme

MADE_UP = "k" * 8 + "3Zq9" * 6


@pytest.mark.parametrize(
    ("headers", "query", "members", "expected"),
    [
        ({"Authorization": f"Bearer {MADE_UP}"}, "", (), "header:authorization:bearer"),
        ({"authorization": "Basic dXNlcjpwYXNz"}, "", (), "header:authorization:basic"),
        ({"Authorization": f"Klaviyo-API-Key {MADE_UP}"}, "", (), "header:authorization:klaviyo-api-key"),
        ({"Authorization": MADE_UP}, "", (), "header:authorization:raw"),
        ({"Authorization": "<redacted>"}, "", (), "header:authorization:unknown"),
        ({"Authorization": f'OAuth oauth_consumer_key="a", oauth_signature="{MADE_UP}"'}, "", (), "header:authorization:oauth1"),
        ({"Authorization": "AWS4-HMAC-SHA256 Credential=a/20260101/r/s/aws4_request, Signature=f"}, "", (), "header:authorization:aws4-hmac-sha256"),
        ({"X-Api-Key": "1", "X-Auth-Email": "a@b.example"}, "", (), "header:x-api-key:key+header:x-auth-email:key"),
        ({"DD-API-KEY": "1", "DD-APPLICATION-KEY": "2"}, "", (), "header:dd-api-key:key+header:dd-application-key:key"),
        ({"X-Hub-Signature-256": "sha256=0"}, "", (), "header:x-hub-signature-256:signature"),
        ({"Cookie": "theme=dark; session_id=1"}, "", (), "cookie:session_id:key?"),
        ({}, "api_key=1&page=2", (), "query:api_key:key"),
        ({}, "key=1&token=2", (), "query:key:key?+query:token:key?"),
        ({}, "Action=A&Signature=f%3D", (), "query:Signature:signature?"),
        ({}, "", ("key", "code", "account_sid"), "none"),
        ({}, "AccessKeyId=a", ("auth-sid",), "body:auth-sid:key?+query:AccessKeyId:key?"),
        ({}, "", ("login_token", "format"), "body:login_token:key?"),
        ({"Idempotency-Key": "1", "User-Agent": "x", "X-CSRF-Token": "1"}, "page_token=3&api_key=", ("next_page_token",), "none"),
    ],
)  # fmt: skip
def test_credentials_are_recognised(headers, query, members, expected):
    """Place, name and scheme of each credential; cursors, idempotency keys and the like are none."""
    assert proof(tuple(headers.items()), query, members) == expected


@given(
    st.lists(
        st.tuples(st.sampled_from(["Authorization", "Cookie", "X-Api-Key", "X-Token"]), st.text(max_size=60)),
        max_size=12,
    ),
    st.text(max_size=60),
)
def test_a_proof_is_one_word_and_bounded(headers, query):
    """Whatever a client sends, its proof is one word without a space, of a bounded number of credentials."""
    word = proof(tuple(headers), query)
    assert " " not in word
    assert word.count("+") < CREDENTIALS_MAX


@given(
    st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=20, max_size=40),
    st.sampled_from(["Bearer ", "Basic ", ""]),
)
def test_a_secret_is_not_in_its_proof(secret, before):
    """Nothing of the credential itself is told."""
    headers = (("Authorization", before + secret), ("X-Api-Key", secret), ("Cookie", f"session={secret}"))
    assert secret not in proof(headers, f"api_key={secret}&key={secret}")


def test_an_answer_asks_for_schemes():
    """``WWW-Authenticate`` may ask for several, in one header or in many."""
    headers = (("WWW-Authenticate", 'Basic realm="x, y", Bearer'), ("www-authenticate", "Digest qop=auth"))
    assert challenges(headers) == ["basic", "bearer", "digest"]


def test_kinds_of_headers():
    """A proxy's credentials are not the vendor's, and a scheme is one short word."""
    assert [credential_kind(name) for name in ("Authorization", "Proxy-Authorization", "Cookie", "X-Token", "Accept")] == [
        "scheme", "", "cookie", "key", "",
    ]  # fmt: skip
    assert scheme(f"{'x' * 36} y") == "raw"
