"""The values of one body or parameter against its published schema, member by member, from counts alone."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.findings import Finding, Witness, shown
from tapehiss.contracts.pointers import escaped
from tapehiss.contracts.published_schema import alternatives, names_of
from tapehiss.contracts.wording import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tapehiss.contracts.findings import Argument
    from tapehiss.contracts.published_schema import Allowed
    from tapehiss.contracts.trees import Node

DEPTH_MAX = 16
_BOOLEAN = re.compile("true|false|0|1")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
FORMATS = frozenset({"date", "date-time", "email", "ipv4", "ipv6", "uuid"})
"""Formats that both sides mean alike."""


@dataclass(frozen=True, slots=True)
class BodyComparison:
    """One body of an operation, or one of its parameters."""

    operation: str
    part: str
    document: Mapping[str, Any]
    is_text: bool = False
    """Whether values were text, as in URLs: a number is a text as well then, and a single value a list of one."""

    def findings(
        self, node: Node, schemas: Sequence[Any], pointer: str = "", depth: int = 0, home: str = ""
    ) -> Iterator[Finding]:
        """What was seen there and is not documented so, and what is documented and was never seen.

        ``home`` is the place in the description's own named schemas, where there is one: each finding has it as its ``schema``.
        """
        if depth > DEPTH_MAX:
            return
        home = names_of(schemas) or home
        for finding in self._here(node, schemas, pointer, depth, home):
            yield _at_home(finding, f"{home}{finding.pointer.removeprefix(pointer)}") if home else finding

    def _here(self, node: Node, schemas: Sequence[Any], pointer: str, depth: int, home: str) -> Iterator[Finding]:
        allowed = alternatives(schemas, self.document)
        yield from self._kinds(node, allowed, pointer)
        yield from self._values(node, allowed, pointer)
        if node.objects:
            yield from self._members(node, [each for each in allowed if each.allows("object")], pointer, depth, home)
        if node.items is not None:
            yield from self._items(node.items, [each for each in allowed if each.allows("array")], pointer, depth, home)

    def _kinds(self, node: Node, allowed: Sequence[Allowed], pointer: str) -> Iterator[Finding]:
        for kind, count in sorted(node.seen.kinds.items()):
            if any(self._allows(each, kind, node) for each in allowed):
                continue
            documented = sorted({name for each in allowed for name in each.kinds or ()})
            told = "published-null-otherwise" if kind == "null" else "published-kind-otherwise"
            yield self._finding(
                told,
                node,
                pointer,
                kind,
                seen=count,
                of=node.seen.occurrences,
                known=" or ".join(documented) or "nothing",
            )

    def _allows(self, each: Allowed, kind: str, node: Node) -> bool:
        """In a URL or a form everything is text: a list of one is its item, and a text may stand for a number or a boolean."""
        if not self.is_text or kind in {"array", "object"}:
            return self.is_text or each.allows(kind)
        if any(each.allows(other) for other in (kind, "string", "array", "object")):
            return True
        texts = [text.strip('"').lower() for text in node.seen.values]
        stands_for = {"boolean": _BOOLEAN, "number": _NUMBER, "integer": _NUMBER}
        return any(each.allows(name) and all(map(form.fullmatch, texts)) for name, form in stands_for.items())

    def _values(self, node: Node, allowed: Sequence[Allowed], pointer: str) -> Iterator[Finding]:
        """Texts outside of a documented list, and texts of another format."""
        if not node.seen.kinds.get("string"):
            return
        texts = [each for each in allowed if each.allows("string")]
        lists = [each.values for each in texts]
        if texts and all(values is not None for values in lists):
            known = {value for values in lists for value in values or () if isinstance(value, str | int | float)}
            for text in sorted(node.seen.values):
                value = json.loads(text)
                if (
                    isinstance(value, str)
                    and value not in known
                    and value.lower() not in {str(each).lower() for each in known if self.is_text}
                ):
                    yield self._finding(
                        "published-value-otherwise",
                        node,
                        pointer,
                        shown(value),
                        seen=node.seen.values[text],
                        of=node.seen.exchanges,
                    )
        formats = {each.format for each in texts}
        seen = node.seen.formats
        if len(formats) == 1 and formats <= FORMATS and seen is not None and not formats & seen:
            count = node.seen.kinds["string"]
            yield self._finding("published-format-otherwise", node, pointer, next(iter(formats)), of=count)

    def _members(
        self, node: Node, allowed: Sequence[Allowed], pointer: str, depth: int, home: str
    ) -> Iterator[Finding]:
        if not allowed or not any(each.members for each in allowed):
            return
        for name, member in sorted(node.members.items()):
            at = f"{pointer}/{escaped(name)}"
            schemas = [each.members[name] for each in allowed if name in each.members]
            if not schemas:
                if not any(_takes_others(each) for each in allowed):
                    yield self._finding(
                        "published-member-missing", member, at, name, seen=member.seen.occurrences, of=node.objects
                    )
                continue
            together = [{"anyOf": [_all(each) for each in schemas]}] if len(schemas) > 1 else schemas[0]
            below = f"{home}/{escaped(name)}" if home else ""
            yield from self.findings(member, together, at, depth + 1, below)
        yield from self._unseen(node, allowed, pointer)

    def _unseen(self, node: Node, allowed: Sequence[Allowed], pointer: str) -> Iterator[Finding]:
        """Documented members that never came, and required ones that did not always."""
        required = frozenset.intersection(*(each.required for each in allowed))
        for name in sorted({name for each in allowed for name in each.members} | required):
            held = node.members[name].seen.occurrences if name in node.members else 0
            at = f"{pointer}/{escaped(name)}"
            if name in required and held < node.objects:
                yield self._finding(
                    "published-required-absent", node, at, name, absent=node.objects - held, of=node.objects
                )
            elif not held:
                yield self._finding("published-member-unseen", node, at, name, of=node.objects)

    def _items(self, items: Node, allowed: Sequence[Allowed], pointer: str, depth: int, home: str) -> Iterator[Finding]:
        schemas = [each.items for each in allowed if each.items is not None]
        if schemas and len(schemas) == len(allowed):
            together = [{"anyOf": schemas}] if len(schemas) > 1 else schemas
            below = f"{home}/~*" if home else ""
            yield from self.findings(items, together, f"{pointer}/~*", depth + 1, below)

    def _finding(self, name: str, node: Node, pointer: str, subject: str, **arguments: Argument) -> Finding:
        last = node.seen.last
        witness = Witness(last.tape, last.line) if last is not None else Witness()
        told = tuple(sorted(arguments.items()))
        count = arguments.get("seen", arguments.get("absent", 1))
        return Finding(
            name, RULES[name].severity, self.operation, self.part, pointer, subject, told, witness,
            count if isinstance(count, int) else 1,
        )  # fmt: skip


def _at_home(finding: Finding, place: str) -> Finding:
    """A finding with its place in the named schemas, unless it has one that is nearer."""
    if any(name == "schema" for name, _ in finding.arguments):
        return finding
    return replace(finding, arguments=(*finding.arguments, ("schema", place)))


def _takes_others(each: Allowed) -> bool:
    """Whether an object takes members that are not named: a map does, and what says nothing at all."""
    if not each.members and not each.required:
        return each.others is not False
    return isinstance(each.others, dict) or each.others is True


def _all(schemas: Sequence[Any]) -> Any:
    return schemas[0] if len(schemas) == 1 else {"allOf": list(schemas)}
