"""XML as a document."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.elements import DEPTH_MAX, UnreadableError, element_of


@pytest.mark.parametrize(
    ("body", "document"),
    [
        (b"<a/>", {"a": None}),
        (b"<a> 7 </a>", {"a": 7}),
        (b'<a b="true">x</a>', {"a": {"@b": True, "#text": "x"}}),
        (b"<a><b>1</b><b/><b>x</b><c>007</c></a>", {"a": {"b": [1, None, "x"], "c": "007"}}),
        (b"<a>x<b/>y</a>", {"a": {"b": None, "#text": "xy"}}),
        (b'<s:E xmlns:s="urn:s" xmlns="urn:d" s:k="v"><s:B/></s:E>', {"E": {"@k": "v", "B": None}}),
        ("<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>".encode("latin-1"), {"a": "é"}),
        (b"<a><![CDATA[<b>]]></a>", {"a": "<b>"}),
    ],
)
def test_an_element_is_an_object(body, document):
    """Attributes, children and text; several of one name are a list; nothing but text is its value; names are local."""
    assert document == element_of(body)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not XML"),
        (b"<a>", "not XML"),
        (b"{}", "not XML"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "not XML"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "declares entities"),
        (b"<a>" * (DEPTH_MAX + 1) + b"</a>" * (DEPTH_MAX + 1), "nested too deep"),
    ],
)
def test_what_is_not_read_has_a_reason(body, reason):
    """Broken XML, bombs and towers are refused."""
    with pytest.raises(UnreadableError, match=reason):
        element_of(body)


@given(st.binary(max_size=40) | st.text(alphabet='<>/ab "=&;![]', max_size=40).map(str.encode))
def test_no_body_is_too_broken(body):
    """Whatever the bytes, there is a document or a reason."""
    with contextlib.suppress(UnreadableError):
        assert isinstance(element_of(body), dict)
