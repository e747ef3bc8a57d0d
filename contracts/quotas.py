"""Rate-limit headers, whatever their dialect: which header says what, and what its value means.

A header's *role* is found by the words of its name, in any order: ``X-RateLimit-Remaining``, ``anthropic-ratelimit-tokens-remaining``,
``x-ratelimit-remaining-tokens``, ``X-Request-Remaining``. What is left of the name without the role is the *family*: the headers
of one quota. Names that speak of rates or quotas are taken at their word; others (``X-Request-Limit``) only where one of the family
says what remains. Structured forms: draft-ietf-httpapi-ratelimit-headers (``RateLimit``, ``RateLimit-Policy``), its older
three headers with ``;w=``, ``32/40``, ``api-usage=18/5000``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Headers

FAMILIES_MAX = 12
"""How many quotas of one response are read."""
VALUE_LENGTH_MAX = 300

_GATE = re.compile(r"rate[-_]?limit(?:ing)?|quota|throttl(?:e|ing)|qps|call-limit|limit-info|api-usage|concurrency")
_ROLES = (
    (
        "reset",
        re.compile(
            r"[-_]?(?:resets?(?:[-_]?(?:after|at|in|time|timestamp|on|epoch|date|ms|seconds|secs?))*|retry[-_]?after)"
        ),
    ),
    ("remaining", re.compile(r"[-_]?(?:remaining|remain|left|available)")),
    ("window", re.compile(r"[-_]?(?:interval|window|period)(?:[-_]?(?:milliseconds|ms|seconds|secs?|size|length))?")),
    ("used", re.compile(r"[-_]?(?:used|usage|current|consumed|count)(?![a-z])")),
    ("policy", re.compile(r"[-_]?policy")),
    ("name", re.compile(r"[-_]?(?:name|resource|bucket|scope|class|category|reason|rule|type)(?![a-z])")),
    ("limit", re.compile(r"[-_]?(?:limit|max(?:imum)?|allotted|allowed|capacity|total|size)(?![a-z]{2}(?!ader))")),
)
_SPAN_WORD = re.compile(
    r"(?<![a-z])(?P<count>\d{0,4})-?(?P<unit>second|secondly|sec|s|minute|minutely|min|hour|hourly|h|day|daily|month|monthly)s?(?![a-z])"
)
_SPAN_S = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "h": 3_600,
    "hour": 3_600,
    "day": 86_400,
    "dai": 86_400,
    "month": 2_592_000,
}
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?")
_GO = re.compile(r"(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|h|m|s))+\Z")
_GO_PIECE = re.compile(r"(\d+(?:\.\d+)?)(ns|us|µs|ms|h|m|s)")
_GO_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3_600.0}
_RATIO = re.compile(r"(?:\A|[=\s])(\d{1,15})\s*/\s*(\d{1,15})\s*\Z")
_MEMBER = re.compile(r"(?:\A|[,;\s])(limit|remaining|reset|[rtqw])\s*=\s*(\d{1,15})")
_WEEK_S = 604_800.0


@dataclass(frozen=True, slots=True)
class Quota:
    """What one response said about one quota."""

    family: str
    headers: tuple[tuple[str, str], ...] = ()
    """Role -> header name in lower case, sorted."""
    limit: float | None = None
    remaining: float | None = None
    reset: str = ""
    """As it was sent."""
    window_s: float | None = None
    """The length of the window, where a header or its name states it."""
    name: str = ""
    """What the vendor calls the quota."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a header says, by its name."""

    role: str
    """``limit``, ``remaining``, ``used``, ``reset``, ``window``, ``policy``, ``name`` or ``stated`` (it is all in the value)."""
    family: str
    sure: bool
    """Whether the name speaks of rates or quotas."""


@lru_cache(maxsize=4_096)
def role_of(name: str) -> Role | None:
    """The role of a header; ``None`` for one that has nothing to do with quotas, as far as its name tells."""
    name = name.lower().replace("_", "-")
    if name in {"retry-after", "access-control-max-age"}:
        return None
    gate = _GATE.search(name)
    masked = f"{name[: gate.start()]}{'#' * (gate.end() - gate.start())}{name[gate.end() :]}" if gate else name
    for role, words in _ROLES:
        found = list(words.finditer(masked))
        if found:
            start, end = found[-1].span()
            return Role(role, _family(name[:start] + name[end:]), gate is not None)
    return Role("stated", _family(name), sure=True) if gate else None


def quotas_of(headers: Headers) -> tuple[Quota, ...]:
    """What a response's headers say about quotas, by family."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    sure: set[str] = set()
    for name, value in headers:
        role = role_of(name)
        if role is not None:
            found.setdefault(role.family, {}).setdefault(role.role, (name.lower(), value[:VALUE_LENGTH_MAX].strip()))
            if role.sure:
                sure.add(role.family)
    told = (quota for family in sorted(found) for quota in _read(family, found[family], sure=family in sure))
    return tuple(quota for _, quota in zip(range(FAMILIES_MAX), told, strict=False))


def dialect(text: str, now_s: float | None) -> tuple[str, float | None]:
    """The form of an instant or a wait, and how many seconds after ``now_s`` it lies (``None`` where that cannot be told).

    Forms: ``seconds``, ``milliseconds``, ``epoch-seconds``, ``epoch-milliseconds``, ``rfc3339``, ``http-date``, ``duration`` (``6m0s``), ``other``.
    """
    text = text.strip().strip('"')
    if _NUMBER.fullmatch(text):
        return _number_dialect(float(text), now_s)
    if _GO.match(text):
        return "duration", sum(float(count) * _GO_S[unit] for count, unit in _GO_PIECE.findall(text))
    at_s, form = _date(text)
    return form, at_s - now_s if at_s is not None and now_s is not None else None


def _number_dialect(value: float, now_s: float | None) -> tuple[str, float | None]:
    if value >= 1e11:
        return "epoch-milliseconds", value / 1_000 - now_s if now_s is not None else None
    if value >= 5e8:
        return "epoch-seconds", value - now_s if now_s is not None else None
    return ("milliseconds", value / 1_000) if value > 31 * 86_400 else ("seconds", value)


def _date(text: str) -> tuple[float | None, str]:
    try:
        if re.match(r"\d{4}-\d\d-\d\d[T ]", text):
            return datetime.fromisoformat(text).timestamp(), "rfc3339"
        return parsedate_to_datetime(text).timestamp(), "http-date"
    except (ValueError, TypeError, OverflowError, IndexError):
        return None, "other"


def _family(name: str) -> str:
    """A header's name without its role; ``requests`` and ``request`` are one."""
    return re.sub(r"requests(?![-_]?[a-z]*s\Z)", "request", re.sub(r"-{2,}", "-", name).strip("-")) or "quota"


def _read(family: str, told: dict[str, tuple[str, str]], *, sure: bool) -> Iterator[Quota]:
    if not sure and not ("remaining" in told and not told.keys().isdisjoint({"limit", "reset", "used"})):
        return
    quota = Quota(family, tuple(sorted((role, name) for role, (name, _) in told.items())))
    values = {role: value for role, (_, value) in told.items()}
    quota = replace(
        quota,
        limit=_first(values.get("limit", "")),
        remaining=_first(values.get("remaining", "")),
        reset=values.get("reset", ""),
        window_s=_window_s(family, told),
        name=values.get("name", "")[:60],
    )
    yield _structured(quota, values.get("stated", "") or values.get("limit", ""))


def _structured(quota: Quota, text: str) -> Quota:
    """A quota with what a header with several members says."""
    ratio = _RATIO.search(text)
    if ratio:
        used, limit = float(ratio[1]), float(ratio[2])
        return replace(quota, limit=limit, remaining=max(0.0, limit - used))
    members = dict(_MEMBER.findall(text))
    if quota.limit is None and _NUMBER.fullmatch(text):
        return replace(quota, limit=float(text))
    return replace(
        quota,
        limit=quota.limit if quota.limit is not None else _float(members.get("limit", members.get("q"))),
        remaining=quota.remaining
        if quota.remaining is not None
        else _float(members.get("remaining", members.get("r"))),
        reset=quota.reset or members.get("reset", members.get("t", "")),
        window_s=quota.window_s if quota.window_s is not None else _float(members.get("w")),
    )


def _window_s(family: str, told: dict[str, tuple[str, str]]) -> float | None:
    """The length of the window that a header states, or the family's name does."""
    name, value = told.get("window", ("", ""))
    number = _NUMBER.fullmatch(value)
    if number:
        return float(value) / (1_000 if re.search(r"ms\Z|milliseconds\Z", name) else 1)
    form, length_s = dialect(value, None) if value else ("", None)
    return length_s if form == "duration" else _spelt_s(value.lower()) or _spelt_s(family)


def _spelt_s(text: str) -> float | None:
    match = _SPAN_WORD.search(text)
    if match is None:
        return None
    unit = match["unit"].removesuffix("ly")
    return float(match["count"] or 1) * _SPAN_S[unit]


def _first(text: str) -> float | None:
    """The number that a value begins with: ``150`` of ``150, 1;w=1``."""
    match = re.match(rf"({_NUMBER.pattern})(?=\s*(?:[,;]|\Z))", text)
    return float(match[1]) if match else None


def _float(text: str | None) -> float | None:
    return float(text) if text else None
