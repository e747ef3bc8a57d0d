"""The Contract: what the tapes prove about a vendor, as counted evidence; a schema is only a view of it.

Contracts add up: ``a + b`` knows what both knew, in any order and grouping, and ``Contract()`` is the zero. ``observe`` makes
the contract of one exchange, ``learn`` adds many at once (the same as the sum, faster); ``to_json`` and ``from_json`` save and
resume. How a contract is bounded, and why that does not break addition, is told in ``counts`` and ``levels``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.contracts import operations
from tapehiss.contracts.counts import Evidence, merged
from tapehiss.contracts.desk import Desk, seen_at
from tapehiss.contracts.errors import DamagedContract
from tapehiss.contracts.levels import REST, Routes, bounded, marked, marks, number_of, steps_of
from tapehiss.contracts.overrides import is_template, overrides_of
from tapehiss.contracts.places import kept_as, moved, respelled
from tapehiss.contracts.reading import call_of
from tapehiss.contracts.resting import clear_up, resting
from tapehiss.contracts.saving import resumed_evidence, saved_evidence, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.cassettes.exchange import Clean
    from tapehiss.contracts.operations import Operation

VERSION = 1
"""Version of the saved form."""


@dataclass(frozen=True, slots=True)
class Contract:
    """Evidence for each operation that was seen."""

    operations: Mapping[str, Evidence] = field(default_factory=dict)
    """Operation as it is counted (``tapehiss.contracts.operations``), on one line -> its evidence; ``levels`` bounds them."""
    templates: frozenset[str] = frozenset()
    """What its user overrides (``tapehiss.contracts.overrides``)."""
    marks: tuple[int, ...] = ()
    """From which follows how many different operations were seen, those counted that are summed (``levels``)."""

    def __add__(self, other: Contract) -> Contract:
        both = merged(self.operations, other.operations)
        known = marks((), (*self.marks, *other.marks))
        return Contract(_bounded(both, number_of(known)), self.templates | other.templates, known)

    def __iter__(self) -> Iterator[tuple[Operation, Evidence]]:
        """The operations with their evidence, in order of origin, path and method."""
        known = ((operations.parse(line), evidence) for line, evidence in self.operations.items())
        return iter(sorted(known, key=lambda pair: (pair[0].origin, pair[0].path, pair[0].method)))

    @property
    def exchanges(self) -> int:
        """How many exchanges were seen."""
        return sum(evidence.exchanges for evidence in self.operations.values())

    @property
    def reached(self) -> tuple[str, ...]:
        """The bounds that were reached, as ``operation part: bound``: beyond them nothing is known, or only a sum."""
        return tuple(sorted(_reached(self.operations)))


class Taped(NamedTuple):
    """An exchange and where it stands, so that the contract can name witnesses."""

    exchange: Clean
    tape: str = ""
    """Name of the tape's file, without folders."""
    line: int = 0
    """Line of the exchange in that file, from 1; 0 when it is not known."""


def observe(exchange: Clean) -> Contract:
    """The contract of one exchange.

    A contract keeps values (for examples and enumerations), so that only exchanges which went through redaction may enter: what
    a tape holds is ``Clean``.
    """
    return learn((exchange,))


def learn(exchanges: Iterable[Clean | Taped], known: Contract | None = None, templates: Iterable[str] = ()) -> Contract:
    """What was known and the contracts of all these exchanges, as one; memory does not grow with their number.

    ``templates`` are what the user overrides: they become a part of the contract.
    """
    contract = (known or Contract()) + Contract(templates=frozenset(templates))
    overrides = cache(partial(overrides_of, contract.templates))
    desk, routes, seen = Desk(), Routes(contract.operations), contract.marks
    with resting():
        for each in exchanges:
            exchange, tape, line = each if isinstance(each, Taped) else (each, "", 0)
            call = call_of(exchange.request)
            if contract.templates:
                call = respelled(call, overrides(call.operation.origin))
            seen = marked(str(call.operation), seen)
            if routes.full:
                call = kept_as(call, routes.of(call.operation, seen=False))
            desk.take(str(call.operation), exchange, call, seen_at(exchange, tape, line))
            if desk.is_full:
                contract, desk = contract + Contract(desk.evidence(), marks=seen), Desk()
                routes = Routes(contract.operations)
                clear_up()
        contract += Contract(desk.evidence(), marks=seen)
    return contract


def _bounded(known: Mapping[str, Evidence], number: int) -> Mapping[str, Evidence]:
    """The operations as they are kept: what one level has too much of is summed."""
    found: dict[str, Evidence] = {}
    for line, kept in bounded(known, number).items():
        evidence = known[line]
        if line != kept:
            evidence = moved(evidence, steps_of(operations.parse(line)), steps_of(operations.parse(kept)))
        found[kept] = found[kept] + evidence if kept in found else evidence
    return found


def to_json(contract: Contract) -> str:
    """A contract as JSON text: equal contracts give equal text, so that a contract can be kept in git and compared."""
    saved = {
        "tapehiss-contract": VERSION,
        "templates": sorted(contract.templates),
        "marks": [f"{mark:016x}" for mark in contract.marks],
        "operations": {line: saved_evidence(evidence) for line, evidence in contract.operations.items()},
    }
    return text_of(saved)


def from_json(text: str | bytes, *, where: str = "") -> Contract:
    """The contract that ``to_json`` saved; ``DamagedContract`` names ``where`` when the text is anything else."""
    try:
        saved = json.loads(text)
        known = {
            str(operations.parse(line)): resumed_evidence(evidence) for line, evidence in saved["operations"].items()
        }
        contract, version = (
            Contract(known, _templates(saved["templates"]), _marks(saved["marks"])),
            saved["tapehiss-contract"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        remedy = "give a file that `tapehiss infer --into` wrote"
        raise DamagedContract("not a saved contract", where=where, remedy=remedy) from error
    if version != VERSION:
        raise DamagedContract(f"a contract of version {version}, not {VERSION}", where=where, remedy="infer it anew")
    return contract


def _marks(saved: list[str]) -> tuple[int, ...]:
    return marks((), (int(mark, 16) for mark in saved))


def _templates(saved: list[str]) -> frozenset[str]:
    if not all(map(is_template, saved)):
        raise TypeError("not templates")
    return frozenset(saved)


def _reached(known: Mapping[str, Evidence]) -> Iterator[str]:
    for line, evidence in known.items():
        if REST in line:
            yield f"{line}: operations"
        yield from (f"{line}: {bound}" for bound in evidence.bounds)
        for name, part in evidence.parts.items():
            yield from (f"{line} {name}: {bound}" for bound in part.bounds)
