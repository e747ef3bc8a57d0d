"""What a user knows better than the evidence: templates, in a file that is kept beside the contract.

A template is a path, or an origin and a path: ``/users/{login}/repos/{repository}``. It settles every path that begins like it:
where it has a parameter, what stands there is one and is called so; where it has a segment, that segment stays as it is::

    templates = [
        "/users/{login}",
        "/users/top-ten",
        "/command/core/get-preference",
        "https://api.vendor.example/reports/2024",
    ]
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from tapehiss.contracts.errors import DamagedOverrides
from tapehiss.contracts.segments import apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TEMPLATES_MAX = 10_000
"""How many templates one file may have."""

_SEGMENT = re.compile(r"\{([A-Za-z_][\w.-]*)\}([^{}]*)|[^{}]+")


def read_overrides(text: str | bytes, *, where: str = "") -> frozenset[str]:
    """The templates of an overrides file (TOML); ``DamagedOverrides`` when it is anything else."""
    remedy = 'write: templates = ["/users/{login}", "/users/me"]'
    try:
        said = tomllib.loads(text.decode() if isinstance(text, bytes) else text)
    except ValueError as error:
        raise DamagedOverrides(f"not TOML: {error}", where=where, remedy=remedy) from error
    templates = said.pop("templates", [])
    if said or not isinstance(templates, list) or len(templates) > TEMPLATES_MAX:
        raise DamagedOverrides("something else than one list of templates", where=where, remedy=remedy)
    for template in templates:
        if not is_template(template):
            raise DamagedOverrides(f"not a template: {template!r}", where=where, remedy=remedy)
    return frozenset(templates)


def is_template(template: object) -> bool:
    """Whether something is a path, with or without an origin, whose parameters are in braces."""
    if not isinstance(template, str) or not re.fullmatch(r"(?:[a-z][a-z0-9+.-]*://[^/\s]+)?/[^\s?#]*", template):
        return False
    names = [match[1] for segment in _segments(template) if (match := _SEGMENT.fullmatch(segment)) and match[1]]
    return all(_SEGMENT.fullmatch(segment) for segment in _segments(template) if segment) and len(set(names)) == len(
        names
    )


def _segments(template: str) -> list[str]:
    return template[template.index("/", template.find("://") + 3 if "://" in template else 0) :].split("/")[1:]


@dataclass(frozen=True, slots=True)
class Overrides:
    """The templates that settle one place of a path, and how far they reach beyond it."""

    tails: tuple[tuple[str, ...], ...] = ()
    """What follows this place in each template."""

    def after(self, step: str) -> Overrides:
        """Those that settle the place after this segment; ``{}`` at its beginning for a parameter."""
        return Overrides(
            tuple(tail[1:] for tail in self.tails if len(tail) > 1 and (step == tail[0] or _is_both(step, tail[0])))
        )

    @property
    def literals(self) -> frozenset[str]:
        """The segments that stay literal here."""
        return frozenset(tail[0] for tail in self.tails if tail[0][:1] != "{")

    def name(self, end: str) -> str:
        """What the parameter with this literal end is called here; empty when nobody said so."""
        return min((match[1] for match in self._parameters() if match[2] == end), default="")

    @property
    def ends(self) -> frozenset[str]:
        """The literal ends of the parameters that are here."""
        return frozenset(match[2] for match in self._parameters())

    def _parameters(self) -> list[re.Match[str]]:
        return [match for tail in self.tails if (match := _SEGMENT.fullmatch(tail[0])) and match[1]]


def _is_both(step: str, segment: str) -> bool:
    """Whether both are parameters with the same literal end."""
    ours, theirs = _SEGMENT.fullmatch(step), _SEGMENT.fullmatch(segment)
    return bool(ours and theirs and ours[1] and theirs[1] and ours[2] == theirs[2])


def overrides_of(templates: Iterable[str], origin: str) -> Overrides:
    """What templates say of the paths of an origin; order and repetition do not matter."""
    told = set()
    for template in templates:
        parts = urlsplit(template)
        if not parts.scheme or f"{parts.scheme}://{parts.netloc}".lower() == origin:
            told.add(tuple(piece for segment in _segments(template) for piece in apart(_plain(segment))))
    return Overrides(tuple(sorted(told)))


def _plain(segment: str) -> str:
    """A segment as operations write it; escapes stay."""
    return segment if segment[:1] == "{" else quote(segment, safe="%~!$&'()*+,;=:@-._")


def spelled(steps: Sequence[str], values: dict[int, str], overrides: Overrides) -> dict[int, str]:
    """Places of parameters that a template wants literal -> the segment that stood there."""
    found: dict[int, str] = {}
    for place, step in enumerate(steps, start=1):
        stem, *action = apart(step)
        literal = values.get(place, "") + stem.partition("}")[2]
        if place in values and literal in overrides.literals:
            found[place] = literal + "".join(action)[1:]
            stem = literal
        for piece in (stem, *action):
            overrides = overrides.after(piece)
        if not overrides.tails:
            break
    return found
