"""Conduct by operation and summed by origin: what holds for a vendor as a whole is seen in the sum, what deviates is seen beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tapehiss.contracts.conduct import Conduct, Sign
from tapehiss.contracts.facts import Fact

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.facts import Argument
    from tapehiss.contracts.operations import Operation


@dataclass(frozen=True, slots=True)
class Origin:
    """One origin of a vendor with its operations."""

    name: str
    operations: tuple[tuple[str, Evidence], ...]
    """``str(Operation)`` -> evidence."""
    conduct: Conduct
    """The sum of all operations' conduct."""


def origins(entries: Iterable[tuple[Operation, Evidence]]) -> tuple[Origin, ...]:
    """The operations by origin, in order."""
    grouped: dict[str, list[tuple[str, Evidence]]] = {}
    for operation, evidence in entries:
        grouped.setdefault(operation.origin, []).append((str(operation), evidence))
    return tuple(
        Origin(name, tuple(grouped[name]), sum((evidence.conduct for _, evidence in grouped[name]), Conduct()))
        for name in sorted(grouped)
    )


def each_conduct(origins: Iterable[Origin]) -> Iterator[tuple[str, str, Conduct]]:
    """Name of an origin, line of an operation, and what is known of its conduct: first the sum of each origin, without a line."""
    for origin in origins:
        yield origin.name, "", origin.conduct
        for line, evidence in origin.operations:
            yield origin.name, line, evidence.conduct


def total(signs: Iterable[Sign]) -> Sign:
    """All of these signs as one."""
    return sum(signs, Sign())


def fact(
    topic: str,
    name: str,
    sign: Sign,
    of: int,
    words: str,
    *,
    operation: str = "",
    arguments: Mapping[str, Argument] | None = None,
) -> Fact:
    """A fact that rests on a sign; its id is the topic and the name; arguments that are ``None`` or ``""`` are left out."""
    told = tuple((key, value) for key, value in (arguments or {}).items() if value is not None and value != "")
    return Fact(
        topic, f"{topic}-{name}", operation, told, sign.count, max(of, sign.count), sign.first, sign.last, words
    )
