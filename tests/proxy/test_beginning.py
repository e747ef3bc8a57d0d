"""The content of a body that was cut short."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.coding import encode
from tapehiss.proxy.beginning import decode_beginning

TEXT = b"".join(b"line %d of something that compresses\n" % number for number in range(20_000))
CODINGS = ["gzip", "deflate", "br", "zstd"]


@given(st.sampled_from(CODINGS), st.floats(0, 1))
def test_what_is_decoded_is_a_beginning(coding: str, part: float) -> None:
    """Wherever the wire was cut: the content as far as it goes, or the wire and the word that it is still coded."""
    wire = encode(coding, TEXT)
    wire = wire[: int(len(wire) * part)]

    content, undecoded = decode_beginning((("Content-Encoding", coding),), wire, limit_bytes=10**6)

    assert content == wire if undecoded else TEXT.startswith(content)


@pytest.mark.parametrize("coding", [*CODINGS, "x-gzip"])
def test_half_a_body_gives_content(coding: str) -> None:
    """Not only in theory (brotli and zstd give it in large blocks)."""
    wire = encode(coding.removeprefix("x-"), TEXT)

    content, undecoded = decode_beginning((("content-encoding", coding),), wire[:-8], limit_bytes=10**6)

    assert not undecoded
    assert TEXT.startswith(content)
    assert content


def test_raw_deflate_is_deflate_to_some_servers() -> None:
    """RFC 9110 section 8.4.1.2 notes it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    wire = packer.compress(TEXT) + packer.flush()

    assert decode_beginning((("Content-Encoding", "deflate"),), wire[:-5], limit_bytes=10**6)[1] is False


def test_a_bomb_is_bounded() -> None:
    """The limit holds for what a few bytes unfold to."""
    wire = encode("gzip", b"\0" * 10_000_000)

    content, _ = decode_beginning((("Content-Encoding", "gzip"),), wire[:-8], limit_bytes=1000)

    assert content == b"\0" * 1000


@pytest.mark.parametrize("value", ["gzip, br", "unheard-of"])
def test_what_cannot_be_undone_stays(value: str) -> None:
    """Stacks and unknown codings: the wire, and the word that it is coded."""
    assert decode_beginning((("Content-Encoding", value),), b"wire", limit_bytes=99) == (b"wire", True)


@pytest.mark.parametrize("headers", [(), (("Content-Encoding", "identity"),)])
def test_no_coding(headers: tuple[tuple[str, str], ...]) -> None:
    """Plain content is content."""
    assert decode_beginning(headers, b"plain", limit_bytes=99) == (b"plain", False)


def test_damage_in_the_middle() -> None:
    """What comes before it is kept."""
    wire = encode("gzip", TEXT)
    damaged = wire[: len(wire) // 2] + b"\xff" * 100

    content, undecoded = decode_beginning((("Content-Encoding", "gzip"),), damaged, limit_bytes=10**6)

    assert undecoded or len(content) > 0
