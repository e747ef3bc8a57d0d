"""Header pairs become vcrpy's dict and come back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from tapehiss.cassettes.pairs import from_dict, string, to_dict
from tapehiss.cassettes.view import HOP_BY_HOP

LENGTHS = st.sampled_from([None, "0", "17"])


@given(
    headers=strategies.headers(), length=LENGTHS, join=st.booleans(), dropped=st.sampled_from([frozenset(), HOP_BY_HOP])
)
def test_pairs_come_back_as_they_were(headers, length, join, dropped):
    """Order, case, duplicates, odd bytes: nothing is lost on the way through the dict."""
    assert headers == from_dict(*to_dict(headers, dropped, length, join=join))


@given(headers=strategies.headers(), length=LENGTHS, join=st.booleans())
def test_the_dict_is_printable_ascii_with_no_hop_by_hop_header(headers, length, join):
    """What a player sees cannot break it."""
    values, _ = to_dict(headers, HOP_BY_HOP, length, join=join)

    assert not HOP_BY_HOP & {name.lower() for name in values}
    assert len(values) == len({name.lower() for name in values})
    for name, held in values.items():
        assert name.isascii()
        assert all(value.isascii() and value.replace("\t", " ").isprintable() for value in held)


def test_ordinary_headers_need_no_order_list():
    """The usual case is told once."""
    headers = (("Content-Type", "text/plain"), ("ETag", '"1"'))

    assert to_dict(headers, HOP_BY_HOP, None, join=False) == ({"Content-Type": ["text/plain"], "ETag": ['"1"']}, None)


def test_the_dict_tells_the_length_of_the_body_that_stands_there():
    """A length of compressed bytes is replaced, a missing one is added, an empty body gets none."""
    sent = (("content-length", "99"),)

    assert to_dict(sent, HOP_BY_HOP, "17", join=False) == ({"content-length": ["17"]}, "content-length: 99")
    assert to_dict((), HOP_BY_HOP, "17", join=False) == ({"Content-Length": ["17"]}, "")
    assert to_dict((), HOP_BY_HOP, "0", join=False) == ({}, None)
    assert to_dict(sent, HOP_BY_HOP, None, join=False) == ({"content-length": ["99"]}, None)


def test_request_headers_sent_twice_are_joined():
    """vcrpy looks at the first value of a request header only."""
    values, _ = to_dict(
        (("Cookie", "a=1"), ("Accept", "x"), ("cookie", "b=2"), ("accept", "y")), frozenset(), None, join=True
    )

    assert values == {"Cookie": ["a=1; b=2"], "Accept": ["x, y"]}


def test_bytes_beyond_ascii_are_percent_encoded_in_the_dict():
    """httpx under vcrpy raises on anything else; a URL in Location stays a URL."""
    values, order = to_dict(
        (("Location", "/caf\xe9\r\n"), ("X", "\u2028"), ("Y", "\x01\t")), HOP_BY_HOP, None, join=False
    )

    assert values == {"Location": ["/caf%E9%0D%0A"], "X": ["%E2%80%A8"], "Y": ["%01\t"]}
    assert order == [["Location", "/caf\xe9\r\n"], "X: \u2028", "Y: \x01\t"]


@pytest.mark.parametrize("pair", [("a: b", "c"), ("a\n", "b"), ("a", "b\nc: d"), ("", ""), ("a:", ": b")])
def test_pairs_that_would_not_fit_on_a_line_of_an_order(pair):
    """No HTTP/1 header is like this, and none is bent."""
    headers = (("A", "1"), pair, ("A", "2"))

    assert headers == from_dict(*to_dict(headers, frozenset(), None, join=False))


def test_edits_by_hand_take_effect():
    """A value changed, a header added, a header taken out of the dict: the reader follows the editor."""
    _, order = to_dict((("A", "1"), ("B", "2"), ("Connection", "close"), ("C", "3")), HOP_BY_HOP, "5", join=False)

    edited = {"A": ["changed"], "C": ["3"], "D": ["new"], "Content-Length": ["5"]}

    assert from_dict(edited, order) == (("A", "changed"), ("Connection", "close"), ("C", "3"), ("D", "new"))


def test_text_is_text():
    """A number where text belongs is damage, not a header."""
    assert string("x") == "x"
    with pytest.raises(TypeError, match="17 where text belongs"):
        string(17)
