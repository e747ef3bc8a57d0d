"""The rules of redaction: what is a secret, as data.

The law of this file: frozen values. What ships with us (names in ``secretnames.py``, formats in ``secretshapes.py``) is always on; a
project adds to it, or names what must stay. ``docs/redaction.md`` says how.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tapehiss.cassettes.secretnames import Names

if TYPE_CHECKING:
    import re


@dataclass(frozen=True, slots=True)
class Limits:
    """A limit on everything; what lies beyond one is quarantined, never let through."""

    scan_max_bytes: int = 256 * 1024 * 1024
    """Of one exchange."""
    taints_max: int = 100_000
    """Secrets remembered at a time."""
    depth_max: int = 7
    """Encodings inside encodings that are undone."""
    decoded_max_ratio: int = 200
    """Bytes that are read inside encodings, for each byte of an exchange."""
    rounds_max: int = 5
    """Times an exchange is read again because something new was learnt inside it."""
    unpacked_max_bytes: int = 64 * 1024 * 1024
    """Of compressed data found inside a body."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is a secret, beyond what ships with us."""

    names: Names = field(default_factory=Names)
    """Headers, query parameters and fields by name, and names that are never secret."""
    paths: tuple[re.Pattern[bytes], ...] = ()
    """What in a URL's path is a secret: the first group, or all of the match."""
    patterns: tuple[re.Pattern[bytes], ...] = ()
    """What anywhere is a secret: the first group, or all of the match."""
    keep_values: tuple[re.Pattern[bytes], ...] = ()
    """Values that are no secret, wherever they stand."""
    known: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """``(environment variable, its value)``: secrets known from the start."""
    emails: bool = False
    """Whether e-mail addresses are taken out too."""
    limits: Limits = field(default_factory=Limits)
