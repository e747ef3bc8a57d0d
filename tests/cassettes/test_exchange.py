"""The Exchange is a value."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace

import pytest
from hypothesis import given, settings

from strategies import exchanges
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response, header, header_values

GOOD = Exchange(Request("GET", "https://api.vendor.example/"), Response(200, "OK"))


def test_nothing_can_be_changed():
    """A value that two rooms hold stays what it was."""
    with pytest.raises(FrozenInstanceError):
        GOOD.label = "x"


@given(exchanges())
@settings(max_examples=50)
def test_equal_means_equal_in_every_part(exchange):
    """An exchange equals its copy and hashes alike, so that it may be counted and looked up."""
    copy = replace(exchange)
    assert (copy, hash(copy)) == (exchange, hash(exchange))


@pytest.mark.parametrize(
    "change",
    [
        {"response": None},
        {"ending": Ending.TRUNCATED},
        {"messages": (Message(from_client=True, text=True, content=b"", at_s=0.0),)},
        {"response": Response(200, cut=Cut(9, "0" * 64))},
        {"request": Request("POST", "https://api.vendor.example/", cut=Cut(9, "0" * 64))},
    ],
)
def test_what_is_not_the_whole_truth_is_not_replayable(change):
    """A player may give a client complete responses only."""
    assert GOOD.replayable
    assert not replace(GOOD, **change).replayable


def test_notes_add_up():
    """A note leaves the exchange as it was and the earlier notes in place."""
    noted = GOOD.with_note("a", "1").with_note("b", "2")
    assert (GOOD.notes, noted.notes) == ((), (("a", "1"), ("b", "2")))


def test_header_names_compare_without_case():
    """RFC 9110 section 5.1: field names are case-insensitive; values keep their order."""
    headers = (("Set-Cookie", "a=1"), ("ETag", "x"), ("set-cookie", "b=2"))
    assert header(headers, "etag") == "x"
    assert header(headers, "Age") is None
    assert header_values(headers, "SET-COOKIE") == ("a=1", "b=2")
