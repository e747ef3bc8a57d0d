"""The tee: bytes pass at once, and what passes is kept within limits.

The law of this file: no clock of its own (it is given one) and never a byte changed: what a tee returns is what it was
given, unless it was given a rewriter, and then what was kept is still what came in. Kept bytes are in memory only:
nothing unredacted reaches a disk.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from tapehiss.proxy.settings import BEGINNING_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

CHUNKS_MAX = 4096
"""Chunk times kept for one body; later bytes are counted to the last one."""


class Budget:
    """How many bytes all bodies in flight may hold together."""

    __slots__ = ("left",)

    def __init__(self, limit_bytes: int) -> None:
        self.left = limit_bytes

    def take(self, size: int) -> bool:
        """Whether there is room, and then it is taken."""
        if size > self.left:
            return False
        self.left -= size
        return True

    def give(self, size: int) -> None:
        """Room that is free again."""
        self.left += size


class Tee:
    """One body on its way through."""

    __slots__ = (
        "_beginning",
        "_budget",
        "_clock",
        "_digest",
        "_held",
        "_limit",
        "_rewriter",
        "chunks",
        "on_end",
        "parts",
        "size",
    )

    def __init__(
        self,
        budget: Budget,
        clock: Callable[[], float],
        limit_bytes: int,
        *,
        expected_bytes: int = 0,
        rewriter: Callable[[bytes], bytes] | None = None,
        on_end: Callable[[], None] | None = None,
    ) -> None:
        """``expected_bytes``: the announced length; a body that is going to be too large is not spooled first."""
        self.parts: list[bytes] = []
        self.chunks: list[tuple[float, int]] = []
        self.size = 0
        self.on_end = on_end
        self._budget, self._clock, self._limit, self._rewriter = budget, clock, limit_bytes, rewriter
        self._beginning = min(BEGINNING_BYTES, limit_bytes)
        self._held = 0
        self._digest = hashlib.sha256() if expected_bytes > limit_bytes else None

    def __call__(self, data: bytes) -> bytes | list[bytes]:
        """One piece of the body; empty at the end. Never answers with empty bytes: those would end a chunked message."""
        if data:
            self._keep(data)
        elif self.on_end is not None:
            self.on_end()
        if self._rewriter is not None:
            data = self._rewriter(data)
        return data or []

    def _keep(self, data: bytes) -> None:
        size = len(data)
        self.size += size
        if len(self.chunks) < CHUNKS_MAX:
            self.chunks.append((self._clock(), size))
        else:
            at, before = self.chunks[-1]
            self.chunks[-1] = (at, before + size)
        if self._digest is None and (self.size > self._limit or not self._budget.take(size)):
            self._cut()
        if self._digest is None:
            self._held += size
            self.parts.append(data)
        else:
            self._keep_beginning(data)

    def _keep_beginning(self, data: bytes) -> None:
        assert self._digest is not None
        self._digest.update(data)
        kept = data[: max(0, self._beginning - self._held)]
        if kept and self._budget.take(len(kept)):
            self.parts.append(kept)
            self._held += len(kept)
        if len(kept) < len(data) or self._held < self.size:
            self._beginning = self._held  # nothing after a hole

    def _cut(self) -> None:
        """From now on only the length and the digest grow."""
        self._digest = hashlib.sha256()
        for part in self.parts:
            self._digest.update(part)
        beginning = b"".join(self._first_parts())[: self._beginning]
        self._budget.give(self._held - len(beginning))
        self.parts, self._held = [beginning], len(beginning)

    def _first_parts(self) -> list[bytes]:
        """As many parts as the beginning needs: joining all of a large body would hold it twice."""
        size = 0
        for count, part in enumerate(self.parts, 1):
            size += len(part)
            if size >= self._beginning:
                return self.parts[:count]
        return self.parts

    @property
    def body(self) -> bytes:
        """What was kept."""
        return self.parts[0] if len(self.parts) == 1 else b"".join(self.parts)

    def tail(self, limit_bytes: int) -> bytes:
        """The last of what was kept, or nothing if something is missing there."""
        if self._digest is not None:
            return b""
        size, first = 0, len(self.parts)
        while first and size < limit_bytes:
            first -= 1
            size += len(self.parts[first])
        return b"".join(self.parts[first:])[-limit_bytes:]

    @property
    def sha256(self) -> str:
        """Hex digest of the whole body if only its beginning was kept, otherwise empty."""
        return "" if self._digest is None or self.size == self._held else self._digest.hexdigest()

    def release(self) -> None:
        """Forget the bytes; the budget gets its room back."""
        self._budget.give(self._held)
        self._held = 0
        self.parts = []


def passing(rewriter: Callable[[bytes], bytes]) -> Callable[[bytes], bytes | list[bytes]]:
    """A filter that keeps nothing, for what is not recorded."""

    def passed(data: bytes) -> bytes | list[bytes]:
        return rewriter(data) or []

    return passed


class Piped:
    """Two filters of one body in a row: first what changes it for the vendor, then what keeps what the vendor is sent."""

    __slots__ = ("_first", "_second")

    def __init__(self, first: Callable[[bytes], bytes], second: Tee) -> None:
        self._first, self._second = first, second

    def __call__(self, data: bytes) -> bytes | list[bytes]:
        """One chunk; empty at the end."""
        changed = self._first(data)
        if data:
            return self._second(changed) if changed else []
        rest = self._second(changed) if changed else []
        self._second(b"")
        return rest
