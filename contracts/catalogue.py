"""The operations of a vendor as a contract proves them: the one place from which every view takes them.

A contract counts by what it saw in each URL; the catalogue says which of it is one operation. It is a view: a pure function of the
contract and of what its user overrides. ``read`` tells of an exchange which of these operations it called, so that learning and
judging agree: what was learnt from is found where its evidence is.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.counts import Evidence
from tapehiss.contracts.documents import scalar
from tapehiss.contracts.levels import Routes, operation_at, steps_of
from tapehiss.contracts.operations import Operation, parse
from tapehiss.contracts.overrides import overrides_of
from tapehiss.contracts.parameters import name_of
from tapehiss.contracts.places import may_hold, named, place_of, respelled
from tapehiss.contracts.reading import Account, Reading, call_of, read
from tapehiss.contracts.routing import Call, Crossing, Folding, Place
from tapehiss.contracts.segments import apart, form_of, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.reading import Call as Called


@dataclass(frozen=True, slots=True)
class Plan:
    """Which operation each request belongs to."""

    routes: Routes
    crossings: Mapping[str, Crossing]
    """Origin -> where its paths lead."""
    templates: Mapping[str, str]
    """Line of an operation as it is counted -> the path of its template."""
    overrides: frozenset[str] = frozenset()

    def spelled(self, call: Called) -> Called:
        """The call with segments that a user wants literal, where they were counted so."""
        if not self.overrides:
            return call
        told = respelled(call, overrides_of(self.overrides, call.operation.origin))
        return told if str(self.routes.of(told.operation)) in self.templates else call

    def template(self, counted: Operation) -> Operation:
        """The operation of the catalogue for an operation as it is counted; one that is unknown keeps what could be words."""
        kept = self.routes.of(counted)
        path = self.templates.get(str(kept))
        return replace(kept, path=self._walked(kept) if path is None else path)

    def _walked(self, kept: Operation) -> str:
        """The template of a path that was never seen: as far as it is known, then by the forms of its segments alone."""
        crossing = self.crossings.get(kept.origin)
        path: list[str] = []
        for step in (piece for whole in steps_of(kept)[2:] for piece in apart(whole)):
            found = crossing.next(step) if crossing else None
            segment, crossing = found or (_by_form(step, path), None)
            path.append(segment)
        return joined(path)


def _by_form(step: str, path: list[str]) -> str:
    """A parameter that is known by its form, under its name."""
    if step[:1] != "{":
        return step
    form, _, end = step[1:].partition("}")
    taken = {segment[1:].partition("}")[0] for segment in path if segment[:1] == "{"}
    owner = path[-1] if path and path[-1][:1] not in "{/" else ""
    return f"{{{name_of(owner, {form}, '', taken)}}}{end}"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Operations with their evidence; make one with ``catalogue``."""

    contract: Contract
    entries: tuple[tuple[Operation, Evidence], ...] = ()
    """Every operation with its evidence, in order of origin, path and method."""
    _plan: Plan = field(default_factory=lambda: Plan(Routes(), {}, {}), repr=False, compare=False)
    _evidence: Mapping[str, Evidence] = field(default_factory=dict, repr=False, compare=False)

    def evidence(self, operation: Operation | str) -> Evidence:
        """The evidence of an operation; ``Evidence()`` for one that was never seen."""
        return self._evidence.get(str(operation), Evidence())

    def __contains__(self, operation: object) -> bool:
        """Whether an operation (or its line) was ever seen."""
        return str(operation) in self._evidence

    def read(self, exchange: Exchange) -> Account:
        """The account of an exchange, with the operation of this catalogue that it called."""
        account = read(exchange, self._plan.spelled(call_of(exchange.request)))
        operation = self._plan.template(account.operation)
        return replace(account, operation=operation, readings=_told(account, operation))

    def of(self, contract: Contract) -> Catalogue:
        """Another contract seen by the operations of this one: drift compares OLD and NEW by those of both together."""
        return _seen_by(self._plan, contract)


def catalogue(contract: Contract, overrides: Iterable[str] = ()) -> Catalogue:
    """The operations that a contract proves; ``overrides`` are templates, beside those with which it was learnt."""
    templates = contract.templates | frozenset(overrides)
    places: dict[str, Place] = {}
    for line, evidence in sorted(contract.operations.items()):
        operation = parse(line)
        steps = steps_of(operation)[2:]
        places.setdefault(operation.origin, Place()).at(steps).calls.append(Call(line, operation.method, evidence))
    folding = Folding()
    crossings = {origin: folding.fold(place, overrides_of(templates, origin)) for origin, place in places.items()}
    return _seen_by(Plan(Routes(contract.operations), crossings, folding.templates, templates), contract)


def _seen_by(plan: Plan, contract: Contract) -> Catalogue:
    """A contract's evidence by the operations of a plan."""
    found: dict[str, Evidence] = {}
    for line, evidence in sorted(contract.operations.items()):
        counted = parse(line)
        operation = plan.template(counted)
        told = named(evidence, _parameters(operation), steps_of(counted))
        for other in _mixed(contract, counted):
            told += named(other, _parameters(operation), steps_of(counted))
        found[str(operation)] = found.get(str(operation), Evidence()) + told
    entries = sorted(
        ((parse(line), evidence) for line, evidence in found.items()),
        key=lambda pair: (pair[0].origin, pair[0].path, pair[0].method),
    )
    return Catalogue(contract, tuple(entries), plan, found)


def _mixed(contract: Contract, counted: Operation) -> Iterator[Evidence]:
    """What else may hold exchanges of an operation with a segment that a user wants literal: it was a value before he said so."""
    steps = steps_of(counted)
    forms = {at: form_of(step, steps[2:at]) for at, step in enumerate(steps) if at > 1 and step[:1] not in {"{", "#"}}
    changed = {at: f"{{{form.name}}}{form.end}" for at, form in forms.items() if form is not None}
    formed = tuple(changed.get(at, step) for at, step in enumerate(steps))
    evidence = contract.operations.get(str(operation_at(formed))) if changed else None
    if evidence is not None and all(may_hold(evidence, at - 1, steps[at]) for at in changed):
        yield evidence


def _parameters(operation: Operation) -> dict[int, tuple[str, str]]:
    """Place of each parameter of an operation -> its name and its literal end."""
    segments = operation.path.partition("#")[0].split("/")
    found = ((place, segment[1:].partition("}")) for place, segment in enumerate(segments) if segment[:1] == "{")
    return {place: (name, end) for place, (name, _, end) in found}


def _told(account: Account, operation: Operation) -> tuple[Reading, ...]:
    """The readings of an account, with the values of the path parameters as one object by their names."""
    counted = account.operation.path.partition("#")[0].split("/")
    values = {place: each.documents[0] for each in account.readings if (place := place_of(each.part)) is not None}
    others = tuple(each for each in account.readings if place_of(each.part) is None)
    parameters = _parameters(operation)
    if not parameters or not any(each.part == "query" for each in others):
        return others
    told = {
        name: values[place] if place in values else scalar(unquote(counted[place].removesuffix(end)))
        for place, (name, end) in parameters.items()
    }
    return (Reading("path", (told,)), *others)
