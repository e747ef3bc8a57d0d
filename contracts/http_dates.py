"""Dates as HTTP spells them (RFC 9110 section 5.6.7), read."""

from __future__ import annotations

from datetime import UTC
from email.utils import parsedate_to_datetime


def instant_of(text: str | None) -> float | None:
    """Unix time of a date, in UTC where it names no zone (the form of ``asctime`` never does); ``None`` for anything else."""
    try:
        at = parsedate_to_datetime(text) if text else None
        return None if at is None else (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
