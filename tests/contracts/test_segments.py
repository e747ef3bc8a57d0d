"""What a segment looks like."""

from __future__ import annotations

import pytest
from hypothesis import given

from strategies import texts
from tapehiss.contracts.segments import Form, form_of, looks_minted, stem_of

BEFORE = ["v1", "things"]


@pytest.mark.parametrize(
    "segment",
    ["7", "-7", "0b87cd7a-5a2d-4bdc-a2d7-6e3ba0f4b6a1", "560bf4dd7139286471dc009c", "01ARZ3NDEKTSV4RRFFQ69G5FAV",
     "AC0123456789abcdef0123456789abcdef", "C0123ABCD", "B00005N5PF", "V1StGXR8_Z5jdHi6B-myT", "4iV5W9uYEdYUVa79Axb7Rh",
     "3VTJTzBZSMEIrCHlVWiveH", "dQw4w9WgXcQ", "1YpKkzBgBlVxj", "cus_9s6XKzkNRiz8i3", "file-abc123DEF456ghi789", "29d-cad-9rf",
     "a1b2-c3d4-e5f6", "1503435956.000247", "750362064426721281-1072250532645998596", "order-2024103177", "qwrtpsdfghjklzxcvbnmqwrtpsdfghjk"],
)  # fmt: skip
def test_ids(segment):
    """Integers, UUIDs, digests, ULIDs, nanoids, prefixed ids, codes in groups, long numbers in anything."""
    assert form_of(segment, BEFORE) == Form("id", segment)


@pytest.mark.parametrize(
    ("segment", "form"),
    [
        ("2026-11-21", Form("date", "2026-11-21")),
        ("2026-11-21T10:00:00Z", Form("date", "2026-11-21T10:00:00Z")),
        ("jane%40example.com", Form("email", "jane@example.com")),
        ("example.com", Form("domain", "example.com")),
        ("10.0.0.1", Form("ip", "10.0.0.1")),
        ("2001:db8::1", Form("ip", "2001:db8::1")),
        ("%27Sheet1%27%21A1%3AD6", Form("text", "'Sheet1'!A1:D6")),
        ("caf\u00e9", Form("text", "caf\u00e9")),
        ("{id}", Form("text", "{id}")),
        ("pl%3Amine", Form("text", "pl:mine")),
        ("42.json", Form("id", "42", ".json")),
        ("42:cancel", Form("id", "42", ":cancel")),
    ],
)
def test_other_forms(segment, form):
    """Dates, addresses, whatever had to be escaped; extensions and actions stay literal."""
    assert form_of(segment, BEFORE) == form


@pytest.mark.parametrize(
    "segment",
    ["customers", "get-preference", "1.1", "openapi.json", "oauth2", "v4", "v1beta1", "gpt-4o-mini-2024-07-18", "Hello-World",
     "listAllPublicKeysForUser2Test3", "getAllPublicKeysForUserWithPermissions", "us-central1", "s3bucket-name-2024", "iso20022",
     "sha256", "chat.postMessage", "users.info", "auth.test", "OAuth2Token", "customFieldItems", "listCRMObjects", "getURLs",
     "@me", "$metadata", "values:batchGet", "home_timeline.json", "apm-met-ric", "USD", "JFK", "ada", "", "a,b"],
)  # fmt: skip
def test_what_could_be_a_word_stays(segment):
    """Actions, models, regions, methods in dots, codes and names: without the evidence of siblings nobody knows better."""
    assert form_of(segment, BEFORE) is None


@pytest.mark.parametrize(
    ("segment", "before"),
    [
        ("3", ()),
        ("2024-01-15", ()),
        ("202401", ()),
        ("2019-04", ("admin", "api")),
        ("2", ("rest", "api")),
        ("202510", ("admin", "api")),
    ],
)
def test_versions_are_no_values(segment, before):
    """A short number or a date in front, or after ``api``, is a version."""
    assert form_of(segment, before) is None


@pytest.mark.parametrize(("segment", "before"), [("42", ()), ("2026-11-21", ("reports",)), ("300101", ())])
def test_numbers_elsewhere_are_values(segment, before):
    """What is too long for a version, or stands elsewhere, is a value."""
    assert form_of(segment, before) is not None


def test_a_name_under_a_collection_of_hosts_is_one():
    """``example.test`` is a host after ``zones``, and could be a method elsewhere."""
    assert form_of("example.test", ["zones"]) == Form("domain", "example.test")
    assert form_of("example.test", ["api"]) is None


def test_an_escaped_colon_is_data():
    """Only a colon that is written as one begins an action."""
    assert stem_of("operation:cancel") == ("operation", ":cancel")
    assert stem_of("operation%3Acancel") == ("operation%3Acancel", "")


@given(texts(40))
def test_every_segment_is_something(segment):
    """Whatever stands in a URL has a form or none, always the same."""
    assert form_of(segment, BEFORE) == form_of(segment, tuple(BEFORE))


def test_words_do_not_look_minted():
    """An enumeration may hold words; ids, tokens and dates in it would be values of one recording."""
    minted = ["cus_9s6XKzkNRiz8i3", "2026-11-21", "12", "a@b.example", "V1StGXR8_Z5jdHi6B-myT"]
    assert [looks_minted(text) for text in minted] == [True] * 5
    assert [looks_minted(text) for text in ["active", "past_due", "in-progress", "USD"]] == [False] * 4
