"""What an exchange shows of the vendor's rate limits: quotas, windows, resets, and what being turned away looks like.

The vendor's own clock (``Date``) tells the time where it is sent; the recorder's where it is not.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from tapehiss.cassettes.exchange import header
from tapehiss.contracts.conduct import Window
from tapehiss.contracts.http_dates import instant_of
from tapehiss.contracts.quota_values import dialect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Headers, Response
    from tapehiss.contracts.quotas import Quota

LIMITED = frozenset({420, 429})
"""Statuses that mean nothing else than: too many (RFC 6585 section 4; 420 is Twitter's and its imitators')."""
PERHAPS = frozenset({403, 430, 503, 509, 529})
"""Statuses that mean it where the answer says how long to wait, or that nothing remains, or says so in words."""
BODY_MAX_BYTES = 4_000

_WORDS = re.compile(
    rb"rate[ _-]?limit|too many (?:requests|calls)|throttl|slow ?down|quota|overloaded|concurren", re.IGNORECASE
)
_WINDOWS_APART_S = 2.0

STEP = 1.15
"""The sign ``filling`` tells the time to fill an empty bucket by its logarithm to this base."""
EXACT_FROM_S = 8.0
"""Shorter waits in whole seconds say too little about proportions."""


def signs(response: Response, told: Headers, now_s: float | None, quotas: tuple[Quota, ...]) -> Iterator[str]:
    """What one answer shows of limits; ``told`` are those of its headers that matter."""
    yield from of_quotas(quotas, now_s)
    if told or response.status in LIMITED | PERHAPS:
        yield from _turned_away(response, told, now_s, quotas)


def of_quotas(quotas: Iterable[Quota], now_s: float | None) -> Iterator[str]:
    """What quotas say; without a reset it is the same at any time."""
    for quota in quotas:
        yield from _quota(quota, now_s)


def _quota(quota: Quota, now_s: float | None) -> Iterator[str]:
    """What one quota says."""
    family = _word(quota.family)
    yield " ".join(["quota", family, *(f"{role}={_word(name)}" for role, name in quota.headers)])
    if quota.limit is not None:
        yield f"limit {family} {quota.limit:.10g} {'-' if quota.window_s is None else format(quota.window_s, '.10g')}"
    if quota.reset:
        yield f"reset {family} {dialect(quota.reset, now_s)[0]}"
    full_s = _full_s(quota, now_s)
    if full_s is not None:
        spent = (quota.limit or 0) - (quota.remaining or 0)
        yield f"filling {family} {round(math.log(full_s) / math.log(STEP))} {min(int(math.log2(spent)) if spent >= 1 else 0, 9)}"
    if quota.name:
        yield f"quota-name {family} {_word(quota.name)}"


@lru_cache(maxsize=4_096)
def _word(text: str) -> str:
    return quote(text, safe=":-_.")


def windows(now_s: float | None, quotas: tuple[Quota, ...]) -> Iterator[tuple[str, Window]]:
    """The windows that an answer speaks of: the quota with its limit and the instant of the next refill."""
    for quota in quotas:
        wait_s = dialect(quota.reset, now_s)[1] if quota.reset else None
        if now_s is not None and wait_s is not None and quota.remaining is not None and 0 <= wait_s < 40 * 86_400:
            instant = round((now_s + wait_s) / _WINDOWS_APART_S) * _WINDOWS_APART_S
            limit = "-" if quota.limit is None else f"{quota.limit:.10g}"
            yield (
                f"{_word(quota.family)} {limit} {instant:.0f}",
                Window(1, now_s, now_s, quota.remaining, quota.remaining),
            )


def _full_s(quota: Quota, now_s: float | None) -> float | None:
    """How long an empty bucket would take to be full if what is missing now is filled up in the time that is told."""
    if not quota.reset or quota.limit is None or quota.remaining is None or quota.remaining >= quota.limit:
        return None
    form, wait_s = dialect(quota.reset, now_s)
    exact = form == "duration" or (wait_s is not None and wait_s >= EXACT_FROM_S)
    return wait_s * quota.limit / (quota.limit - quota.remaining) if wait_s and wait_s > 0 and exact else None


def now_of(told: Headers, at_s: float) -> float | None:
    """When an answer was made: by the vendor's clock, else by the recorder's, else unknown."""
    date = header(told, "date")
    now_s = _date_s(date) if date else None
    return (at_s or None) if now_s is None else now_s


_date_s = lru_cache(maxsize=512)(instant_of)


def _turned_away(response: Response, told: Headers, now_s: float | None, quotas: tuple[Quota, ...]) -> Iterator[str]:
    """The signs of an answer that says: too many."""
    after = header(told, "retry-after")
    form, wait_s = dialect(after, now_s) if after else ("-", None)
    limited = _limited(response, quotas, waits=bool(after))
    if after and not limited:
        yield f"retry-after {response.status} {form}"
    if limited:
        spent = "spent" if any(quota.remaining == 0 for quota in quotas) else "quota" if quotas else "no-quota"
        yield f"limited {response.status} {form} {spent}"
    if limited and after and wait_s is not None:
        yield f"wait {response.status} {form} {'decimal' if '.' in after else 'whole'} {wait_s:.3g}"


def _limited(response: Response, quotas: tuple[Quota, ...], *, waits: bool) -> bool:
    if response.status in LIMITED:
        return True
    spent = any(quota.remaining == 0 for quota in quotas)
    return response.status in PERHAPS and (waits or spent or _WORDS.search(response.body[:BODY_MAX_BYTES]) is not None)
