"""When the pieces of a body come, where a fault slows them down: drips and pauses."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.mocks.outcome import Manner

Pieces = tuple[tuple[float, bytes], ...]
"""``(seconds after the answer began, bytes)``."""

STEP_S = 0.1
"""A drip comes in pieces of a tenth of a second."""
DRIPS_MAX = 10_000
"""A long body comes in larger ones."""


def mannered(pieces: Pieces, manner: Manner) -> Pieces:
    """The pieces at the times at which they come; where there is nothing to slow down they stay."""
    if manner.bytes_per_s:
        pieces = tuple(_dripped(pieces, manner.bytes_per_s)) or pieces
    return (tuple(_stalled(pieces, manner.stall_at_bytes, manner.stall_s)) or pieces) if manner.stall_s else pieces


def _dripped(pieces: Pieces, bytes_per_s: float) -> Iterator[tuple[float, bytes]]:
    """No piece before its bytes fit through; the first bytes come at once."""
    size = sum(len(content) for _, content in pieces)
    step = max(1, math.ceil(bytes_per_s * STEP_S), math.ceil(size / DRIPS_MAX))
    free_s = 0.0
    for at_s, content in pieces:
        for begin in range(0, len(content), step):
            drop = content[begin : begin + step]
            free_s = max(free_s, at_s)
            yield free_s, drop
            free_s += len(drop) / bytes_per_s


def _stalled(pieces: Pieces, at_bytes: int, stall_s: float) -> Iterator[tuple[float, bytes]]:
    """The pieces up to a byte, and the rest later."""
    size = sum(len(content) for _, content in pieces)
    left = min(at_bytes, max(size - 1, 0))
    for at_s, content in pieces:
        early, late = content[:left], content[left:]
        left = max(left - len(content), 0)
        if early:
            yield at_s, early
        if late:
            yield at_s + stall_s, late
