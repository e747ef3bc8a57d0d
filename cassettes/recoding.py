"""A body that is changed on its way, whatever it is compressed with.

The law of this file: bytes in, bytes out, no clock, no socket. A stream is decoded, swapped and encoded again with the *same*
coding, so that ``Content-Encoding`` stays true; every call gives all that can be given, so nothing waits for a full block. What the vendor
got wrong stays wrong: a stream that cannot be decoded goes on as it came, and one that ends too soon is not completed. Memory is
bounded by decoding a few bytes at a time.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Protocol

import brotli
import zstandard

from tapehiss.cassettes.swap import Tail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.swap import Swap

PIECE_BYTES = 1024
"""How much is decoded at once: the codings make megabytes of a kilobyte at worst, not gigabytes."""
WHOLE_BYTES = 1 << 62
"""No pieces where nothing is decoded."""
LEVEL = 1
"""Loopback is fast: compressing well is not worth the time."""


class Coding(Protocol):
    """Both directions of one content coding (RFC 9110 section 8.4.1), as streams."""

    def decode(self, wire: bytes) -> bytes:
        """More content; raises one of ``UNDECODABLE``."""

    def encode(self, content: bytes) -> bytes:
        """As much of the content on the wire as the encoder gives."""

    def flush(self) -> bytes:
        """The rest of what was encoded so far."""

    def whole(self) -> bool:
        """Whether the stream that is decoded has had its end."""

    def end(self) -> bytes:
        """What ends the stream that is encoded."""


class Identity:
    """No coding."""

    def decode(self, wire: bytes) -> bytes:
        """The same bytes."""
        return wire

    def encode(self, content: bytes) -> bytes:
        """The same bytes."""
        return content

    def flush(self) -> bytes:
        """Nothing."""
        return b""

    def whole(self) -> bool:
        """Always: the framing says where the body ends."""
        return True

    def end(self) -> bytes:
        """Nothing."""
        return b""


class Zlib:
    """``gzip`` (RFC 1952, several members too) and zlib's or a raw deflate stream."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._decoder = zlib.decompressobj(wbits)
        self._encoder = zlib.compressobj(LEVEL, zlib.DEFLATED, wbits)

    def decode(self, wire: bytes) -> bytes:
        """More content, over the border of members; what follows the last one is not content."""
        content = self._decoder.decompress(wire)
        while self._decoder.eof and self._another_member(self._decoder.unused_data):
            rest = self._decoder.unused_data
            self._decoder = zlib.decompressobj(self._wbits)
            content += self._decoder.decompress(rest)
        return content

    def _another_member(self, rest: bytes) -> bool:
        """RFC 1952 section 2.3.1: a member begins with 1f 8b."""
        return self._wbits == GZIP and bool(rest) and b"\x1f\x8b".startswith(rest[:2])

    def encode(self, content: bytes) -> bytes:
        """Whole blocks."""
        return self._encoder.compress(content)

    def flush(self) -> bytes:
        """To a byte border."""
        return self._encoder.flush(zlib.Z_SYNC_FLUSH)

    def whole(self) -> bool:
        """Whether the last member had its end."""
        return self._decoder.eof

    def end(self) -> bytes:
        """The last block and the checksum."""
        return self._encoder.flush(zlib.Z_FINISH)


class Deflate:
    """``deflate``: RFC 1950 as RFC 9110 section 8.4.1.2 wants it, or RFC 1951 without a header, as some servers send."""

    def __init__(self) -> None:
        self._start = b""
        self._chosen: Zlib | None = None

    def decode(self, wire: bytes) -> bytes:
        """More content, once the two bytes have come that tell which of the two it is."""
        if self._chosen is None:
            wire = self._start = self._start + wire
            if len(wire) < 2:
                return b""
            self._chosen = Zlib(zlib.MAX_WBITS if _has_zlib_header(wire) else -zlib.MAX_WBITS)
        return self._chosen.decode(wire)

    def encode(self, content: bytes) -> bytes:
        """Whole blocks."""
        return self._chosen.encode(content) if self._chosen else b""

    def flush(self) -> bytes:
        """To a byte border."""
        return self._chosen.flush() if self._chosen else b""

    def whole(self) -> bool:
        """Whether the end came."""
        return self._chosen is not None and self._chosen.whole()

    def end(self) -> bytes:
        """The last block and the checksum."""
        return self._chosen.end() if self._chosen else b""


def _has_zlib_header(wire: bytes) -> bool:
    """RFC 1950 section 2.2: method 8, and 31 divides the first two bytes."""
    return wire[0] & 0x0F == zlib.DEFLATED and (wire[0] << 8 | wire[1]) % 31 == 0


class Brotli:
    """``br`` (RFC 7932)."""

    def __init__(self) -> None:
        self._decoder = brotli.Decompressor()
        self._encoder = brotli.Compressor(quality=LEVEL)

    def decode(self, wire: bytes) -> bytes:
        """More content."""
        return bytes(self._decoder.process(wire))

    def encode(self, content: bytes) -> bytes:
        """Whole metablocks."""
        return bytes(self._encoder.process(content))

    def flush(self) -> bytes:
        """To a byte border."""
        return bytes(self._encoder.flush())

    def whole(self) -> bool:
        """Whether the last metablock came."""
        return bool(self._decoder.is_finished())

    def end(self) -> bytes:
        """The last metablock."""
        return bytes(self._encoder.finish())


class Zstandard:
    """``zstd`` (RFC 8878), several frames too."""

    def __init__(self) -> None:
        self._decoder = zstandard.ZstdDecompressor().decompressobj()
        self._encoder = zstandard.ZstdCompressor(level=LEVEL).compressobj()

    def decode(self, wire: bytes) -> bytes:
        """More content, over the border of frames."""
        content = []
        while wire:
            if self._decoder.eof:
                self._decoder = zstandard.ZstdDecompressor().decompressobj()
            content.append(self._decoder.decompress(wire))
            wire = self._decoder.unused_data if self._decoder.eof else b""
        return b"".join(content)

    def encode(self, content: bytes) -> bytes:
        """Whole blocks."""
        return self._encoder.compress(content)

    def flush(self) -> bytes:
        """To the end of a block."""
        return self._encoder.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)

    def whole(self) -> bool:
        """Whether the last frame had its end."""
        return self._decoder.eof

    def end(self) -> bytes:
        """The last block."""
        return self._encoder.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)


GZIP = zlib.MAX_WBITS | 16
CODINGS: dict[str, Callable[[], Coding]] = {
    "": Identity,
    "identity": Identity,
    "gzip": lambda: Zlib(GZIP),
    "x-gzip": lambda: Zlib(GZIP),
    "deflate": Deflate,
    "br": Brotli,
    "zstd": Zstandard,
}
"""By the value of Content-Encoding in lower case. Of anything else (two codings, too) the body is left alone."""
UNDECODABLE = (zlib.error, brotli.error, zstandard.ZstdError)


class Recoder:
    """One body on its way: ``feed`` every chunk, then ``finish`` (but not when the connection broke)."""

    def __init__(self, swap: Swap, coding: str = "") -> None:
        self._swap = swap
        self._coding = CODINGS[coding]()
        self._piece_bytes = WHOLE_BYTES if isinstance(self._coding, Identity) else PIECE_BYTES
        self._tail = Tail()
        self._broken = False
        self._unflushed = False

    def __call__(self, wire: bytes) -> bytes:
        """As a filter of chunks: an empty one is the end."""
        return self.feed(wire) if wire else self.finish()

    def whole(self, wire: bytes) -> bytes:
        """A body that is all there: the same as ``feed`` and ``finish``, in one step where nothing is compressed."""
        return self._swap.text(wire) if isinstance(self._coding, Identity) else self.feed(wire) + self.finish()

    def feed(self, wire: bytes) -> bytes:
        """What can leave now that this chunk has come."""
        if len(wire) <= self._piece_bytes:
            return self._piece(wire) + self._flush()
        pieces = [self._piece(wire[at : at + self._piece_bytes]) for at in range(0, len(wire), self._piece_bytes)]
        return b"".join(pieces) + self._flush()

    def finish(self) -> bytes:
        """What was held back, and the end of the coding if the vendor's had come."""
        if self._broken:
            return b""
        out = self._swapped(b"", last=True)
        return out + (self._coding.end() if self._coding.whole() else self._flush())

    def _flush(self) -> bytes:
        """The encoder's rest, if there can be one: a flush of nothing would be a body where the vendor sent none."""
        unflushed, self._unflushed = self._unflushed, False
        return self._coding.flush() if unflushed else b""

    def _piece(self, wire: bytes) -> bytes:
        if self._broken:
            return wire
        try:
            return self._swapped(self._coding.decode(wire), last=False)
        except UNDECODABLE:
            self._broken = True
            return self._swapped(b"", last=True) + self._flush() + wire

    def _swapped(self, content: bytes, *, last: bool) -> bytes:
        self._tail, out = self._swap.step(self._tail, content, last=last)
        if not out:
            return b""
        self._unflushed = True
        return self._coding.encode(out)
