"""Log-ins whose password has no name."""

from __future__ import annotations

import json
import xmlrpc.client

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes import calls
from tapehiss.cassettes.secretnames import Strength

WORDS = st.text("abcXYZ019 <&>", min_size=1, max_size=8).filter(str.strip)


def found(asked: str, answered: str = "") -> list[tuple[str, Strength]]:
    view = f"{asked}\0{answered}".encode()
    middle = len(asked.encode())
    finds = calls.finds(view, (0, middle), (middle + 1, len(view)))
    return [(view[find.start : find.end].decode(), find.strength) for find in finds]


def passwords(asked: str) -> list[str]:
    return [text for text, strength in found(asked) if strength is Strength.STRONG]


@given(st.lists(WORDS, min_size=2, max_size=4))
def test_the_last_text_of_a_log_in_is_the_secret(arguments):
    """As Python writes XML-RPC, and as JSON-RPC."""
    from html import unescape

    (told,) = passwords(xmlrpc.client.dumps((*arguments, {"agent": "x"}), "common.login"))
    assert unescape(told) == arguments[-1]
    (told,) = passwords(json.dumps({"jsonrpc": "2.0", "method": "auth.login", "params": arguments}))
    assert json.loads(f'"{told}"') == arguments[-1]


def test_a_service_that_is_called_by_its_method():
    """Odoo's JSON-RPC has its arguments one level further in."""
    call = {"method": "call", "params": {"service": "common", "method": "login", "args": ["db", "ada", "hush", {}]}}
    assert passwords(json.dumps(call)) == ["hush"]


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "plain text login",
        xmlrpc.client.dumps(("a", "b"), "add"),
        xmlrpc.client.dumps(("a",), "login"),
        json.dumps({"method": "add", "params": ["a", "b"]}),
        json.dumps({"method": "login", "params": ["a"]}),
        json.dumps({"method": "login", "params": {"user": "a"}}),
        json.dumps({"method": "relogin-count", "params": ["a", "b"]}),
    ],
)
def test_other_calls_are_no_log_ins(asked):
    """Other methods, a single argument, arguments with names."""
    assert passwords(asked) == []


def test_what_a_log_in_answers_may_be_a_secret():
    """A session in a response without a name: judged by its looks."""
    answer = "<methodResponse><params><param><value><string>0123456789abcdef</string></value></param></params></methodResponse>"
    call = xmlrpc.client.dumps(("ada", "hush"), "login")
    assert found(call, answer)[1:] == [("0123456789abcdef", Strength.WEAK)]
    soap = "<s:Envelope><s:Body><t:login><t:user>ada</t:user></t:login></s:Body></s:Envelope>"
    assert found(soap, "<r><t:loginResult>0123456789abcdef</t:loginResult></r>") == [
        ("0123456789abcdef", Strength.WEAK)
    ]
    call = json.dumps({"method": "login", "params": ["ada", "hush"]})
    assert found(call, '{"result": "0123456789abcdef"}')[1:] == [("0123456789abcdef", Strength.WEAK)]
    assert found(soap.replace("login", "find"), "<r><t:x>0123456789abcdef</t:x></r>") == []
