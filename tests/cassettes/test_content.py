"""Promises of ``cassettes/content.py``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.content import content


def coded(coding: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Encoding", coding),)


@given(st.binary(min_size=1), st.sampled_from(["gzip", "zstd"]))
def test_what_was_stored_encoded_is_decoded(body: bytes, coding: str) -> None:
    """Whatever the content is."""
    assert content(coded(coding), encode(coding, body)) == (body, False)


@given(st.text(min_size=1).map(str.encode), st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br"]))
def test_what_was_stored_decoded_stays(body: bytes, coding: str) -> None:
    """The header tells of the wire, and most recorders store what they had decoded."""
    if all(byte >= 0x20 or byte in b"\t\r\n" for byte in body) and 0x7F not in body:
        assert content(coded(coding), body) == (body, False)


@pytest.mark.parametrize("coding", ["deflate", "br"])
def test_codings_without_a_signature_are_tried(coding: str) -> None:
    """Nothing marks them, so only trying tells."""
    body = b'{"hello": "world"}' * 20
    assert content(coded(coding), encode(coding, body)) == (body, False)


def test_an_image_that_was_stored_decoded_stays() -> None:
    """Bytes that are no text and no stream either are content."""
    assert content(coded("br"), b"\x89PNG\r\n\x1a\n") == (b"\x89PNG\r\n\x1a\n", False)


@pytest.mark.parametrize(
    ("coding", "stored"),
    [("gzip", b"\x1f\x8b\x08\x00broken"), ("zstd", b"\x28\xb5\x2f\xfdbroken"), ("compress", b"\x1f\x9d\x90")],
)
def test_what_is_encoded_and_cannot_be_decoded_says_so(coding: str, stored: bytes) -> None:
    """A broken stream, or a coding that nobody here knows."""
    assert content(coded(coding), stored) == (stored, True)


def test_text_in_an_unknown_coding_was_decoded() -> None:
    """``Content-Encoding: UTF-8`` is a common mistake."""
    assert content(coded("utf-8"), b"hiss") == (b"hiss", False)


def test_nothing_is_done_without_a_coding() -> None:
    """A gzip file that was downloaded is a gzip file."""
    stored = encode("gzip", b"hiss")
    assert content((), stored) == (stored, False)
    assert content(coded("identity"), stored) == (stored, False)
    assert content(coded("gzip"), b"") == (b"", False)


def test_control_characters_far_inside_are_seen() -> None:
    """The quick look at the beginning is not the last one."""
    stored = b"a" * 5000 + b"\x00"
    assert content(coded("br"), stored) == (stored, False)
