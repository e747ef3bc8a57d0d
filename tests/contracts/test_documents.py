"""Bodies and parameters as documents, and why some are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.documents import Documents, of_body, of_pairs, of_query, scalar
from traffic import documents

JSON = "application/json"


@given(documents())
def test_json_is_read_as_it_was_written(value):
    """A JSON body is one document, unless a string of it is no Unicode text."""
    found = of_body(JSON, json.dumps(value).encode())
    expected = "not Unicode" if _half_pair(value) else ""
    assert expected == found.unread
    assert expected or found.values == (value,)


def _half_pair(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        return True
    return False


@given(
    st.binary(),
    st.sampled_from([JSON, "text/event-stream", "application/x-ndjson", "application/x-www-form-urlencoded", ""]),
)
def test_no_body_is_too_broken(body, media):
    """Whatever the bytes, the answer is documents or a reason, never an exception."""
    found = of_body(media, body)
    assert not (found.values and found.unread)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"<html>", "not JSON"),
        (b"[NaN]", "not JSON"),
        (b"[-Infinity]", "not JSON"),
        (b"[1e999]", "a number too large"),
        (b"9" * 5000, "too large"),
        (b'"\\ud800"', "not Unicode"),
        (b'"\xff"', "not Unicode"),
        (b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_body_that_parsers_read_differently_is_not_read(body, reason):
    """NaN, half surrogate pairs, numbers beyond a double and the like have a reason, and the reason holds nothing of the body."""
    assert Documents(unread=reason) == of_body(JSON, body)


def test_events_are_documents():
    """A stream of server-sent events is one document for each event with JSON data; comments and the end mark are none."""
    body = b': hello\n\nevent: delta\ndata: {"a":\ndata: 1}\n\ndata: [DONE]\n\ndata: word\n\ndata:{"a":2}\r\n\r\n'
    assert Documents(({"a": 1}, {"a": 2})) == of_body("text/event-stream", body)


def test_lines_are_documents():
    """JSON lines and JSON text sequences are one document for each record."""
    assert Documents((1, {"a": 2})) == of_body("application/x-ndjson", b'1\n\n{"a": 2}\n')
    assert Documents((1, 2)) == of_body("application/json-seq", b"\x1e1\n\x1e2\n")


def test_a_form_is_an_object():
    """A form is one object; a name that is repeated has a list, and numbers and booleans are recognised."""
    assert Documents(({"a": [1, "x"], "b": True, "c": ""},)) == of_body(
        "application/x-www-form-urlencoded", b"a=1&b=true&a=x&c="
    )


def test_a_query_is_an_object():
    """A query is read like a form; one with more parameters than the bound is not read."""
    assert of_query("limit=3&expand[]=data&q=%C3%A9") == {"limit": 3, "expand[]": "data", "q": "é"}
    assert of_query("&".join(["a=1"] * 2000)) == {}
    assert of_pairs([]) == {}


@pytest.mark.parametrize("text", ["007", "1e3", "1.0", "+1", "٣", "9" * 30, "True", ""])
def test_what_only_resembles_a_number_stays_text(text):
    """Leading zeros, fractions, other digits and numbers that do not fit stay what was written."""
    assert text == scalar(text)


def test_text_has_no_documents():
    """A media type without documents is known by itself alone."""
    assert Documents() == of_body("text/html", b"{}")
