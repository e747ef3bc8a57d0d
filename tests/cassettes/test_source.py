"""Promises of ``cassettes/source.py``."""

from __future__ import annotations

from tapehiss.cassettes.exchange import Exchange, Request
from tapehiss.cassettes.source import Refusal, Source, Unreadable, each

GOOD = Exchange(Request("GET", "https://api.vendor.example/"))


def picky(item: str) -> Exchange:
    """A reader that cannot read everything."""
    if item != "good":
        raise Unreadable(f"{item} is not good", remedy="be good")
    return GOOD


def test_one_bad_interaction_does_not_lose_the_others() -> None:
    """It is refused by its place in the file, and reading goes on."""
    refusal = Refusal("tape.yaml#1", "bad is not good", "be good")
    assert list(each(Source("tape.yaml", b""), ["good", "bad", "good"], picky)) == [GOOD, refusal, GOOD]


def test_a_refusal_is_one_line() -> None:
    """Where, what, and what to do next if anything can be done."""
    assert str(Refusal("a#1", "odd", "even it out")) == "a#1: odd -> even it out"
    assert str(Refusal("a#1", "odd")) == "a#1: odd"


def test_a_file_alone_has_no_siblings() -> None:
    """Bytes in memory know of no other file."""
    assert Source("a", b"").sibling("b") is None
