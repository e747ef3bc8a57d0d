"""Escapes, undone and put back."""

from __future__ import annotations

import html
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.encodings import (
    LengthChanged,
    has_text,
    in_form,
    in_json,
    in_markup,
    through_json,
    through_markup,
    through_percent,
    through_utf16,
)

SECRET, STAND_IN = b"Pa/ss+wo=rd\"9\\&'x", b"Zz/zz+zz=zz\"0\\&'z"
ALL = (through_json, through_markup, through_percent, through_utf16, in_form, in_json, in_markup)
TEXT = SECRET.decode()


def clean(view: bytes) -> bytes:
    return view.replace(SECRET, STAND_IN)


@given(st.binary(max_size=300))
def test_what_nothing_changes_in_is_the_same(view):
    """Undoing and putting back is the identity, on any bytes."""
    assert [through for through in ALL if through(view, bytes) != view] == []


@pytest.mark.parametrize(
    ("through", "before", "after"),
    [
        (through_percent, quote(TEXT, safe=""), quote(STAND_IN.decode(), safe="")),
        (
            through_percent,
            quote(TEXT, safe="").replace("%2F", "%2f"),
            quote(STAND_IN.decode(), safe="").replace("%2F", "%2f"),
        ),
        (through_percent, "".join(f"%{byte:02x}" for byte in SECRET), "".join(f"%{byte:02x}" for byte in STAND_IN)),
        (through_json, json.dumps(TEXT), json.dumps(STAND_IN.decode())),
        (through_json, json.dumps(TEXT).replace("/", "\\/"), json.dumps(STAND_IN.decode()).replace("/", "\\/")),
        (through_json, "".join(f"\\u{byte:04x}" for byte in SECRET), "".join(f"\\u{byte:04x}" for byte in STAND_IN)),
        (through_json, "".join(f"\\u{byte:04X}" for byte in SECRET), "".join(f"\\u{byte:04X}" for byte in STAND_IN)),
        (through_json, "".join(f"\\x{byte:02x}" for byte in SECRET), "".join(f"\\x{byte:02x}" for byte in STAND_IN)),
        (through_markup, html.escape(TEXT), html.escape(STAND_IN.decode())),
        (through_markup, "".join(f"&#x{byte:x};" for byte in SECRET), "".join(f"&#x{byte:x};" for byte in STAND_IN)),
        (through_markup, "".join(f"&#{byte:03d};" for byte in SECRET), "".join(f"&#{byte:03d};" for byte in STAND_IN)),
        (in_form, quote(TEXT, safe="/="), quote(STAND_IN.decode(), safe="/=")),
        (in_json, json.dumps(TEXT)[1:-1], json.dumps(STAND_IN.decode())[1:-1]),
        (in_markup, html.escape(TEXT), html.escape(STAND_IN.decode())),
    ],
)
def test_a_secret_behind_an_encoding_is_replaced_in_its_spelling(through, before, after):
    """The same escapes around another text (the letter case of digits is of no meaning)."""
    made = through(b"x " + before.encode() + b" y", clean).decode()
    wanted = f"x {after} y"
    assert made.lower() == wanted.lower()


@pytest.mark.parametrize("coding", ["utf-16-le", "utf-16-be"])
def test_utf_16_in_either_order(coding):
    """Found at any place, even or odd."""
    for lead in (b"", b"\x01", b"\xff\xfe"):
        view = lead + ("before " + TEXT + " after").encode(coding) + b"\xff"
        assert through_utf16(view, clean) == lead + ("before " + STAND_IN.decode() + " after").encode(coding) + b"\xff"


def test_a_plus_sign_is_a_blank_in_a_form():
    """And stays a plus sign where the blank stays a blank."""
    assert (
        in_form(b"my+pass+phrase", lambda text: text.replace(b"my pass phrase", b"an xxxx yyyyyy")) == b"an+xxxx+yyyyyy"
    )


def test_texts_far_apart_are_cleaned_together_and_do_not_touch():
    """Two escaped texts are read in one call, with a gap between them."""
    seen = []
    through_json(b'{"a": "x\\/y", "b": "plain", "c": "\\/z"}', lambda text: seen.append(text) or text)
    assert seen == [b"x/y\n\x00\n/z"]


def test_a_text_beyond_the_basic_plane_survives():
    """A surrogate pair is one character."""
    assert (
        through_json(b'"\\ud83d\\ude00 a\\/b"', lambda text: text.replace("😀".encode(), "😁".encode()))
        == b'"\\ud83d\\ude01 a\\/b"'
    )


@pytest.mark.parametrize(
    ("through", "view"),
    [(through_json, b'"a\\/b"'), (through_percent, b"a%2Fb"), (through_markup, b"a&amp;b"), (in_form, b"a+b")],
)
def test_another_length_cannot_be_put_back(through, view):
    """Whoever cleans must keep the length; else nobody knows where the pieces belong."""
    with pytest.raises(LengthChanged):
        through(view, lambda text: text + b"!")


def test_a_number_that_needs_more_digits_does_not_fit():
    """Decimal references of letters: leading zeros make room, nothing else does."""
    assert through_markup(b"x&#122;", lambda text: text.replace(b"z", b"a")) == b"x&#097;"
    with pytest.raises(LengthChanged):
        through_markup(b"x&#97;", lambda text: text.replace(b"a", b"z"))


def test_damaged_escapes_are_text():
    """Half an escape, a number beyond Unicode: neither fails."""
    for view in (b"%4", b"%zz\\u12", b'"\\', b"&#99999999;", b"&#1114112;", b'"\\ud800"', b"&#xD800;"):
        assert [through for through in ALL if through(view, bytes) != view] == []


def test_an_escape_whose_character_goes_does_not_fit():
    """What was an escaped character and is none any more is shorter: refused rather than moved."""
    for through, view, old in ((through_json, b'"a\\/b"', b"/"), (through_markup, b"a&amp;b", b"&")):
        with pytest.raises(LengthChanged):
            through(view, lambda text, old=old: text.replace(old, b"z"))


def test_text_is_told_from_noise():
    """Twelve printable characters side by side are no accident."""
    assert has_text(b"\x00\x01password=123\xff", 12)
    assert not has_text(b"\x00\x01pass\x00word=123\xff", 12)


def test_what_looks_wide_for_too_short_a_way_is_no_text():
    """Six characters are the least: shorter runs with zeros between them are chance."""
    assert through_utf16(b"a\0b\0c\0d\0e\0f", bytes.upper) == b"a\0b\0c\0d\0e\0f"
    assert through_utf16(b"a\0b\0c\0d\0e\0f\0", bytes.upper) == b"A\0B\0C\0D\0E\0F\0"
