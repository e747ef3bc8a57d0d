"""Idempotency keys, their echo, and the mark of a replay."""

from __future__ import annotations

from tapehiss.contracts.idempotency import signs


def test_a_key_in_a_header():
    """The key, its echo and the replay's mark are told, never the key itself."""
    asked, told = (("Idempotency-Key", "abc"),), (("idempotency-key", "abc"), ("Idempotent-Replayed", "true"))
    assert list(signs("POST", asked, told, {})) == [
        "unsafe POST",
        "idempotency key header idempotency-key POST",
        "idempotency echo idempotency-key",
        "idempotency marker idempotent-replayed true",
    ]


def test_vendors_own_names():
    """Other vendors have other names for it, in headers and in bodies."""
    assert "idempotency key header paypal-request-id POST" in signs("POST", (("PayPal-Request-Id", "1"),), (), {})
    assert "idempotency key body ClientRequestToken PUT" in signs(
        "PUT", (), (), {"ClientRequestToken": "1", "page_token": "2"}
    )
    assert "idempotency marker original-request -" in signs("POST", (), (("Original-Request", "req_1"),), {})


def test_a_read_needs_no_key():
    """Nothing is said of a safe request without a key; with one it is counted."""
    assert list(signs("GET", (), (("Idempotent-Replayed", "true"),), {})) == []
    assert "idempotency key header idempotency-key GET" in signs("GET", (("Idempotency-Key", "1"),), (), {})
