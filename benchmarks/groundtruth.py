"""Operations against what the vendor publishes: which of the documented operations that were called were found.

**Truth.** The OpenAPI, Swagger 2 or Discovery documents below ``<vendor>/groundtruth``. Only documented operations that were called
in the recordings count: of the others a recording proves nothing. A call belongs to the documented operation whose path fits it,
the most literal first; hosts, trailing slashes and parameter names do not matter. Calls that nobody documents are not counted:
published descriptions are old or partial, and what is not in them is not wrong.

**Found.** An operation of a tool *is* a documented one when both have the same method, literals in the same places, and a
parameter where the documentation has one. Where only one value of a parameter was ever called, traffic cannot show that it is one:
there, and only there, a literal with that value will do (``strict`` does not allow it).

Precision: of the tool's operations to which counted calls belong, how many are documented ones. Recall: of the documented
operations that were called, how many are among the tool's. All tools are measured by the paths of the OpenAPI that they write.
"""

from __future__ import annotations

import json
import lzma
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
HOLE = re.compile(r"\{[^{}]*\}")

Call = tuple[str, str]
"""Method and path, as called."""


@dataclass(frozen=True, slots=True, order=True)
class Template:
    """A method and a path in which ``{}`` stands for every parameter."""

    method: str
    segments: tuple[str, ...]

    @property
    def literalness(self) -> tuple[int, ...]:
        """The order in which templates are tried: literals first, from left to right."""
        return tuple(2 if segment == "{}" else 1 if "{}" in segment else 0 for segment in self.segments)

    def fits(self, segments: tuple[str, ...]) -> bool:
        """Whether a path can be called by this template; as many segments are given."""
        return all(_fits(mine, called) for mine, called in zip(self.segments, segments, strict=True))

    def __str__(self) -> str:
        return f"{self.method} /{'/'.join(self.segments)}"


def template(method: str, path: str) -> Template:
    """A template without the names of its parameters."""
    return Template(method.upper(), tuple(HOLE.sub("{}", part) for part in segments_of(path)))


def segments_of(path: str) -> tuple[str, ...]:
    """The segments of a path, percent-decoded, without a slash at the end."""
    return tuple(unquote(part) for part in path.strip("/").split("/"))


def _fits(mine: str, called: str) -> bool:
    if "{}" not in mine:
        return mine == called
    return mine == "{}" or re.fullmatch(".+".join(map(re.escape, mine.split("{}"))), called, re.DOTALL) is not None


class Router:
    """Which of many templates a call belongs to."""

    def __init__(self, templates: Iterable[Template]) -> None:
        self._held: dict[tuple[str, int], list[Template]] = {}
        for one in sorted(set(templates), key=lambda each: (each.literalness, each)):
            self._held.setdefault((one.method, len(one.segments)), []).append(one)

    def of(self, call: Call) -> Template | None:
        """The most literal template that fits, or ``None``."""
        segments = segments_of(call[1])
        return next((one for one in self._held.get((call[0], len(segments)), ()) if one.fits(segments)), None)


@dataclass
class Truth:
    """The documented operations that were called, and by which calls."""

    documented: int
    calls: dict[Template, set[Call]] = field(default_factory=dict)
    bases: dict[Template, str] = field(default_factory=dict)
    """The server's path in front of each operation, as the vendor writes it."""


def truth(published: list[tuple[str, Template]], called: Iterable[Call]) -> Truth:
    """The calls of each documented operation."""
    router = Router(each for _, each in published)
    found = Truth(len({each for _, each in published}), bases={each: base for base, each in published})
    for call in called:
        operation = router.of(call)
        if operation is not None:
            found.calls.setdefault(operation, set()).add(call)
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """How well a tool did on one vendor."""

    precision: float
    recall: float
    strict: float
    """F1 when every parameter counts, also those of which one value was called."""
    wrong: tuple[str, ...]
    """The tool's operations that are no documented ones."""

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return _f1(self.precision, self.recall)


def score(known: Truth, templates: Iterable[Template]) -> Score:
    """A tool's operations against the truth."""
    router = Router(templates)
    used: dict[Template, set[Template]] = {}
    for operation, calls in known.calls.items():
        for call in calls:
            mine = router.of(call)
            if mine is not None:
                used.setdefault(mine, set()).add(operation)
    right = {mine: same for mine, near in used.items() if (same := {one for one in near if is_same(known, mine, one)})}
    strictly = {one for one in used if one in known.calls}
    found = set().union(*right.values())
    share = _share(len(strictly), len(used)), _share(len(strictly), len(known.calls))
    wrong = tuple(sorted(str(one) for one in used if one not in right))
    return Score(_share(len(right), len(used)), _share(len(found), len(known.calls)), _f1(*share), wrong)


def is_same(known: Truth, mine: Template, documented: Template) -> bool:
    """Whether a tool's operation is the documented one, as far as traffic can show."""
    places = zip(mine.segments, documented.segments, strict=True)
    return all(ours == theirs or _shown_once(known, documented, at, ours) for at, (ours, theirs) in enumerate(places))


def _shown_once(known: Truth, documented: Template, at: int, ours: str) -> bool:
    """Whether a place is a parameter of which one value was called, and that value is what the tool has there."""
    values = {segments_of(path)[at] for _, path in known.calls[documented]}
    return "{}" in documented.segments[at] and values == {ours}


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# --- published descriptions -------------------------------------------------------------------------------------------


def published(folder: Path) -> list[tuple[str, Template]]:
    """Every documented operation below a folder, with the base path that stands in front of it."""
    found: list[tuple[str, Template]] = []
    for path in sorted(folder.glob("*")):
        text = lzma.decompress(path.read_bytes()) if path.suffix == ".xz" else path.read_bytes()
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        document = json.loads(text) if text[:1] == b"{" else yaml.load(text, loader)
        found += _discovered(document) if "discoveryVersion" in document else openapi(document)
    return found


def openapi(document: dict[str, Any]) -> list[tuple[str, Template]]:
    """The operations of an OpenAPI or Swagger document, under every base path of its servers."""
    found = []
    for path, item in (document.get("paths") or {}).items():
        for base in _bases(item.get("servers") or document.get("servers"), document.get("basePath", "")):
            found += [(base, template(method, base + path)) for method in item if method in METHODS]
    return found


def _bases(servers: list[dict[str, Any]] | None, base: str) -> list[str]:
    """The paths of servers, their variables by default."""
    found = []
    for server in servers or [{"url": base}]:
        url = server.get("url", "")
        for name, variable in (server.get("variables") or {}).items():
            url = url.replace(f"{{{name}}}", str(variable.get("default", name)))
        found.append(urlsplit(url).path.rstrip("/"))
    return sorted(set(found))


def _discovered(document: dict[str, Any]) -> list[tuple[str, Template]]:
    base = f"/{document.get('servicePath', '').strip('/')}".rstrip("/")
    return [
        (base, template(one["httpMethod"], f"{base}/{(one.get('flatPath') or one['path']).lstrip('/')}"))
        for one in _methods(document)
    ]


def _methods(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every method of a Discovery document, resources within resources."""
    yield from (node.get("methods") or {}).values()
    for resource in (node.get("resources") or {}).values():
        yield from _methods(resource)
