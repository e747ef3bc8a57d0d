"""``tapehiss contract show``."""

from __future__ import annotations

from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "cassettes" / "library"


def test_a_stranger_finds_a_first_request(tapehiss):
    """The overview begins with a request that can be copied, and lists the operations."""
    said = tapehiss("contract", "show", LIBRARY / "stripe")
    assert said.code == 0
    assert "## A first request" in said.out
    assert "Authorization: Bearer $TOKEN" in said.out
    assert "/v1/customers/{customer_id}" in said.out


def test_one_operation_has_a_page(tapehiss):
    """By its whole name: request, parameters, body and answers."""
    said = tapehiss("contract", "show", LIBRARY / "stripe", "POST", "/v1/customers")
    assert said.code == 0
    assert "-X POST" in said.out
    assert "--data-urlencode" in said.out
    assert "Answer 200, application/json" in said.out


def test_a_saved_contract_shows_the_same(tapehiss, tmp_path):
    """A file of `infer --into` and the tapes that it was made of give the same page."""
    saved = tmp_path / "c.json"
    assert tapehiss("infer", LIBRARY / "openai", "--into", saved).code == 0
    assert tapehiss("contract", "show", saved).out == tapehiss("contract", "show", LIBRARY / "openai").out
