"""Bodies and parameters as documents, and why some are none."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.documents import Documents, of_body, of_parameters, of_query
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
        (b"9" * 5000, "a number too large"),
        (b'"\\ud800"', "not Unicode"),
        (b'"\xff"', "not Unicode"),
        (b"[" * 100_000, "nested too deep"),
        (b"[" * 10_000 + b"]" * 10_000, "nested too deep"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "nested too deep"),
        (b"[" + b"9" * 5000 + b"]", "a number too large"),
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
    assert of_query("limit=3&expand[]=data&q=%C3%A9") == {"limit": 3, "expand[]": ["data"], "q": "é"}
    assert of_query("&".join(["a=1"] * 2000)) == {}
    assert of_parameters("&".join(["a=1"] * 2000)) == Documents(unread="too many parameters")
    assert of_parameters("") == Documents(({},))


def test_text_has_no_documents():
    """A media type without documents is known by itself alone."""
    assert Documents() == of_body("text/html", b"{}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"123456789012345678901234567890", 123456789012345678901234567890.0),
        ("[123456789012345678901234567890, 1.5, 7]".encode("utf-16"), [123456789012345678901234567890.0, 1.5, 7]),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"18446744073709551615", 2**64 - 1),
    ],
)
def test_unusual_json_is_read_in_one_way(text, value):
    """Integers beyond 64 bits are numbers, the last of equal names counts, and other encodings of Unicode are read."""
    (found,) = of_body(JSON, text).values
    assert (value, type(value)) == (found, type(found))


FORM_DATA = (
    b'--xyz\r\nContent-Disposition: form-data; name="title"\r\n\r\nLost \xc3\xa9\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="n"\r\n\r\n7\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n'
    b'--xyz\r\nContent-Disposition: form-data; name="meta"\r\nContent-Type: application/json\r\n\r\n{"a": 1}\r\n'
    b"--xyz--\r\n"
)


def test_a_multipart_form_is_an_object():
    """Fields by their names: texts, JSON, and of a file what it is, not what is in it."""
    assert of_body("multipart/form-data", FORM_DATA) == Documents(
        ({"title": "Lost é", "n": 7, "file": {"filename": "a.png", "media": "image/png"}, "meta": {"a": 1}},)
    )
    assert of_body("multipart/form-data", FORM_DATA[:-10]).unread == "not multipart"
    assert of_body("multipart/form-data", b"a=1").unread == "not multipart"


def test_other_multipart_bodies_are_their_json():
    """Each part that is JSON is a document."""
    mixed = b"--b\nContent-Type: application/json\n\n[1]\n--b\nContent-Type: text/plain\n\nx\n--b\nContent-Type: a/b+json\n\n2\n--b--"
    assert Documents(([1], 2)) == of_body("multipart/mixed", mixed)


def test_xml_is_its_shape():
    """Elements are members; pages and pictures are no data."""
    assert Documents(({"a": {"@id": 7, "b": [1, "x"], "c": None}},)) == of_body(
        "text/xml", b'<?xml version="1.0"?><n:a xmlns:n="urn:n" id="7"><b>1</b><n:b> x </n:b><c/></n:a>'
    )
    assert Documents() == of_body("image/svg+xml", b"<svg/>") == of_body("application/xhtml+xml", b"<html/>")
