"""Profiles: how a vendor limits its callers, as data in YAML: ``mocks/profiles/<vendor>.yaml`` ship with us, and anybody can write one.

A profile names its source, the date on which it was read, and how sure we are. ``plans`` change the quotas by name of the limit. What is wrong
with a file is said with file, line and field.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tapehiss.mocks.errors import BadProfile
from tapehiss.mocks.limits import Limit, Limits
from tapehiss.mocks.profile_form import ProfileForm
from tapehiss.mocks.windows import Bucket
from tapehiss.mocks.yamlfile import content_of, formed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

FOLDER = Path(__file__).parent / "profiles"


@dataclass(frozen=True, slots=True)
class Profile:
    """A vendor's limits, and where we know them from."""

    name: str
    vendor: str
    about: str
    source: str
    read: dt.date
    confidence: str
    """``official``, ``secondary``, ``memory``, ``inferred`` (from tapes) or ``ours``."""
    limits: Limits
    plans: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()
    plan: str = ""
    """The plan whose quotas ``limits`` has."""

    def on_plan(self, plan: str) -> Profile:
        """The profile with the quotas of this plan; ``BadProfile`` names those that there are."""
        quotas = dict(self.plans).get(plan)
        if quotas is None:
            known = ", ".join(name for name, _ in self.plans) or "none"
            raise BadProfile(f"has no plan {plan!r}", self.name, f"choose one of: {known}")
        wanted = dict(quotas)
        limits = tuple(_with_quota(each, wanted.get(each.name)) for each in self.limits.limits)
        return replace(self, limits=replace(self.limits, limits=limits), plan=plan)


def _with_quota(limit: Limit, quota: float | None) -> Limit:
    if quota is None:
        return limit
    if isinstance(limit.model, Bucket):
        rate_per_s = limit.model.rate_per_s * quota / limit.model.capacity
        return replace(limit, model=replace(limit.model, capacity=quota, rate_per_s=rate_per_s))
    return replace(limit, model=replace(limit.model, quota=quota))


def profile_names() -> tuple[str, ...]:
    """The profiles that ship with us."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def profile(text: str) -> Profile:
    """``klaviyo``, ``klaviyo:XL``, or a YAML file with or without a plan; raises ``BadProfile``."""
    return _planned(text, lambda name: Path(name) if name.endswith((".yaml", ".yml")) else _shipped(name))


def shipped_profile(text: str) -> Profile:
    """``klaviyo`` or ``klaviyo:XL``: only what ships with us, for a name that came over the network."""
    return _planned(text, _shipped)


def _planned(text: str, found: Callable[[str], Path]) -> Profile:
    """The profile in the file that is found by the name before the colon, on the plan behind it."""
    match = re.fullmatch(r"(.+):([^:/\\]+)", text)
    name, plan = (match[1], match[2]) if match else (text, "")
    read = read_profile(found(name))
    return read.on_plan(plan) if plan else read


def _shipped(name: str) -> Path:
    if name not in profile_names():
        remedy = f"choose one of {', '.join(profile_names())}, or give a .yaml file"
        raise BadProfile(f"no profile is called {name!r}", remedy=remedy)
    return FOLDER / f"{name}.yaml"


def read_profile(path: Path) -> Profile:
    """The profile in a file; raises ``BadProfile`` with file, line and field."""
    return parse_profile(content_of(path, BadProfile, "a YAML file with limits"), str(path), path.stem)


def parse_profile(content: bytes, where: str, name: str) -> Profile:
    """The profile in a YAML text."""
    return _value(formed(ProfileForm, content, where, BadProfile, "see docs/serving.md, limits"), name)


def _value(read: ProfileForm, name: str) -> Profile:
    limits = Limits(
        tuple(each.value(key) for key, each in read.limits.items()),
        tuple(read.headers.items()),
        tuple(read.fields.items()),
        read.refusal.value(),
        tuple(header.lower() for header in read.account),
        read.early,
    )
    plans = tuple((plan, tuple(quotas.items())) for plan, quotas in read.plans.items())
    found = Profile(name, read.vendor, read.about, read.source, read.read, read.confidence, limits, plans)
    return found.on_plan(read.plan) if read.plan else found
