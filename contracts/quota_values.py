"""What the values of rate-limit headers mean: numbers, waits and instants, lists of policies, ratios, words for spans of time.

Nothing here fails, whatever a vendor sends: what is not understood is told as ``other``, or not at all.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple

from tapehiss.contracts.http_dates import instant_of

_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?")
_GO = re.compile(r"(?:\d{1,9}(?:\.\d{1,9})?(?:ns|us|µs|ms|h|m|s))+\Z")
_GO_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|h|m|s)")
_GO_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3_600.0}
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:")
_RATIO = re.compile(r"(?:\A|[=\s])(\d{1,15})\s*/\s*(\d{1,15})\s*\Z")
_ITEM = re.compile(r"\s*\"?([^\";,]{1,60}?)\"?\s*((?:;[^,;]{1,60})*)(?:,|\Z)")
_PARAMETER = re.compile(r";\s*([a-z]{1,10})\s*=\s*\"?(\d{1,15})")
_SPAN_WORD = re.compile(
    r"(?<![a-z])(?P<count>\d{0,4})-?(?P<unit>second|sec|s|minute|min|hour|h|day|dai|month)(?:s|ly)?(?![a-z])",
    re.IGNORECASE,
)
_SPAN_S = {
    "s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3_600, "hour": 3_600, "day": 86_400, "dai": 86_400, "month": 2_592_000,
}  # fmt: skip
_MILLISECONDS_FROM = 31 * 86_400
"""No quota makes anybody wait for so many seconds: a larger number is of milliseconds."""


class Item(NamedTuple):
    """One item of a structured list (RFC 9651): ``"burst";q=100;w=60``, ``10;w=1``, or ``limit=100``."""

    name: str
    parameters: dict[str, float]


def number(text: str) -> float | None:
    """The number that a value is, or begins with before its first comma or semicolon: ``150`` of ``150, 1;w=1``."""
    match = re.match(rf"\s*({_NUMBER.pattern})\s*(?=[,;]|\Z)", text)
    return float(match[1]) if match else None


def items(text: str) -> list[Item]:
    """The items of a list; members of the form ``limit=100`` are parameters of one item without a name."""
    found: list[Item] = []
    loose: dict[str, float] = {}
    for name, parameters in _ITEM.findall(text):
        key, _, value = name.partition("=")
        if value.strip().isdecimal() and len(value) <= 15:
            loose[key.strip()] = float(value)
        else:
            found.append(Item(name, {key: float(value) for key, value in _PARAMETER.findall(parameters)}))
    return [*found, Item("", loose)] if loose else found


def ratio(text: str) -> tuple[float, float] | None:
    """Used and allowed: ``32/40``, ``api-usage=18/5000``."""
    match = _RATIO.search(text)
    return (float(match[1]), float(match[2])) if match else None


def dialect(text: str, now_s: float | None) -> tuple[str, float | None]:
    """The form of an instant or a wait, and how many seconds after ``now_s`` it lies (``None`` where that cannot be told).

    Forms: ``seconds``, ``milliseconds``, ``epoch-seconds``, ``epoch-milliseconds``, ``rfc3339``, ``http-date``, ``duration``
    (``6m0s``, as Go writes it), ``other``.
    """
    text = text.strip().strip('"')
    if _NUMBER.fullmatch(text):
        return _number_dialect(float(text), now_s)
    if _GO.match(text):
        return "duration", sum(float(count) * _GO_S[unit] for count, unit in _GO_PIECE.findall(text))
    at_s, form = _date(text)
    return form, at_s - now_s if at_s is not None and now_s is not None else None


def span_s(text: str) -> float | None:
    """The span that words name: ``minute``, ``daily``, ``24hour``, ``10s``."""
    match = _SPAN_WORD.search(text)
    return float(match["count"] or 1) * _SPAN_S[match["unit"].lower()] if match else None


def _number_dialect(value: float, now_s: float | None) -> tuple[str, float | None]:
    if value >= 1e11:
        return "epoch-milliseconds", value / 1_000 - now_s if now_s is not None else None
    if value >= 5e8:
        return "epoch-seconds", value - now_s if now_s is not None else None
    return ("milliseconds", value / 1_000) if value > _MILLISECONDS_FROM else ("seconds", value)


def _date(text: str) -> tuple[float | None, str]:
    """Unix time of a date, and its form; a date without a zone is taken for UTC."""
    if _RFC3339.match(text) is None:
        at_s = instant_of(text)
        return at_s, "other" if at_s is None else "http-date"
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp(), "rfc3339"
    except (ValueError, OverflowError):
        return None, "other"
