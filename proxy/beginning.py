"""The content of a body of which only the beginning arrived or was kept.

The law of this file: pure; as much as the coding gives, never more than the limit. A body that was cut short inside a gzip
stream still holds readable content, and what is readable can be redacted; what is not decoded cannot.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import brotli
import zstandard

from tapehiss.cassettes.coding import CODINGS
from tapehiss.cassettes.exchange import header_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.exchange import Headers

SLICE_BYTES = 16 * 1024


def decode_beginning(headers: Headers, wire: bytes, *, limit_bytes: int) -> tuple[bytes, bool]:
    """The content as far as it goes, and whether its coding had to stay; one coding only, stacks stay undecoded."""
    names = [name.strip().lower() for value in header_values(headers, "content-encoding") for name in value.split(",")]
    names = [name for name in names if name not in {"", "identity"}]
    if not names or not wire:
        return wire, False
    name = names[0].removeprefix("x-")
    if len(names) > 1 or name not in CODINGS:
        return wire, True
    content = _unfold(name, wire, limit_bytes)
    return (content, False) if content else (wire, True)


def _unfold(name: str, wire: bytes, limit_bytes: int) -> bytes:
    """Slice by slice, until the wire ends, the stream breaks, or the limit is reached."""
    step = _decoder(name, wire)
    content = bytearray()
    try:
        for start in range(0, len(wire), SLICE_BYTES):
            content += step(wire[start : start + SLICE_BYTES])
            if len(content) > limit_bytes:
                break
    except (zlib.error, brotli.error, zstandard.ZstdError, EOFError):
        pass  # what came before the break is what there is
    return bytes(content[:limit_bytes])


def _decoder(name: str, wire: bytes) -> Callable[[bytes], bytes]:
    if name == "br":
        brotli_decoder: Callable[[bytes], bytes] = brotli.Decompressor().process
        return brotli_decoder
    if name == "zstd":
        return zstandard.ZstdDecompressor().decompressobj().decompress
    if name == "gzip":
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress
    zlib_wrapped = wire[0] & 0x0F == 8 and (wire[0] << 8 | wire[1] if len(wire) > 1 else 0) % 31 == 0
    return zlib.decompressobj(zlib.MAX_WBITS if zlib_wrapped else -zlib.MAX_WBITS).decompress
