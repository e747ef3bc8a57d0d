"""How long a vendor asks to be left alone: ``Retry-After`` (RFC 9110 section 10.2.3) and its kin, in every form that occurs.

The law of this file: total and never early. For any text the answer is ``None`` or a finite number of seconds, 0 or more; nothing
raises; a larger number never gives a shorter wait (absurd ones are capped at ``SECONDS_MAX``, not ignored). Digits are ASCII
digits; a fraction is accepted because vendors send them. A date is measured against the response's own ``Date``, so that a
wrong clock here does not matter, and counts to the end of its second, because both dates are cut to whole seconds.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_tz
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header, header_values

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers

SECONDS_MAX = 1e10
"""Three centuries: nobody means more, and it does not overflow anybody's sleep."""
MILLISECONDS = ("retry-after-ms", "x-ms-retry-after-ms")
"""Headers that say it in milliseconds: OpenAI's, and Azure's."""
DATE_LENGTH_MAX = 100
"""No form of a date is longer."""

_SECONDS = re.compile(r"[0-9]+(?:\.[0-9]*)?", re.ASCII)
_ZONED = re.compile(
    r".* (?:GMT|UTC?|[+-](?:0[0-9]|1[0-4])[0-5][0-9])|[A-Z][a-z]{2} [A-Z][a-z]{2} [ 0-9][0-9] [0-9:]{8} [0-9]{4}",
    re.ASCII,
)
"""Dates of which the zone is known; C's asctime has none and is UTC by definition."""


def retry_after(headers: Headers, unix_s: float) -> float | None:
    """The seconds that a response asks for, the longest if it asks more than once.

    ``unix_s`` (our clock) stands in where the response has no ``Date`` that can be read.
    """
    date = instant(header(headers, "date") or "")
    now = unix_s if date is None else date
    waits = [parse(value, now) for value in header_values(headers, "retry-after")]
    waits += [_milliseconds(value) for name in MILLISECONDS for value in header_values(headers, name)]
    return max((wait_s for wait_s in waits if wait_s is not None), default=None)


def parse(value: str, now_unix_s: float) -> float | None:
    """The seconds that one value of the header asks for, at this instant of the vendor's clock; ``None`` if it says nothing."""
    text = value.strip(" \t")
    if _SECONDS.fullmatch(text):
        return min(float(text), SECONDS_MAX)
    at = instant(text)
    if at is None:
        return None
    wait_s = at - now_unix_s
    return min(wait_s + 1.0, SECONDS_MAX) if wait_s >= 0 else 0.0


def _milliseconds(value: str) -> float | None:
    text = value.strip(" \t")
    return min(float(text) / 1_000, SECONDS_MAX) if _SECONDS.fullmatch(text) else None


def instant(text: str) -> float | None:
    """Unix time of an HTTP date (RFC 9110 section 5.6.7) or of RFC 3339, which vendors send too; ``None`` for anything else.

    A date that needs a zone and has none is no instant: it could be off by half a day.
    """
    if not 0 < len(text) <= DATE_LENGTH_MAX:
        return None
    try:
        return _rfc_3339(text) if text[:1].isdigit() and "T" in text[:11] else _rfc_9110(text)
    except (ValueError, OverflowError, TypeError, IndexError):  # the two parsers below us, on text that means nothing
        return None


def _rfc_9110(text: str) -> float | None:
    parsed = parsedate_tz(text) if _ZONED.fullmatch(text) else None
    return None if parsed is None else datetime(*parsed[:6], tzinfo=UTC).timestamp() - (parsed[9] or 0)


def _rfc_3339(text: str) -> float | None:
    at = datetime.fromisoformat(text)
    return at.timestamp() if at.tzinfo is not None else None
