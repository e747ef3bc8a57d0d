"""Promises of ``cassettes/pygithub.py``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.pygithub import is_replay_data, read
from tapehiss.cassettes.source import Refusal, Source

CALL = """\
https
PATCH
api.github.com
None
/repos/a/b?c=1
{'Authorization': 'token private', 'Content-Type': 'application/json'}
{"name": "hiss"}
200
[('status', '200 OK'), ('vary', 'Accept'), ('vary', 'Cookie')]
{"id":1,"name":"é"}

"""
EXCHANGE = Exchange(
    Request(
        "PATCH",
        "https://api.github.com/repos/a/b?c=1",
        (("Authorization", "token private"), ("Content-Type", "application/json")),
        b'{"name": "hiss"}',
    ),
    Response(200, "", (("status", "200 OK"), ("vary", "Accept"), ("vary", "Cookie")), '{"id":1,"name":"é"}'.encode()),
)


def recorded(text: str) -> list[Exchange | Refusal]:
    return list(read(Source("a.txt", text.encode())))


def test_ten_lines_are_a_call() -> None:
    """Two calls, with an empty line after each, and one more to no harm."""
    assert recorded(CALL + "\n" + CALL) == [EXCHANGE, EXCHANGE]


def test_an_empty_body_is_a_line_all_the_same() -> None:
    """It stays in step with the lines."""
    empty = CALL.replace('{"id":1,"name":"é"}', "").replace('{"name": "hiss"}', "None")
    first, second = recorded(empty + CALL)
    assert isinstance(first, Exchange)
    assert first.response is not None
    assert (first.request.body, first.response.body) == (b"", b"")
    assert second == EXCHANGE


def test_windows_line_ends_and_ports() -> None:
    """Neither is part of what they stand beside."""
    (exchange,) = recorded(CALL.replace("\nNone\n", "\n8443\n").replace("\n", "\r\n"))
    assert isinstance(exchange, Exchange)
    assert exchange.request.url == "https://api.github.com:8443/repos/a/b?c=1"
    assert exchange.response == EXCHANGE.response


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("\n200\n", "\nfine\n", "no status code"),
        ("[('status'", "[('status", "no Python literal"),
        ("[('status'", "[open('/etc/passwd').read()]#", "no Python literal"),
        ("api.github.com", "[api", "not a URL"),
    ],
)
def test_a_bad_call_is_refused_and_the_others_are_read(old: str, new: str, what: str) -> None:
    """No line is ever run."""
    refusal, exchange = recorded(CALL.replace(old, new) + CALL)
    assert isinstance(refusal, Refusal)
    assert what in refusal.what
    assert exchange == EXCHANGE


def test_a_file_that_ends_inside_a_call() -> None:
    """What is whole is read."""
    exchange, refusal = recorded(CALL + "https\nGET\n")
    assert exchange == EXCHANGE
    assert refusal == Refusal("a.txt#1", "the call has fewer than ten lines")


def test_a_body_of_several_lines_keeps_them() -> None:
    """And the call after it is read in step."""
    first, second = recorded(CALL.replace('{"id":1,"name":"é"}', "one\n\nthree") + CALL)
    assert isinstance(first, Exchange)
    assert first.response is not None
    assert first.response.body == b"one\n\nthree"
    assert second == EXCHANGE


def test_a_monstrous_line_is_refused() -> None:
    """Python's parser is not fed megabytes."""
    (refusal,) = recorded(CALL.replace("('status', '200 OK')", f"('status', '{'a' * 1_000_001}')"))
    assert isinstance(refusal, Refusal)


def test_it_is_known_by_its_first_lines() -> None:
    """A scheme and a method, and nothing else looks so."""
    assert is_replay_data(b"\n" + CALL.encode())
    for other in (b"", b"https://a.example/\n", b"http\nhello\n", b"version: 1\n"):
        assert not is_replay_data(other)


@given(st.lists(st.sampled_from([*CALL.splitlines(), "", "[", "((((", "0", "{1: []}", "'a'"]), max_size=25))
def test_any_lines_are_exchanges_and_refusals(lines: list[str]) -> None:
    """No traceback, in whatever order they come."""
    assert all(isinstance(one, (Exchange, Refusal)) for one in recorded("https\nGET\n" + "\n".join(lines)))
    assert recorded("\n".join(lines[:0])) == []
