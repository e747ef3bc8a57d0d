"""Which documented operation a recorded one is: the same method, and a template that its path fits; the most literal one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tapehiss.contracts.operations import Operation
    from tapehiss.contracts.published_values import Description, PublishedOperation

_PARAMETER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True, slots=True)
class Matching:
    """The documented operations by method and number of segments."""

    known: Mapping[tuple[str, int], tuple[tuple[re.Pattern[str], PublishedOperation], ...]]
    hosts: frozenset[str]
    """Hosts of the documented servers; empty where there is none."""
    bases: frozenset[str]
    """First segments of the documented paths."""

    @classmethod
    def of(cls, description: Description) -> Matching:
        """What is needed to look up the operations of a description."""
        found: dict[tuple[str, int], list[tuple[re.Pattern[str], PublishedOperation]]] = {}
        for each in description.operations:
            found.setdefault((each.method, each.path.rstrip("/").count("/")), []).append((_pattern(each.path), each))
        hosts = frozenset(origin.partition("://")[2].lower() for origin in description.origins)
        bases = frozenset(each.path.split("/")[1] for each in description.operations if each.path.startswith("/"))
        return cls({key: tuple(sorted(group, key=_generality)) for key, group in found.items()}, hosts, bases)

    def find(self, operation: Operation) -> PublishedOperation | None:
        """The documented operation, the one with the fewest parameters of those that fit; ``None`` when there is none."""
        path = _PARAMETER.sub("{}", operation.path.partition("#")[0]).rstrip("/")
        candidates = self.known.get((operation.method, path.count("/")), ())
        return next((published for pattern, published in candidates if pattern.fullmatch(path)), None)

    def is_named(self, operation: Operation) -> bool:
        """Whether an operation is at a server that the description names."""
        return operation.origin.partition("://")[2] in self.hosts

    def is_served(self, operation: Operation) -> bool:
        """Whether an operation is on a server that the description is about, or beside what is documented on a sister of it."""
        if not self.hosts or self.is_named(operation):
            return True
        host = operation.origin.partition("://")[2]
        sister = any(_domain(host) == _domain(each) for each in self.hosts)
        return sister and operation.path.split("/")[1] in self.bases

    def methods(self, operation: Operation) -> list[str]:
        """The other methods with which the path is documented."""
        others = sorted({method for method, _ in self.known} - {operation.method})
        return [method for method in others if self.find(replace(operation, method=method)) is not None]


def _pattern(path: str) -> re.Pattern[str]:
    """A template as a pattern; a recorded parameter fits only a documented one, a recorded word fits both."""
    pieces = _PARAMETER.split(path.rstrip("/"))
    return re.compile("[^/]+".join(map(re.escape, pieces)))


def _generality(each: tuple[re.Pattern[str], PublishedOperation]) -> tuple[int, str]:
    return len(_PARAMETER.findall(each[1].path)), each[1].path


def _domain(host: str) -> str:
    return ".".join(host.partition(":")[0].split(".")[-2:])
