"""Which member names are data."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import REST
from tapehiss.contracts.names import MINTED_PATTERN, step_of


@pytest.mark.parametrize(
    "name",
    [
        "1", "-1", "10023", "1.2.3", "127.0.0.1", "08:30", "2026-11-21", "2026-11", "2026-11-21T08:00:00Z", "2026/11/21",
        "550e8400-e29b-41d4-a716-446655440000", "{550E8400-E29B-41D4-A716-446655440000}", "5f3c1a2b9d8e7f6a5b4c3d2e",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV", "order_10023", "USER-4711", "cus_9s6XKzkNRiz8i3", "ada@vendor.example",
        "https://vendor.example/a?b", "aB3dE5gH7jK9mN1pQ",
    ],
)  # fmt: skip
def test_ids_dates_and_addresses_are_data(name):
    """The members of a map share the path of its rest."""
    assert step_of(name) == REST


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("id", "id"), ("address_line1", "address_line1"), ("sha256", "sha256"), ("x86_64", "x86_64"), ("v1", "v1"),
        ("oauth2", "oauth2"), ("utf8", "utf8"), ("app.kubernetes.io/name", "app.kubernetes.io~1name"), ("a~b", "a~0b"),
        ("", ""), ("~+", "~0+"), ("~*", "~0*"), ("deadbeefdeadbeef", "deadbeefdeadbeef"), ("usd", "usd"),
        ("1234\n", "1234\n"), ("٣", "٣"), ("count_2xx", "count_2xx"), ("@type", "@type"), ("image_512x512", "image_512x512"),
    ],
)  # fmt: skip
def test_what_could_be_a_word_has_a_path(name, step):
    """Names of records stay, escaped as in a JSON Pointer; nothing that was sent is written like a rest or an item."""
    assert step == step_of(name)


@given(st.text(alphabet="aB1_-:./@{}\n", max_size=20))
def test_the_pattern_says_the_same(name):
    """Views write the pattern into schemas: it means what is counted."""
    assert (step_of(name) == REST) is (re.search(MINTED_PATTERN, name) is not None)
