"""What a vendor says about its limits while it answers, as a bound on what is sent next: it only tightens, and it expires.

Read are quota headers in every dialect that ``contracts.quotas`` knows, and ``Retry-After`` on an answer that turned us away. A
remainder was told before the calls that still run were counted, perhaps: these are taken off. Instants that a vendor tells in
whole seconds count to the end of that second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import header
from tapehiss.contracts.quota_values import dialect
from tapehiss.contracts.quotas import quotas_of
from tapehiss.contracts.retry_after import instant, retry_after

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Response
    from tapehiss.contracts.quotas import Quota

HINT_MAX_S = 86_400.0
"""No hint holds longer: a quota of a month that is used up is asked about once a day."""
TURNED_AWAY = frozenset({429, 503})
WHOLE_SECONDS = frozenset({"epoch-seconds", "http-date", "rfc3339"})


@dataclass(frozen=True, slots=True)
class Hint:
    """So much may be sent until then."""

    left: float
    until: float
    """On the driver's monotonic clock."""


def hints_of(response: Response, at: float, unix_s: float, running: float) -> dict[str, Hint]:
    """What an answer that came ``at`` says, by the vendor's own name for it, while other calls of that cost still run."""
    now_s = instant(header(response.headers, "date") or "") or unix_s
    found: dict[str, Hint] = {}
    for quota in quotas_of(response.headers):
        hint = _of_quota(quota, at, now_s, running)
        if hint is not None:
            found[f"{quota.family} {quota.limit}"] = hint  # GitHub counts searches apart, under the same names
    wait_s = retry_after(response.headers, unix_s) if response.status in TURNED_AWAY else None
    if wait_s:
        found["retry-after"] = Hint(0.0, at + min(wait_s, HINT_MAX_S))
    return found


def _of_quota(quota: Quota, at: float, now_s: float, running: float) -> Hint | None:
    if quota.remaining is None or not quota.reset:
        return None
    form, reset_s = dialect(quota.reset, now_s)
    if reset_s is None or reset_s <= 0 or ("token" in quota.family and quota.remaining > 0):
        return None  # what is not counted in calls says something only when nothing is left
    wait_s = reset_s + (1.0 if form in WHOLE_SECONDS else 0.0)
    return Hint(max(quota.remaining - running, 0.0), at + min(wait_s, HINT_MAX_S))


def tightened(known: Hint | None, told: Hint, now: float) -> Hint:
    """A hint that is in force is only made tighter; one that has expired is forgotten."""
    if known is None or known.until <= now:
        return told
    if told.left == 0 and told.until > known.until:
        return told
    return Hint(min(known.left, told.left), known.until)
