"""Which things a vendor keeps: collections whose members have a URL of their own, as far as a contract's operations show it.

``/v1/customers/{customer_id}`` names a member of ``/v1/customers``; which member of an answer is its identifier is what the answers repeat of the
path. An answer may have the thing itself at its top (plain REST) or one level below (``data`` of JSON:API, ``customer`` of others).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.pointers import below, steps_of
from tapehiss.mocks.asking import DONE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tapehiss.contracts.operations import Operation
    from tapehiss.mocks.asking import Knowledge

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing."""

    identifier: str
    """The member that holds the last segment of its URL."""
    methods: frozenset[str]
    """What was done to a member's URL."""
    wrap: str
    """Where in an answer the thing itself stands: empty for the top, or the name of a member."""


Kinds = dict[tuple[str, str], Kind]
"""Kinds by the origin and template of their collection's URL."""


def kinds_of(knowledge: Knowledge) -> Kinds:
    """All kinds of things that clients may create, change or delete."""
    items: dict[tuple[str, str], list[Operation]] = {}
    for operation, _ in knowledge.catalogue.entries:
        parent, _, last = operation.path.rpartition("/")
        if last[:1] == "{" and last[-1:] == "}" and "#" not in last:
            items.setdefault((operation.origin, parent), []).append(operation)
    found = {place: kind for place, operations in items.items() if (kind := _kind(knowledge, operations)) is not None}
    for operation, _ in knowledge.catalogue.entries:
        place = (operation.origin, operation.path)
        if operation.method == "POST" and place not in found and (made := _created(knowledge, operation)) is not None:
            found[place] = made
    creating = {
        (operation.origin, operation.path) for operation, _ in knowledge.catalogue.entries if operation.method == "POST"
    }
    return {place: kind for place, kind in found.items() if place in creating or kind.methods & CHANGING}


def _created(knowledge: Knowledge, operation: Operation) -> Kind | None:
    """A kind of which only the creation was recorded: the answer has an identifier that the request's path has not."""
    for answers in knowledge.answers(operation):
        named = {echo.told for echo in answers.echoes if echo.source == "path"}
        for pointer, seen in sorted(answers.part.fields.items(), key=lambda item: (item[0].count("/"), item[0])):
            steps = steps_of(pointer)
            whole = seen.occurrences == answers.part.exchanges and {"string", "integer"} & seen.kinds.keys()
            if answers.status in DONE and whole and 1 <= len(steps) <= 2 and steps[-1] == "id" and pointer not in named:
                return Kind("id", frozenset(), steps[0] if len(steps) > 1 else "")
    return None


def _kind(knowledge: Knowledge, operations: list[Operation]) -> Kind | None:
    """What the answers of a member's operations say of it."""
    told = Counter(place for operation in operations for place in _identifiers(knowledge, operation))
    if not told:
        return None
    pointer = min(told, key=lambda place: (-told[place], place.count("/"), place))
    steps = steps_of(pointer)
    methods = frozenset(
        operation.method
        for operation in operations
        if operation.method != "POST" or any(True for _ in _identifiers(knowledge, operation))
    )
    return Kind(steps[-1], methods, steps[0] if len(steps) > 1 else "")


def _identifiers(knowledge: Knowledge, operation: Operation) -> Iterator[str]:
    """Where answers of success repeat the last parameter of the path, at most one level below their top."""
    parameter = operation.parameters[-1]
    for answers in knowledge.answers(operation):
        if answers.status in DONE:
            yield from (
                echo.told
                for echo in answers.echoes
                if echo.source == "path" and steps_of(echo.asked) == [parameter] and 1 <= len(steps_of(echo.told)) <= 2
            )


def entity_at(document: Any, identifier: str, wrap: str) -> str | None:
    """The pointer to the thing in an answer: at the usual place, at the top, or in the only member that has an identifier."""
    if isinstance(document, dict):
        if wrap and _is_entity(document.get(wrap), identifier):
            return f"/{wrap}"
        if _is_entity(document, identifier):
            return ""
        inside = [name for name, value in document.items() if _is_entity(value, identifier)]
        return f"/{inside[0]}" if len(inside) == 1 else None
    return None


def _is_entity(value: Any, identifier: str) -> bool:
    return isinstance(value, dict) and isinstance(value.get(identifier), str | int)


def asked_of(documents: Mapping[str, Any], wrap: str) -> dict[str, Any]:
    """The fields of a thing that a request's body sets."""
    body = documents.get("request")
    inner = below(body, wrap) if wrap else None
    told = inner if isinstance(inner, dict) else body
    return told if isinstance(told, dict) else {}


def merged(entity: dict[str, Any], change: dict[str, Any], *, known: bool = True) -> dict[str, Any]:
    """The thing with fields that it has set anew, objects member by member; below its top fields of its own may come."""
    told = dict(entity)
    for name, value in change.items():
        old = entity.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            told[name] = merged(old, value, known=False)
        elif name in entity or not known:
            told[name] = value
    return told
