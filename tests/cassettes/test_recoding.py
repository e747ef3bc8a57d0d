"""Bodies that are changed on their way, whatever they are compressed with."""

from __future__ import annotations

import gzip
import itertools
import zlib
from random import Random

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.origins import Origin, target
from tapehiss.cassettes.recoding import CODINGS, UNDECODABLE, Recoder
from tapehiss.cassettes.swap import Swap

SWAP = Swap((target("https://api.vendor.example").origin,), Origin("http", "127.0.0.1", 8080))
TEXT = b'{"next": "https://api.vendor.example/v1/things?page=2", "x": "%s"}' * 3
ENCODE = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}
DECODE = {
    "": bytes,
    "identity": bytes,
    "gzip": gzip.decompress,
    "x-gzip": gzip.decompress,
    "deflate": zlib.decompress,
    "br": brotli.decompress,
    "zstd": lambda wire: zstandard.ZstdDecompressor().decompressobj().decompress(wire),
}


def raw_deflate(content: bytes) -> bytes:
    """Deflate without zlib's header, as some servers send it."""
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def through(recoder: Recoder, wire: bytes, *cuts: int) -> bytes:
    """A whole body, cut at some places."""
    borders = [0, *sorted(cut % (len(wire) + 1) for cut in cuts), len(wire)]
    pieces = [recoder(wire[start:stop]) for start, stop in itertools.pairwise(borders) if start < stop]
    return b"".join([*pieces, recoder(b"")])


def test_every_coding_here_is_tested() -> None:
    """The tables of this test name what the code can do."""
    assert set(CODINGS) == set(ENCODE) == set(DECODE)


@settings(max_examples=40)
@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=40), st.lists(st.integers(0, 500), max_size=6))
def test_what_arrives_decodes_to_the_swapped_content(coding: str, filler: bytes, cuts: list[int]) -> None:
    """In the vendor's own coding, however the body was cut into chunks."""
    content = TEXT.replace(b"%s", filler)
    assert SWAP.text(content) == DECODE[coding](through(Recoder(SWAP, coding), ENCODE[coding](content), *cuts))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_an_event_is_readable_as_soon_as_it_was_sent(coding: str) -> None:
    """A compressed event stream that is flushed by the vendor is flushed by the recorder."""
    vendor, recoder, client = CODINGS[coding](), Recoder(SWAP, coding), CODINGS[coding]()
    for event in (b"data: 1\n\n", b"data: https://api.vendor.example/x\n\n", b"data: [DONE]\n\n"):
        assert SWAP.text(event) == client.decode(recoder(_flushed(vendor, coding, event)))


def _flushed(vendor, coding: str, event: bytes) -> bytes:
    if coding == "deflate":
        vendor._chosen = vendor._chosen or CODINGS["gzip"]().__class__(zlib.MAX_WBITS)
    return vendor.encode(event) + vendor.flush()


def test_deflate_without_a_header_stays_without() -> None:
    """Both readings of ``deflate`` are in use; each is answered in kind."""
    out = through(Recoder(SWAP, "deflate"), raw_deflate(TEXT), 1)
    assert SWAP.text(TEXT) == zlib.decompress(out, wbits=-zlib.MAX_WBITS)


@pytest.mark.parametrize(("coding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
@pytest.mark.parametrize("cut", [0, 1, 40, 61])
def test_a_body_of_several_members_is_one_content(coding: str, compress, cut: int) -> None:
    """RFC 1952 section 2.2 and RFC 8878 section 3: members and frames follow each other."""
    wire = compress(TEXT) + compress(b"") + compress(b"see https://api.vendor.example")
    out = through(Recoder(SWAP, coding), wire, cut, -cut)
    assert SWAP.text(TEXT + b"see https://api.vendor.example") == DECODE[coding](out)


def test_what_follows_the_last_member_is_not_content() -> None:
    """Some servers pad gzip with zeros; every client drops them."""
    assert SWAP.text(TEXT) == gzip.decompress(through(Recoder(SWAP, "gzip"), gzip.compress(TEXT) + b"\0" * 20))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_is_not_what_its_header_says_goes_on_as_it_came(coding: str) -> None:
    """The client must see the vendor's mistake, not another one."""
    assert through(Recoder(SWAP, coding), TEXT, 30) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_stops_too_soon_is_not_completed(coding: str) -> None:
    """A truncated stream stays one: the client's decoder must miss its end."""
    client = CODINGS[coding]()
    content = client.decode(through(Recoder(SWAP, coding), ENCODE[coding](TEXT * 50)[:-6]))
    assert SWAP.text(TEXT * 50).startswith(content)
    assert not client.whole()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_breaks_in_the_middle_breaks_there(coding: str) -> None:
    """After the damage the vendor's own bytes follow."""
    good = Random(7).randbytes(5000)
    wire = _flushed(CODINGS[coding](), coding, good) + b"\xff" * 3000
    out = through(Recoder(SWAP, coding), wire)
    assert out.endswith(b"\xff" * 900)
    content = readable(CODINGS[coding](), out)
    assert len(content) >= 4000
    assert good.startswith(content)


def readable(client, out: bytes) -> bytes:
    """What a client can decode, byte by byte, before it notices the damage."""
    content = b""
    for at in range(len(out)):
        try:
            content += client.decode(out[at : at + 1])
        except UNDECODABLE:
            return content
    raise AssertionError("the damage was not noticed")


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_no_body_stays_no_body(coding: str) -> None:
    """An empty response with a Content-Encoding is common (304, HEAD, an error)."""
    assert Recoder(SWAP, coding)(b"") == b""


def test_one_byte_of_deflate_is_not_enough_to_tell() -> None:
    """The decision waits for the second byte, and an end without it is no error."""
    assert through(Recoder(SWAP, "deflate"), b"x") == b""
