"""Media types by meaning."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.media import (
    is_event_stream,
    is_form,
    is_json,
    is_json_lines,
    is_multipart,
    is_text,
    is_xml,
    media_type,
)


@pytest.mark.parametrize(
    ("value", "essence"),
    [
        ("application/json", "application/json"),
        ("Application/JSON; charset=utf-8", "application/json"),
        (" text/html ;x=y", "text/html"),
        ("", ""),
    ],
)
def test_only_the_essence_counts(value, essence):
    """Parameters, case and blanks are no part of a media type."""
    assert essence == media_type((("content-TYPE", value),))


def test_without_a_header_there_is_no_type():
    """A missing Content-Type is the empty text, which is of no family."""
    assert media_type(()) == ""
    families = (is_event_stream, is_form, is_json, is_json_lines, is_multipart, is_text, is_xml)
    assert not any(family("") for family in families)


@pytest.mark.parametrize(
    ("family", "members", "strangers"),
    [
        (is_json, ["application/json", "application/vnd.api+json", "text/json", "application/problem+json"], ["application/x-ndjson", "text/plain"]),
        (is_json_lines, ["application/x-ndjson", "application/jsonl", "application/geo+json-seq"], ["application/json"]),
        (is_xml, ["text/xml", "application/soap+xml", "image/svg+xml"], ["text/html"]),
        (is_form, ["application/x-www-form-urlencoded"], ["multipart/form-data"]),
        (is_multipart, ["multipart/form-data", "multipart/mixed"], ["application/x-www-form-urlencoded"]),
        (is_event_stream, ["text/event-stream"], ["text/plain"]),
        (is_text, ["text/csv", "application/vnd.api+json", "application/x-ndjson", "application/graphql", "application/atom+xml"], ["image/png", "application/octet-stream"]),
    ],
)  # fmt: skip
def test_families_go_by_suffix(family, members, strangers):
    """A structured suffix (RFC 6838) makes a type a member; nothing else does."""
    assert [member for member in members if not family(member)] == []
    assert [stranger for stranger in strangers if family(stranger)] == []
