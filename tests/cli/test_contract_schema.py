"""``tapehiss contract schema``."""

from __future__ import annotations

import json
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "cassettes" / "library"


def test_the_usual_answer_unless_another_is_named(tapehiss):
    """The successful answer that was seen most; --status and --media choose."""
    schema = json.loads(tapehiss("contract", "schema", LIBRARY / "stripe", "GET", "/v1/customers").out)
    assert schema["$schema"].endswith("2020-12/schema")
    assert " 200 " in schema["title"]
    other = json.loads(tapehiss("contract", "schema", LIBRARY / "stripe", "GET /v1/customers", "--status", 401).out)
    assert " 401 " in other["title"]


def test_what_was_not_seen_is_said(tapehiss):
    """A status without answers, and an operation without any that could be read, are errors of use."""
    said = tapehiss("contract", "schema", LIBRARY / "stripe", "GET /v1/customers", "--status", 418)
    assert (said.code, said.out) == (2, "")
    assert "no readable answer with status 418" in said.err
