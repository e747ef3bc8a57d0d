"""Formats of strings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.formats import FORMATS, formats_of


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("2026-11-21", {"date"}),
        ("2026-11-21T08:00:00Z", {"date-time"}),
        ("2026-11-21 08:00:00.123456+01:00", {"date-time"}),
        ("2026-11-21T08:00", {"local-date-time"}),
        ("2026-13-21", set()),
        ("2026-11-21T25:00:00Z", set()),
        ("550e8400-e29b-41d4-a716-446655440000", {"uuid"}),
        ("ada@vendor.example", {"email"}),
        ("@ada", set()),
        ("https://vendor.example/a?b=c", {"uri"}),
        ("https://vendor.example/a b", set()),
        ("127.0.0.1", {"ipv4"}),
        ("256.0.0.1", set()),
        ("2001:db8::1", {"ipv6"}),
        ("::ffff:127.0.0.1", {"ipv6"}),
        ("12:30:45", set()),
        ("fe80::1%eth0", set()),
        ("007", {"digits"}),
        ("12.50", {"decimal"}),
        ("Sat, 21 Nov 2026 08:00:00 GMT", {"http-date"}),
        ("", set()),
        ("word", set()),
        ("2026-11-21\n", set()),
    ],
)
def test_a_string_has_its_formats(text, formats):
    """What looks like a date, a URL or an address is one, and what only resembles one is not."""
    assert frozenset(formats) == formats_of([text])


@given(
    st.lists(
        st.sampled_from(["2026-11-21", "7", "12.5", "127.0.0.1", "word", "::1", "a@b.cd"]), min_size=1, max_size=12
    )
)
def test_a_field_has_the_formats_of_every_string(texts):
    """Formats of many are those that all of them have."""
    assert frozenset.intersection(*(formats_of([text]) for text in texts)) == formats_of(texts)


@given(st.text(max_size=30))
def test_any_text_can_be_asked(text):
    """No text is too strange, and each format that is found says so itself."""
    assert all(FORMATS[name](text) for name in formats_of([text]))
