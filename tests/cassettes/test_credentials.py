"""Which piece of a header's value is the secret."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.credentials import secrets_in


def pieces(name: str, value: str) -> list[str]:
    return [value[start:end] for start, end in secrets_in(name, value)]


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("authorization", "Bearer abc.def-ghi", ["abc.def-ghi"]),
        ("authorization", "bearer\r\n abc", ["abc"]),
        ("authorization", "Basic dXNlcjpwYXNz==", ["dXNlcjpwYXNz=="]),
        ("authorization", "abc", ["abc"]),
        ("authorization", "Bearer <ACCESS TOKEN>", ["<ACCESS TOKEN>"]),
        ("authorization", "Token token=abc, user=7", ["abc", "7"]),
        ("authorization", "GoogleLogin auth=abc", ["abc"]),
        ("authorization", 'Digest username="u", realm="r", qop=auth, response="abc", opaque="o"', ["u", "abc", "o"]),
        (
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AK/20260101/eu/s3/aws4_request, SignedHeaders=host, Signature=abc",
            ["AK", "abc"],
        ),
        ("authorization", 'Signature keyId="k",algorithm="rsa",headers="date",signature="abc="', ["abc="]),
        ("proxy-authorization", "Basic eHg6eXk=", ["eHg6eXk="]),
        ("x-auth", "abc", ["abc"]),
        ("cookie", 'a=b; session=c==; q="d"', ["b", "c==", "d"]),
        ("set-cookie", "session=abc; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly", ["abc"]),
        ("set-cookie", "a=1; Path=/, b=2; Secure", ["1", "2"]),
        ("set-cookie", "session=; Max-Age=0", [""]),
        ("www-authenticate", 'Bearer realm="x", error="invalid_token"', []),
        ("www-authenticate", "NTLM TlRMTVNTUAACAAAADAAMADgAAAA=", ["TlRMTVNTUAACAAAADAAMADgAAAA="]),
        (
            "stripe-signature",
            "t=1700000000,v1=0123456789abcdef,v0=fedcba9876543210",
            ["0123456789abcdef", "fedcba9876543210"],
        ),
        ("x-hub-signature-256", "sha256=0123456789abcdef", ["0123456789abcdef"]),
        ("x-signature", "short", ["short"]),
        ("x-api-key", "abc", ["abc"]),
        ("x-api-key", "Token abc", ["abc"]),
    ],
)
def test_the_wrapping_stays(name, value, secret):
    """Scheme, realm, names of cookies, attributes, signed headers and scopes are no secret."""
    assert pieces(name, value) == secret


@given(
    st.sampled_from(["authorization", "cookie", "set-cookie", "x-hub-signature", "www-authenticate", "x-api-key"]),
    st.text(max_size=80),
)
def test_any_value_is_survived(name, value):
    """Pieces lie in the value, in order."""
    spans = list(secrets_in(name, value))
    assert all(0 <= start <= end <= len(value) for start, end in spans)
    assert spans == sorted(spans)
