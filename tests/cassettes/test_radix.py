"""Base64 and hexadecimal, at any alignment."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.encodings import LengthChanged
from tapehiss.cassettes.radix import through_radix

SECRET, STAND_IN = b"a secret? of 23 bytes~~", b"Q stand-in 4 23 bytes!!"


def clean(view: bytes) -> bytes:
    return view.replace(SECRET, STAND_IN)


@given(st.binary(max_size=300))
def test_what_nothing_changes_in_is_the_same(view):
    """On any bytes."""
    assert through_radix(view, bytes) == view


@given(st.binary(max_size=12), st.binary(max_size=12), st.sampled_from(["", "a", "/path/", "key=", '{"k":"', "x:y-"]))
def test_base64_at_every_alignment(before, after, around):
    """Whatever surrounds the secret inside the base64, and the base64 in the text."""
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for strip in (b"", b"="):
            view = around.encode() + encode(before + SECRET + after).rstrip(strip) + b'"'
            wanted = around.encode() + encode(before + STAND_IN + after).rstrip(strip) + b'"'
            made = through_radix(view, clean)
            assert made.translate(SAME_ALPHABET) == wanted.translate(SAME_ALPHABET)
            assert len(made) == len(view)


SAME_ALPHABET = bytes.maketrans(b"-_", b"+/")


def test_base64_in_lines_and_behind_escaped_slashes():
    """MIME's lines of 76 characters, and what PHP makes of a slash in JSON."""
    lines = base64.encodebytes(b"q" * 50 + SECRET + b"q" * 50)
    assert through_radix(lines, clean) == base64.encodebytes(b"q" * 50 + STAND_IN + b"q" * 50)
    slashes = base64.b64encode(b"\xff\xff" + SECRET).replace(b"/", b"\\/")
    assert b"\\/" in slashes
    assert through_radix(slashes, clean) == base64.b64encode(b"\xff\xff" + STAND_IN).replace(b"/", b"\\/")


def test_the_alphabet_around_is_spoken():
    """Where the text is url-safe, so is what is put into it."""
    view = base64.urlsafe_b64encode(b"\xfb\xff\xfb" + b"abc" + b"\xfb\xff\xfb")
    made = through_radix(view, lambda text: text.replace(b"abc", b"\xff\xfe\xff"))
    assert made == base64.urlsafe_b64encode(b"\xfb\xff\xfb" + b"\xff\xfe\xff" + b"\xfb\xff\xfb")
    assert through_radix(b"YWJj", lambda text: text.replace(b"abc", b"\xff\xfe\xff")) == b"//7/"


@pytest.mark.parametrize("separator", ["", ":", " ", "-"])
@pytest.mark.parametrize("lead", ["", "0x", "a: ", "f"])
def test_hexadecimal_in_its_case(separator, lead):
    """Either case, at both alignments, with separators or without."""
    for upper in (False, True):
        view, wanted = (lead + (text.hex(separator) if separator else text.hex()) for text in (SECRET, STAND_IN))
        view, wanted = (view.upper(), wanted.upper()) if upper else (view, wanted)
        assert through_radix(view.encode(), clean) == wanted.encode()


def test_far_into_a_large_text():
    """Places are found block by block."""
    lead = b"some words, no base64 at all: " * 1000
    assert through_radix(lead + base64.b64encode(SECRET), clean) == lead + base64.b64encode(STAND_IN)


def test_another_length_cannot_be_put_back():
    """Whoever cleans must keep the length."""
    for view in (base64.b64encode(SECRET), SECRET.hex().encode()):
        with pytest.raises(LengthChanged):
            through_radix(view, lambda text: text.replace(SECRET, b"short"))
