"""Compressed data inside a body that no header announces: gzip, zlib, zstd, also as base64; read, never rewritten.

The law of this file: bounded, and silent about damage: what can be read is yielded, the rest is not text that a secret could be read in.
"""

from __future__ import annotations

import re
import zlib
from binascii import a2b_base64
from typing import TYPE_CHECKING

import brotli
import zstandard

from tapehiss.cassettes.exchange import header

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Headers

_MAGIC = re.compile(
    rb"\x1f\x8b\x08|\A\x78[\x01\x5e\x9c\xda]|\x28\xb5\x2f\xfd|(?<![0-9A-Za-z+/])(?:H4sI|eJ[w-z]|eN[o-r]|KLUv)[0-9A-Za-z+/_\r\n-]{12,}={0,2}"
)
SIGNS = (
    b"\x1f\x8b\x08",
    b"\x28\xb5\x2f\xfd",
    b"H4sI",
    b"eJw",
    b"eJx",
    b"eJy",
    b"eJz",
    b"eNo",
    b"eNp",
    b"eNq",
    b"eNr",
    b"KLUv",
)
"""How compressed data begins, as bytes and as base64."""
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
"""How zlib's data begins (RFC 1950): two bytes, which say so only at the beginning of a body."""
_SLICE_BYTES = 16 * 1024
_MEMBERS_MAX = 64
_URL_SAFE = bytes.maketrans(b"-_", b"+/")


def as_far_as_readable(headers: Headers, body: bytes, limit_bytes: int) -> bytes:
    """The beginning of a body that stayed encoded because it was cut off or damaged."""
    coding = (header(headers, "content-encoding") or "").rpartition(",")[2].strip().lower()
    try:
        if coding == "br":
            return _from_brotli(body, limit_bytes)
        if coding == "zstd":
            return zstandard.ZstdDecompressor().decompressobj().decompress(body[:limit_bytes])[:limit_bytes]
        if coding == "deflate" and body[:1] != b"\x78":
            return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, limit_bytes)
        return zlib.decompressobj(47).decompress(body, limit_bytes) if coding in {"gzip", "x-gzip", "deflate"} else b""
    except (zlib.error, zstandard.ZstdError, brotli.error):
        return b""


def _from_brotli(body: bytes, limit_bytes: int) -> bytes:
    decoder, made = brotli.Decompressor(), b""
    for start in range(0, len(body), _SLICE_BYTES):
        made += decoder.process(body[start : start + _SLICE_BYTES])
        if len(made) > limit_bytes:
            break
    return made


def unpacked(body: bytes, limit_bytes: int) -> Iterator[bytes]:
    """The contents of each compressed piece in a body, as far as it can be read and the limit allows."""
    for count, match in enumerate(_MAGIC.finditer(body)):
        if count >= _MEMBERS_MAX:
            return
        content = _content(body, match, limit_bytes)
        limit_bytes -= len(content)
        if content:
            yield content


def _content(body: bytes, match: re.Match[bytes], limit_bytes: int) -> bytes:
    packed = body[match.start() :]
    if body[match.start()] not in b"\x1f\x28\x78":
        text = match[0].translate(_URL_SAFE, b"\r\n=")
        packed = a2b_base64(text + b"A" * (-len(text) % 4))
    try:
        if packed[:1] == b"\x28":
            return zstandard.ZstdDecompressor().decompressobj().decompress(packed[:limit_bytes])[:limit_bytes]
        return zlib.decompressobj(47).decompress(packed, max(1, limit_bytes))
    except (zlib.error, zstandard.ZstdError):
        return b""
