"""Where a published description and the tapes disagree: documented and never seen, seen and not documented, seen otherwise.

Neither is taken for the truth. What was never seen may never have been asked for, and is a remark; what was seen and is not documented
is a gap in the description; what was seen otherwise than documented breaks whoever believed the description. Findings are those of
``tapehiss.contracts.findings``, so that they are told, accepted and counted like any others.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.media import is_form, is_multipart
from tapehiss.contracts.bodies_compared import BodyComparison
from tapehiss.contracts.counts import Part
from tapehiss.contracts.findings import NOWHERE, Finding, Witness
from tapehiss.contracts.matching import Matching
from tapehiss.contracts.pointers import escaped
from tapehiss.contracts.reading import NO_BODY, media_of, status_of
from tapehiss.contracts.trees import tree_of
from tapehiss.contracts.wording import RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.counts import Evidence, Seen
    from tapehiss.contracts.findings import Argument
    from tapehiss.contracts.operations import Operation
    from tapehiss.contracts.published_values import Description, PublishedOperation, PublishedParameter, Schema
    from tapehiss.contracts.trees import Node

_PARAMETER = re.compile(r"\{([^{}]*)\}")
CLASSES = ("Documented, never seen", "Seen, not documented", "Seen otherwise")
_PLACES = {"path": "path", "query": "query", "header": "request-headers"}


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of it."""

    findings: tuple[Finding, ...]
    matched: int
    """How many recorded operations are documented."""
    documented: int
    """How many operations are documented."""
    served: int = 0
    """How many recorded operations are documented, or called at a server that is: without one it is about another vendor."""

    is_secured: bool = False
    """Whether the description demands credentials: that is not compared."""

    @property
    def by_class(self) -> dict[str, int]:
        """How many findings there are of each of the three classes: their titles begin with it."""
        counted = Counter(RULES[finding.id].title.partition(":")[0] for finding in self.findings)
        return {name: counted[name] for name in CLASSES if counted[name]}


def compared(known: Catalogue, description: Description) -> Compared:
    """Every disagreement between what tapes prove and what is documented; rejected requests say nothing about how to ask."""
    matching = Matching.of(description)
    answered = [
        (operation, evidence) for operation, evidence in known.entries if evidence.parts and _is_answered(evidence)
    ]
    found: list[Finding] = []
    met: set[int] = set()
    for operation, evidence in answered:
        published = matching.find(operation)
        if published is not None:
            met.add(id(published))
            found += _Comparison(operation, evidence, published, description).findings()
        elif matching.is_served(operation):
            found.append(_undocumented(operation, evidence, matching.methods(operation)))
    unseen = (each for each in description.operations if id(each) not in met)
    found += [
        Finding("published-operation-unseen", RULES["published-operation-unseen"].severity, str(each))
        for each in unseen
    ]
    documented = sum(matching.find(operation) is not None for operation, _ in answered)
    served = sum(matching.find(operation) is not None or matching.is_named(operation) for operation, _ in answered)
    return Compared(tuple(found), documented, len(description.operations), served, _is_secured(description.document))


def _is_secured(document: Mapping[str, Any]) -> bool:
    """Whether a description says anything of credentials: schemes in OpenAPI 3 and 2, ``auth`` in Discovery."""
    components = document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    return any((schemes, document.get("securityDefinitions"), document.get("auth"), document.get("security")))


def _undocumented(operation: Operation, evidence: Evidence, methods: Sequence[str]) -> Finding:
    but = f" (the path is documented for {', '.join(methods)})" if methods else ""
    witness = _seen(evidence.last)
    return _finding("published-operation-missing", operation, "", "", "", witness, seen=evidence.exchanges, but=but)


def _is_answered(evidence: Evidence) -> bool:
    return any((status_of(name) or 500) < 400 for name in evidence.parts)


@dataclass(frozen=True, slots=True)
class _Comparison:
    """One operation that is both recorded and documented."""

    operation: Operation
    evidence: Evidence
    published: PublishedOperation
    description: Description

    def findings(self) -> Iterator[Finding]:
        """All disagreements about it."""
        for place in _PLACES:
            yield from self._parameters(place)
        yield from self._request()
        if self.published.answers:
            yield from self._answers()

    def _parameters(self, place: str) -> Iterator[Finding]:
        """Parameters of one place; those of the path are told by position, so that only their values are compared."""
        part = self.evidence.parts.get(_PLACES[place], Part())
        tree = tree_of(part)
        renamed = self._path_names() if place == "path" else {}
        documented = {renamed.get(each.name, _spelt(each.name, place)): each for each in self._published(place)}
        seen = {_bare(name): member for name, member in (tree.members if tree is not None else {}).items()}
        known = {_bare(name): each for name, each in documented.items()}
        for name in sorted(seen.keys() - known.keys()) if place == "query" else ():
            yield self._undocumented(name, seen[name])
        for name, each in known.items() if part.exchanges else ():
            if name in seen:
                walk = BodyComparison(str(self.operation), _PLACES[place], self.description.document, is_text=True)
                yield from walk.findings(seen[name], (each.schema,), f"/{escaped(name)}")
            elif place == "query" or (place == "header" and not each.required):
                told = "published-parameter-required" if each.required else "published-parameter-unseen"
                witness = _seen(part.last)
                yield _finding(told, self.operation, _PLACES[place], "", name, witness, place=place, of=part.exchanges)

    def _published(self, place: str) -> Iterator[PublishedParameter]:
        yield from (each for each in self.published.parameters if each.place == place)

    def _path_names(self) -> dict[str, str]:
        """Documented name of a path parameter -> the recorded one that stands in the same segment."""
        pairs = zip(self.published.path.split("/"), self.operation.path.split("/"), strict=False)
        found = ((_PARAMETER.findall(theirs), _PARAMETER.findall(ours)) for theirs, ours in pairs)
        return {theirs[0]: ours[0] for theirs, ours in found if theirs and ours}

    def _undocumented(self, name: str, node: Node) -> Finding:
        pointer, witness = f"/{escaped(name)}", _seen(node.seen.last)
        seen = node.seen.exchanges
        told = "published-parameter-missing"
        return _finding(told, self.operation, "query", pointer, name, witness, place="query", seen=seen)

    def _request(self) -> Iterator[Finding]:
        sent = {
            name: part
            for name, part in self.evidence.parts.items()
            if name.startswith("request ") and media_of(name) != NO_BODY
        }
        for name, part in sent.items():
            yield from self._body(name, part, self.published.request, "request")

    def _answers(self) -> Iterator[Finding]:
        by_status: dict[int, dict[str, Part]] = {}
        for name, part in self.evidence.parts.items():
            status = status_of(name)
            if status is not None:
                by_status.setdefault(status, {})[name] = part
        for status, parts in sorted(by_status.items()):
            documented = self._documented(status)
            if documented is None:
                total = sum(parts.values(), Part())
                yield _finding(
                    "published-status-missing",
                    self.operation,
                    f"response {status}",
                    "",
                    str(status),
                    _seen(total.last),
                    seen=total.exchanges,
                    known=_listed(self.published.answers),
                )
            else:
                for name, part in parts.items():
                    yield from self._body(name, part, documented, f"{status}")
        for documented_status in self.published.answers:
            if documented_status.isdigit() and int(documented_status) not in by_status:
                yield _finding(
                    "published-status-unseen",
                    self.operation,
                    f"response {documented_status}",
                    "",
                    documented_status,
                    of=self.evidence.exchanges,
                )

    def _documented(self, status: int) -> Mapping[str, Schema] | None:
        """The bodies that are documented for a status; an answer without documented bodies may have any."""
        answers = self.published.answers
        keys = [str(status), f"{str(status)[0]}XX"]
        if status >= 300 or not any(key[0] == "2" for key in answers):
            keys.append("default")  # beside a success that is named, the default is meant for errors
        return next((answers[key] for key in keys if key in answers), None)

    def _body(self, name: str, part: Part, documented: Mapping[str, Schema], what: str) -> Iterator[Finding]:
        media = media_of(name)
        if not documented or media == NO_BODY:
            return
        schema = _schema_for(media, documented)
        if schema is None:
            yield _finding(
                "published-media-missing",
                self.operation,
                name,
                "",
                media,
                _seen(part.last),
                what=what,
                known=_listed(documented),
                seen=part.exchanges,
            )
            return
        tree = tree_of(part)
        if tree is not None:  # what could not be read has no documents
            text = is_form(media) or is_multipart(media)
            walk = BodyComparison(str(self.operation), name, self.description.document, is_text=text)
            yield from walk.findings(tree, (schema,))


def _spelt(name: str, place: str) -> str:
    """A parameter's name as it is recorded: header names in lower case."""
    return name.lower() if place == "header" else name


def _bare(name: str) -> str:
    """A parameter's name without brackets at its end: ``expand[]`` is documented as ``expand``."""
    return name.partition("[")[0]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "nothing"


def _schema_for(media: str, documented: Mapping[str, Schema]) -> Schema | None:
    """The schema of a media type; ranges and structured suffixes (RFC 6839) count."""
    main, _, sub = media.partition("/")
    candidates = (media, f"{main}/{sub.rpartition('+')[2]}" if "+" in sub else media, f"{main}/*", "*/*")
    suffix = "json" if sub.endswith("json") else ""
    loose = (each for each in documented if suffix and each.endswith(suffix))
    return next((documented[each] for each in (*candidates, *loose) if each in documented), None)


def _seen(last: Seen | None) -> Witness:
    return Witness(last.tape, last.line) if last is not None else NOWHERE


def _finding(
    name: str,
    operation: Operation,
    part: str,
    pointer: str,
    subject: str,
    witness: Witness = NOWHERE,
    **arguments: Argument,
) -> Finding:
    count = arguments.get("seen")
    return Finding(
        name, RULES[name].severity, str(operation), part, pointer, subject, tuple(sorted(arguments.items())), witness,
        count if isinstance(count, int) else 1,
    )  # fmt: skip
