"""What of a request's body counts."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.exchange import Cut, Request
from tapehiss.mocks.bodies import (
    BODY_PARSED_MAX_BYTES,
    body_digest,
    digest_of,
    fields_of,
    named_in,
    read_body,
    stripped,
)

URL = "https://api.shop.example/v1/a"
JSON = (("Content-Type", "application/json"),)
XML = (("Content-Type", "text/xml; charset=utf-8"),)
MULTIPART = (("Content-Type", "multipart/form-data; boundary=aXb"),)


def digest(headers, body):
    request = Request("POST", URL, headers, body)
    return digest_of(read_body(request), request)


def test_bodies_are_read_by_what_they_are():
    """JSON without its media type is JSON; broken, deep, cut and enormous bodies are bytes."""
    assert read_body(Request("POST", URL, (), b'{"a": 1}')) == ("json", {"a": 1})
    assert read_body(Request("POST", URL, JSON, b"[" * 100_000))[0] == "bytes"
    assert read_body(Request("POST", URL, JSON, b"nope"))[0] == "bytes"
    assert read_body(Request("POST", URL, JSON, b"{}", cut=Cut(9, "ab")))[0] == "bytes"
    assert read_body(Request("POST", URL, JSON, b" " * BODY_PARSED_MAX_BYTES + b"{}"))[0] == "bytes"
    assert read_body(Request("POST", URL, (("Content-Type", "multipart/mixed"),), b"x")) == ("multipart", b"x")
    assert body_digest(Request("POST", URL, cut=Cut(9, "ab"))) == "ab"


def test_a_deep_document_is_compared_as_a_whole():
    """Below the depth to which fields are looked at, nothing is left out."""
    assert stripped({"a": {"nonce": 1}}, depth=1) == {"a": {"nonce": 1}}
    assert stripped({"a": [{"nonce": 1}]}) == {"a": [{}]}


def test_fields_that_vary_are_no_fields():
    """Comparing bodies by their top-level fields leaves out what varies anyway."""
    assert fields_of(("form", [("a", "1"), ("nonce", "2")])) == {"a": "1"}
    assert fields_of(("bytes", b"a")) == {}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (b"<a><b>1</b></a>", b"<a>\n  <b>1</b>\n</a>\n", True),
        (b"<a><password>x</password></a>", b"<a><password>y</password></a>", True),
        (b"<a><b>1</b></a>", b"<a><b>2</b></a>", False),
        (b"<a><b>1</b></a>", b"<a><c>1</c></a>", False),
    ],
)
def test_the_spelling_of_xml_does_not_matter(one, other, same):
    """Spaces between elements and credentials are not part of what is asked; names and values are."""
    assert (digest(XML, one) == digest(XML, other)) is same


def test_xml_is_known_by_its_type_or_its_declaration():
    """A body that begins with ``<`` is XML only if something says so; a byte order mark is no obstacle."""
    assert read_body(Request("POST", URL, XML, b"\xef\xbb\xbf<a/>"))[0] == "xml"
    assert read_body(Request("POST", URL, (), b"<?xml version='1.0'?><a/>"))[0] == "xml"
    assert read_body(Request("POST", URL, (), b"<3"))[0] == "bytes"
    assert read_body(Request("POST", URL, XML, b"3 < 4"))[0] == "bytes"


def test_elements_and_parts_can_be_compared_one_by_one():
    """The most similar of several bodies can be told: by the elements of XML, by the parts of a multipart body."""
    assert fields_of(("xml", "<a><b>1</b><b>2</b><nonce>3</nonce></a>")) == {"b": "1", "b 2": "2"}
    content = b'--aXb\r\nContent-Disposition: form-data; name="k"\r\n\r\nv\r\n--aXb--\r\n'
    values = fields_of(read_body(Request("POST", URL, MULTIPART, content))).values()
    assert any(b'name="k"\r\n\r\nv' in value for value in values)
    assert fields_of(("json", [1])) == {}


def test_bodies_name_their_operation():
    """The element of a SOAP body, the field of a form or of JSON-RPC; a body without one names none."""
    assert named_in(("xml", "<e:Body><t:hello/></e:Body>")) == ["element=hello"]
    assert named_in(("form", [("Action", "A")])) == ["Action=A"]
    assert named_in(("multipart", b"")) == named_in(("bytes", b"")) == []
