"""Content codings (RFC 9110 section 8.4): undo what a header says was done to a body, or leave it alone.

The law of this file: the answer is either the whole content or the untouched wire bytes, never something between. A stream
that is cut short, damaged, followed by foreign bytes, in a coding that nobody here knows, or bigger than the limit, stays
encoded; the caller is told so. A decompression bomb costs at most the limit plus one slice's expansion of memory.
"""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING, Protocol

import brotli
import zstandard

from tapehiss.cassettes.exchange import header_values

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.exchange import Headers

CODINGS = ("gzip", "deflate", "br", "zstd", "identity")
"""Every coding that ``encode`` makes and ``decode`` undoes; the IANA registry has no other in use on the web."""

STACK_MAX = 4
"""More codings than this on one body is an attack or a mistake."""

_ZSTD_WINDOW_MAX_BYTES = 1 << 27
_ALIASES = {"x-gzip": "gzip"}  # RFC 9110 section 8.4.1.3


class _Decoder(Protocol):
    """One compressed stream (a gzip member, a zstd frame): the shape that zlib and zstandard share."""

    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, /) -> bytes: ...


class _Brotli:
    """brotli's decoder in the shape of the other two; it has one stream only and refuses what follows it."""

    unused_data = b""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()

    @property
    def eof(self) -> bool:
        return bool(self._decoder.is_finished())

    def decompress(self, data: bytes, /) -> bytes:
        return bytes(self._decoder.process(data))


def decode(headers: Headers, wire: bytes, *, limit_bytes: int) -> tuple[bytes, bool]:
    """The content of a body as sent, and whether it had to stay undecoded.

    ``wire`` is without transfer coding. Codings are undone in reverse order of application. An empty body is empty
    content under any coding (a ``HEAD`` answer names the coding of what ``GET`` would have sent).
    """
    names = _named(headers)
    if not wire or not names:
        return wire, False
    if len(names) > STACK_MAX or any(name not in CODINGS for name in names):
        return wire, True
    content: bytes | None = wire
    for name in reversed(names):
        content = None if content is None else _undo(name, content, limit_bytes)
    return (wire, True) if content is None else (content, False)


def encode(coding: str, content: bytes) -> bytes:
    """The content under one coding of ``CODINGS``; the same bytes every time (gzip without a time stamp)."""
    name = _ALIASES.get(coding.lower(), coding.lower())
    if name not in CODINGS:
        raise ValueError(f"{coding!r} is not one of {', '.join(CODINGS)}")
    return _ENCODERS[name](content)


def _named(headers: Headers) -> tuple[str, ...]:
    """The codings in order of application, without ``identity``."""
    words = (word.strip().lower() for value in header_values(headers, "content-encoding") for word in value.split(","))
    return tuple(_ALIASES.get(word, word) for word in words if word not in {"", "identity"})


def _undo(name: str, wire: bytes, limit_bytes: int) -> bytes | None:
    """One coding undone, or ``None``."""
    if not wire:
        return wire  # an empty body that was coded twice as nothing at all
    for new, slice_bytes in _DECODERS[name]:
        content = _streams(new, wire, limit_bytes, slice_bytes)
        if content is not None:
            return content
    return None


def _streams(new: Callable[[], _Decoder], wire: bytes, limit_bytes: int, slice_bytes: int) -> bytes | None:
    """All streams of a body, one after the other (RFC 1952 section 2.2, RFC 8878 section 3), or ``None``."""
    pieces: list[bytes] = []
    size, decoder, position = 0, new(), 0
    try:
        while position < len(wire):
            piece = wire[position : position + slice_bytes]
            content = decoder.decompress(piece)
            position += len(piece) - len(decoder.unused_data)
            pieces.append(content)
            size += len(content)
            if size > limit_bytes:
                return None
            if decoder.eof and position < len(wire):
                if not wire[position:].strip(b"\0"):
                    break  # gzip(1) pads with zeros, and every client passes over them
                decoder = new()
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return None
    return b"".join(pieces) if decoder.eof else None


def _gzip_decoder() -> _Decoder:
    return zlib.decompressobj(zlib.MAX_WBITS | 16)


def _zlib_decoder() -> _Decoder:
    return zlib.decompressobj()


def _deflate_decoder() -> _Decoder:
    return zlib.decompressobj(-zlib.MAX_WBITS)


def _zstd_decoder() -> _Decoder:
    decoder: _Decoder = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_MAX_BYTES).decompressobj()
    return decoder


# The slices bound what one call can expand to: deflate by 1,032 to 1, a zstd block of 4 bytes to 128 KiB, a brotli
# meta-block of a dozen bytes to 16 MiB. "deflate" means zlib's wrapper, but enough servers send it bare that every
# browser takes both (RFC 9110 section 8.4.1.2, note).
_DECODERS: dict[str, tuple[tuple[Callable[[], _Decoder], int], ...]] = {
    "gzip": ((_gzip_decoder, 16_384),),
    "deflate": ((_zlib_decoder, 16_384), (_deflate_decoder, 16_384)),
    "br": ((_Brotli, 64),),
    "zstd": ((_zstd_decoder, 1_024),),
}
_ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, mtime=0),
    "deflate": zlib.compress,
    "br": lambda content: bytes(brotli.compress(content, quality=5)),
    "zstd": lambda content: bytes(zstandard.ZstdCompressor().compress(content)),
    "identity": bytes,
}
