"""What of XML counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.markup import leaves, normal, operation

SOAP = """<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><wsse:Security>
<wsu:Timestamp wsu:Id="TS-1"><wsu:Created>2026-11-21T06:00:00Z</wsu:Created></wsu:Timestamp></wsse:Security></s:Header>
<s:Body><t:find><t:Created>yesterday</t:Created></t:find></s:Body></s:Envelope>"""


@given(st.text(st.sampled_from("<>/abc:=\"' \n"), max_size=40))
def test_no_text_is_too_broken(text):
    """What is no XML is compared as it is, or as what of it looks like elements."""
    assert normal(text, lambda _: False) == normal(normal(text, lambda _: False), lambda _: False)
    assert list(leaves(text)) is not None
    assert len(operation(text)) <= 1


def test_the_time_of_a_message_is_not_what_it_asks():
    """WS-Security's timestamps and identifiers are new in every message; an element of the same name elsewhere counts."""
    later = SOAP.replace("2026-11-21T06:00:00Z", "2026-11-22T07:00:00Z").replace("TS-1", "TS-2")
    other = SOAP.replace("yesterday", "today")
    assert normal(SOAP, lambda _: False) == normal(later, lambda _: False) != normal(other, lambda _: False)
    assert list(leaves(SOAP)) == [("Created", "yesterday")]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SOAP, ["element=find"]),
        ("<?xml version='1.0'?><methodCall><methodName> a.b </methodName></methodCall>", ["element=a.b"]),
        ("<D:propfind xmlns:D='DAV:'/>", ["element=propfind"]),
        ("none", []),
    ],
)
def test_what_a_message_asks_for(text, named):
    """XML-RPC names a method, SOAP an element of its body, other XML its root."""
    assert operation(text) == named
