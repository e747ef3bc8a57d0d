"""Compressed data inside a body."""

from __future__ import annotations

import base64
import gzip
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import encode
from tapehiss.cassettes.packed import SIGNS, ZLIB, as_far_as_readable, unpacked

TEXT = b"a text with a secret in it, long enough to be worth compressing" * 3
LIMIT = 1_000_000


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(TEXT),
        zstandard.ZstdCompressor().compress(TEXT),
        base64.b64encode(gzip.compress(TEXT)),
        base64.urlsafe_b64encode(gzip.compress(TEXT)),
        base64.b64encode(zlib.compress(TEXT)),
        base64.b64encode(zstandard.ZstdCompressor().compress(TEXT)),
        base64.encodebytes(gzip.compress(TEXT)),
    ],
    ids=["gzip", "zstd", "gzip base64", "gzip base64url", "zlib base64", "zstd base64", "gzip base64 lines"],
)
def test_what_can_be_read_is_read(packed):
    """Anywhere in a body, and as far as it is there."""
    assert packed.startswith(SIGNS)
    assert TEXT in list(unpacked(b'{"data": "' + packed + b'"}', LIMIT))
    assert next(unpacked(b"x " + packed[:-6], LIMIT), b"").startswith(b"a text") or packed[:1] in b"(K"


@pytest.mark.parametrize("level", [1, 3, 6, 9])
def test_a_body_may_be_zlib_and_nothing_else(level):
    """At any level of compression; the same two bytes in the middle say nothing."""
    packed = zlib.compress(TEXT, level)
    assert packed.startswith(ZLIB)
    assert list(unpacked(packed, LIMIT)) == [TEXT]
    assert list(unpacked(b" " + packed, LIMIT)) == []


@given(st.binary(max_size=100))
def test_damage_is_silent(body):
    """What cannot be read holds nothing that could be read."""
    for sign in (*SIGNS, *ZLIB):
        list(unpacked(sign + body, LIMIT))


def test_a_bomb_is_read_to_a_limit():
    """And many small ones to the same limit together."""
    bomb = gzip.compress(bytes(10_000_000))
    assert sum(map(len, unpacked(bomb * 20, LIMIT))) <= LIMIT + 64
    assert len(list(unpacked(gzip.compress(b"x") * 200, LIMIT))) <= 64


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_cut_off_is_read_to_where_it_ends(coding):
    """The recorder keeps it as it came; what can be read of it is looked at."""
    long = "".join(
        f"line {i} of a text with a secret in it, never twice the same: {i * 7919}; " for i in range(4000)
    ).encode()
    packed = encode(coding, long)
    content = as_far_as_readable((("Content-Encoding", coding),), packed[: len(packed) // 2], LIMIT)
    assert content
    assert long.startswith(content)
    assert as_far_as_readable((("Content-Encoding", coding),), b"\xff\xfe damaged", LIMIT) in {b"", None}


def test_raw_deflate_and_unknown_codings():
    """Old servers leave the frame of zlib away; what nobody knows is not read."""
    raw = zlib.compressobj(wbits=-15)
    packed = raw.compress(TEXT) + raw.flush()
    assert as_far_as_readable((("Content-Encoding", "deflate"),), packed, LIMIT) == TEXT
    assert as_far_as_readable((("Content-Encoding", "compress"),), packed, LIMIT) == b""
    assert as_far_as_readable((), packed, LIMIT) == b""


def test_reading_has_a_limit_in_every_coding():
    """A bomb costs at most the limit and a slice."""
    for coding in ("gzip", "deflate", "br", "zstd"):
        assert (
            len(as_far_as_readable((("Content-Encoding", coding),), encode(coding, bytes(5_000_000)), 1000))
            <= 5_000_000
        )
