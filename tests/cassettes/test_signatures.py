"""Signatures over what is no longer there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.signatures import NOTE, noted


def signed(*headers) -> Exchange:
    return Exchange(Request("POST", "https://x/", headers, b"before"), Response(200, headers=headers, body=b"same"))


def with_body(x: Exchange) -> Exchange:
    return replace(x, request=replace(x.request, body=b"after."))


@pytest.mark.parametrize(
    "header",
    [
        ("Digest", "sha-256=x"),
        ("content-md5", "x"),
        ("X-Hub-Signature-256", "sha256=x"),
        ("X-Shopify-Hmac-Sha256", "x"),
        ("x-amz-checksum-crc32", "x"),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=x"),
    ],
)
def test_a_stale_signature_is_noted(header):
    """Once, when the body that it signs has changed."""
    x = signed(header)
    after = noted(x, with_body(x))
    assert after.notes == (NOTE,)
    assert noted(x, after) is after


def test_nothing_is_noted_when_nothing_is_stale():
    """The same body, or no signature."""
    x = signed(("Digest", "sha-256=x"))
    assert noted(x, x) is x
    assert noted(x, replace(x, label="x")).notes == ()
    plain = signed(("Content-Type", "text/plain"))
    assert noted(plain, with_body(plain)).notes == ()
