"""Parts of multipart bodies."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.multipart import PARTS_MAX, Piece, pieces


@given(st.lists(st.tuples(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.binary(max_size=20)), max_size=4))
def test_parts_are_found_as_they_were_put(fields):
    """Every part comes back with its name and its content, byte for byte."""
    body = b"".join(
        b'--=_bound\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), content)
        for name, content in fields
    )
    found = list(pieces(body + b"--=_bound--\r\n")) if fields else []
    assert [(name, content) for name, content in fields] == [(piece.name, piece.content) for piece in found]


@given(st.binary(max_size=60) | st.binary(max_size=30).map(lambda some: b"--b\r\n" + some + b"\r\n--b--"))
def test_no_body_is_too_broken(body):
    """Whatever the bytes, there are parts or a ``ValueError``."""
    with contextlib.suppress(ValueError):
        assert all(isinstance(piece, Piece) for piece in pieces(body))


def test_a_part_tells_its_file():
    """Names are unquoted, the media type is its essence, and a part without a head is content."""
    body = b'preamble\n--b\nContent-Disposition: form-data; name="a\\"b"; filename="x y.txt"\nContent-Type: Text/Plain; charset=x\n\nhi\n--b\nbare\n--b--'
    assert [Piece('a"b', "x y.txt", "text/plain", b"hi"), Piece("", None, "", b"bare")] == list(pieces(body))


def test_parts_are_bounded():
    """A body of too many parts, or one that was cut, is refused."""
    for body in (b"--b\r\n\r\n" * (PARTS_MAX + 2) + b"--b--", b"--b\r\n\r\nx\r\n--b\r\n", b"nothing"):
        with pytest.raises(ValueError, match=r"cut short|no boundary"):
            list(pieces(body))
