"""The vendor's Content-Security-Policy, for a page that comes from the recorder."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.origins import Origin, target
from tapehiss.cassettes.policies import for_client

VENDOR = target("https://api.vendor.example").origin
HERE = Origin("http", "127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        (b"default-src 'self'", b"default-src 'self'"),
        (b"connect-src api.vendor.example", b"connect-src api.vendor.example http://127.0.0.1:8080"),
        (
            b"connect-src https://api.vendor.example:443/v1",
            b"connect-src https://api.vendor.example:443/v1 http://127.0.0.1:8080",
        ),
        (b"img-src *.vendor.example:* data:", b"img-src *.vendor.example:* data: http://127.0.0.1:8080"),
        (b"img-src https:", b"img-src https: http://127.0.0.1:8080"),
        (b"img-src http://api.vendor.example", b"img-src http://api.vendor.example"),
        (b"img-src *.other.example vendor.example", b"img-src *.other.example vendor.example"),
        (
            b"connect-src http://127.0.0.1:8080 api.vendor.example",
            b"connect-src http://127.0.0.1:8080 api.vendor.example",
        ),
        (b"upgrade-insecure-requests; default-src 'none'; ;block-all-mixed-content", b"default-src 'none'"),
    ],
)
def test_where_the_vendor_is_allowed_the_recorder_is_too(theirs: bytes, ours: bytes) -> None:
    """And over plain HTTP nothing is upgraded."""
    assert ours == for_client(theirs, VENDOR, HERE)


def test_a_recorder_with_tls_may_be_upgraded_to() -> None:
    """The directives that demand TLS do no harm there."""
    assert (
        for_client(b"upgrade-insecure-requests", VENDOR, Origin("https", "localhost", 8080))
        == b"upgrade-insecure-requests"
    )
