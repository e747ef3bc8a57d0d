"""Content codings: undone exactly, or not at all."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import CODINGS, STACK_MAX, decode, encode

MIB = 1 << 20


def named(*codings: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Encoding", ", ".join(codings)),)


@given(content=st.binary(max_size=3000), codings=st.lists(st.sampled_from(CODINGS), max_size=STACK_MAX))
def test_decode_undoes_encode(content, codings):
    """Whatever codings were applied in whatever order, decoding gives the content back."""
    wire = content
    for coding in codings:
        wire = encode(coding, wire)

    assert (content, False) == decode(named(*codings), wire, limit_bytes=MIB)


@given(content=st.binary(min_size=1, max_size=300), coding=st.sampled_from(CODINGS[:-1]), data=st.data())
def test_a_stream_that_is_cut_short_stays_encoded(content, coding, data):
    """Half a stream is no content: the wire bytes come back untouched."""
    whole = encode(coding, content)
    wire = whole[: data.draw(st.integers(1, len(whole) - 1))]

    assert (wire, True) == decode(named(coding), wire, limit_bytes=MIB)


@given(wire=st.binary(min_size=1, max_size=200), coding=st.sampled_from(CODINGS[:-1]))
def test_any_bytes_are_decoded_whole_or_left_alone(wire, coding):
    """A header that lies about the body is no reason to fail."""
    content, undecoded = decode(named(coding), wire, limit_bytes=MIB)

    assert content == wire if undecoded else content is not None


@pytest.mark.parametrize("coding", CODINGS[:-1])
def test_a_bomb_stays_encoded(coding):
    """Content beyond the limit is not unpacked; content at the limit is."""
    wire = encode(coding, bytes(4 * MIB))

    assert (wire, True) == decode(named(coding), wire, limit_bytes=4 * MIB - 1)
    assert (bytes(4 * MIB), False) == decode(named(coding), wire, limit_bytes=4 * MIB)


@pytest.mark.parametrize("coding", CODINGS)
def test_encoding_is_the_same_every_time(coding):
    """No clock and no dice in the bytes."""
    assert encode(coding, b"content" * 99) == encode(coding.upper(), b"content" * 99)


def test_encode_refuses_a_coding_that_it_does_not_know():
    """An unknown coding is the caller's mistake."""
    with pytest.raises(ValueError, match="compress"):
        encode("compress", b"")


def test_no_coding_is_identity():
    """Without the header, or with identity, content is what was sent."""
    assert decode((), b"x", limit_bytes=9) == (b"x", False)
    assert decode(named("identity", ""), b"x", limit_bytes=9) == (b"x", False)


def test_an_empty_body_is_empty_under_any_coding():
    """HEAD and 304 answers name the coding of a body that they do not have."""
    assert decode(named("gzip"), b"", limit_bytes=9) == (b"", False)
    assert decode(named("sdch"), b"", limit_bytes=9) == (b"", False)


def test_an_empty_stream_inside_another_is_empty():
    """A peer that codes nothing twice sends one coding only."""
    assert decode(named("gzip", "br"), brotli.compress(b""), limit_bytes=9) == (b"", False)


def test_unknown_or_too_many_codings_stay_encoded():
    """What nobody here can undo is left alone."""
    assert decode(named("sdch"), b"x", limit_bytes=9) == (b"x", True)
    assert decode(named(*["gzip"] * (STACK_MAX + 1)), b"x", limit_bytes=9) == (b"x", True)


def test_the_old_name_of_gzip_and_several_header_lines():
    """x-gzip is gzip, and header lines of one name are one list."""
    wire = encode("br", encode("X-GZIP", b"content"))
    headers = (("content-encoding", "X-Gzip"), ("Content-Encoding", "BR"))

    assert decode(headers, wire, limit_bytes=99) == (b"content", False)


def test_several_members_are_one_content():
    """gzip members and zstd frames may follow each other, also across the slices in which they are read."""
    pieces = [b"a" * 9, b"", bytes(range(256)) * 200]
    members = b"".join(gzip.compress(piece) for piece in pieces)
    frames = b"".join(zstandard.ZstdCompressor().compress(piece) for piece in pieces)

    assert (b"".join(pieces), False) == decode(named("gzip"), members, limit_bytes=MIB)
    assert (b"".join(pieces), False) == decode(named("zstd"), frames, limit_bytes=MIB)


def test_zero_padding_is_passed_over_and_foreign_bytes_are_not():
    """gzip(1) pads with zeros; anything else after the end means that we do not know what this is."""
    wire = gzip.compress(b"content")

    assert decode(named("gzip"), wire + bytes(8), limit_bytes=99) == (b"content", False)
    assert (wire + b"?", True) == decode(named("gzip"), wire + b"?", limit_bytes=99)


def test_deflate_with_and_without_its_wrapper():
    """Both things that servers call deflate are undone."""
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    wire = bare.compress(b"content") + bare.flush()

    assert decode(named("deflate"), wire, limit_bytes=99) == (b"content", False)
    assert decode(named("deflate"), zlib.compress(b"content"), limit_bytes=99) == (b"content", False)
