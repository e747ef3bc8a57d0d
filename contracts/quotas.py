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
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.contracts.quota_values import dialect, items, number, ratio, span_s

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.exchange import Headers

FAMILIES_MAX = 12
"""How many quotas of one response are read."""
VALUE_LENGTH_MAX = 300
NAME_LENGTH_MAX = 60

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
        if found and (gate or role in {"limit", "remaining", "used", "reset", "window"}):
            start, end = found[-1].span()
            return Role(role, _family(name[:start] + name[end:]), gate is not None)
    return Role("stated", _family(name), sure=True) if gate else None


def quotas_of(headers: Headers) -> tuple[Quota, ...]:
    """What a response's headers say about quotas, by family."""
    places = _telling(tuple([name for name, _ in headers]))
    return _quotas(tuple([headers[place] for place in places])) if places else ()


@lru_cache(maxsize=1_024)
def _telling(names: tuple[str, ...]) -> tuple[int, ...]:
    """Places of the names that have a role."""
    return tuple([place for place, name in enumerate(names) if role_of(name) is not None])


@lru_cache(maxsize=512)
def _quotas(headers: Headers) -> tuple[Quota, ...]:
    """The quotas of headers that all have a role; few are different from one answer to the next."""
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


def _family(name: str) -> str:
    """A header's name without its role; ``requests`` and ``request`` are one."""
    return re.sub(r"requests(?![-_]?[a-z]*s\Z)", "request", re.sub(r"-{2,}", "-", name).strip("-")) or "quota"


def _read(family: str, told: dict[str, tuple[str, str]], *, sure: bool) -> Iterator[Quota]:
    """The quotas of one family: the one that its headers tell of, and those that only a policy or an item names."""
    if not sure and not ("remaining" in told and not told.keys().isdisjoint({"limit", "reset", "used"})):
        return
    values = {role: value for role, (_, value) in told.items()}
    headers = tuple(sorted((role, name) for role, (name, _) in told.items()))
    quota = Quota(
        family,
        headers,
        limit=number(values.get("limit", "")),
        remaining=number(values.get("remaining", "")),
        reset=values.get("reset", ""),
        window_s=_window_s(family, told),
        name=values.get("name", "")[:NAME_LENGTH_MAX],
    )
    quotas = list(_stated(quota, values.get("stated", "")))
    policies = _policies(values)
    ruled = [_under_policy(each, policies, alone=len(quotas) == 1) for each in quotas]
    yield from ruled
    known = {(each.limit, each.window_s) for each in ruled}
    for policy in policies:
        if (policy.limit, policy.window_s) not in known:
            yield Quota(f"{family}:{policy.key}", headers, policy.limit, window_s=policy.window_s, name=policy.name)


def _stated(quota: Quota, text: str) -> Iterator[Quota]:
    """The quotas that a header tells which has everything in its value."""
    share = ratio(text)
    if share:
        yield replace(quota, limit=share[1], remaining=max(0.0, share[1] - share[0]))
        return
    told = [item for item in items(text) if item.parameters]
    if not told:
        yield quota if quota.limit is not None or number(text) is None else replace(quota, limit=number(text))
    for item in told:
        have = item.parameters
        yield replace(
            quota,
            family=f"{quota.family}:{item.name}" if len(told) > 1 and item.name else quota.family,
            name=quota.name or item.name,
            limit=have.get("limit", have.get("q", quota.limit)),
            remaining=have.get("remaining", have.get("r", quota.remaining)),
            reset=quota.reset or _text(have.get("reset", have.get("t"))),
            window_s=have.get("w", quota.window_s),
        )


class _Policy(NamedTuple):
    """A quota as a policy names it."""

    name: str
    limit: float
    window_s: float

    @property
    def key(self) -> str:
        """What tells the policies of one header apart."""
        return self.name or f"{self.window_s:g}"


def _policies(values: dict[str, str]) -> list[_Policy]:
    """The policies of ``RateLimit-Policy``, or behind the number in ``RateLimit-Limit``."""
    found: list[_Policy] = []
    for name, have in [*items(values.get("policy", "")), *items(values.get("limit", ""))]:
        limit = have.get("q", number(name))
        if limit is not None and "w" in have:
            found.append(_Policy("" if number(name) is not None else name, limit, have["w"]))
    return found


def _under_policy(quota: Quota, policies: list[_Policy], *, alone: bool) -> Quota:
    """A quota with the limit and the window of its policy: the one of its name, else of its number, else the only one."""
    fits = [policy for policy in policies if policy.name and policy.name == quota.name]
    fits = fits or [policy for policy in policies if policy.limit == quota.limit]
    fits = fits or (policies if alone and len(policies) == 1 else [])
    if not fits:
        return quota
    policy = fits[0]
    return replace(
        quota,
        family=f"{quota.family.partition(':')[0]}:{policy.key}" if len(policies) > 1 else quota.family,
        limit=policy.limit if quota.limit is None else quota.limit,
        window_s=policy.window_s if quota.window_s is None else quota.window_s,
    )


def _window_s(family: str, told: dict[str, tuple[str, str]]) -> float | None:
    """The length of the window that a header states, or the family's name does."""
    name, value = told.get("window", ("", ""))
    length = number(value)
    if length is not None:
        return length / (1_000 if re.search(r"ms\Z|milliseconds\Z", name) else 1)
    form, length_s = dialect(value, None) if value else ("", None)
    return length_s if form == "duration" else span_s(value) or span_s(family)


def _text(value: float | None) -> str:
    return "" if value is None else format(value, ".15g")
