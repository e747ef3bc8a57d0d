"""The tree of a vendor's paths: built from what a contract kept, folded into templates, and asked where a request belongs.

Every level of the tree is judged once, from the origin down: which of its segments are values of one parameter (what a user said,
else ``tapehiss.contracts.folding``), and what it is called. What is below them is pooled before the next level is judged.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from tapehiss.contracts.folding import values_among
from tapehiss.contracts.levels import REST
from tapehiss.contracts.parameters import name_of
from tapehiss.contracts.places import part_at
from tapehiss.contracts.routewords import is_reserved
from tapehiss.contracts.segments import apart, joined, stem_of
from tapehiss.contracts.tails import levelled
from tapehiss.contracts.traits import Traits, members_beside, summed, traits_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.overrides import Overrides
    from tapehiss.contracts.traits import Way


_MARKS = frozenset("{#/")
"""What steps begin with that are no words."""


class Call(NamedTuple):
    """An operation that a contract kept, at the end of its path."""

    line: str
    method: str
    evidence: Evidence


@dataclass(slots=True)
class Place:
    """Everything that was seen below one beginning of a path."""

    children: dict[str, Place] = field(default_factory=dict)
    """By step: a literal, a form (``{id}.json``), a rest, an action (``/:cancel``) or a selector."""
    calls: list[Call] = field(default_factory=list)

    def at(self, steps: Sequence[str]) -> Place:
        """The place further down, made where it is new."""
        place = self
        for step in (piece for whole in steps for piece in apart(whole)):
            place = place.children.setdefault(step, Place())
        return place

    def below(self, relative: str = "") -> Iterator[tuple[Way, Evidence]]:
        """All calls from here down, with what follows this place; parameters are ``{}`` there."""
        for call in self.calls:
            yield (call.method, relative), call.evidence
        for step, child in self.children.items():
            yield from child.below(f"{relative}/{'{}' if _form(step) or step == REST else step}")

    def add(self, other: Place) -> None:
        """Pool what is below another segment with this."""
        self.calls += other.calls
        for step, child in other.children.items():
            self.children.setdefault(step, Place()).add(child)


@dataclass(slots=True)
class Crossing:
    """A place after folding: where each next segment leads."""

    literals: dict[str, Crossing] = field(default_factory=dict)
    parameters: dict[str, tuple[str, Crossing]] = field(default_factory=dict)
    """Literal end -> the template's segment (``{user_id}.json``), and what follows."""
    full: bool = False
    """Whether there were so many names here that not all of them were kept: any other is a value then."""

    def next(self, step: str) -> tuple[str, Crossing] | None:
        """The template's segment for a segment, and what follows; ``None`` where it leads nowhere that is known."""
        if step in self.literals:
            return step, self.literals[step]
        if _form(step) or step == REST:
            return self.parameters.get(step.partition("}")[2] if step != REST else "")
        if step[:1] in {"#", "/"} or (is_reserved(step) and not self.full):
            return None
        end = stem_of(step)[1]
        return self.parameters.get(end if end in self.parameters else "")


@dataclass(slots=True)
class Folding:
    """The work of folding one origin: crossings, and the template of every operation that was kept."""

    templates: dict[str, str] = field(default_factory=dict)
    """Line of an operation -> the path of its template."""

    def fold(self, place: Place, overrides: Overrides, path: tuple[str, ...] = ()) -> Crossing:
        """The crossing for a place that is reached by this path of segments."""
        for call in place.calls:
            self.templates[call.line] = joined(path)
        owner = path[-1] if path and path[-1][:1] not in "{/" else ""
        number = 1 + sum(segment[:1] != "/" for segment in path)
        values, members = _values(place, overrides, owner, number)
        crossing = Crossing(full=REST in place.children)
        groups = _grouped(place, values)
        for end, steps in sorted(groups.items()):
            name = overrides.name(end) or name_of(owner, _forms(steps), members, _taken(path))
            segment = f"{{{name}}}{end}"
            pooled = Place()
            for step in steps:
                pooled.add(place.children[step])
            crossing.parameters[end] = segment, self.fold(pooled, overrides.after(segment), (*path, segment))
        grouped = {step for steps in groups.values() for step in steps}
        for step in sorted(place.children.keys() - grouped):
            crossing.literals[step] = self.fold(place.children[step], overrides.after(step), (*path, step))
        return crossing


def _form(step: str) -> str:
    """The form of a step that stands for values, empty for others."""
    return step[1 : step.index("}")] if step[:1] == "{" else ""


def _forms(steps: Sequence[str]) -> frozenset[str]:
    return frozenset(_form(step) or "text" for step in steps)


def _taken(path: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_form(segment) for segment in path)


def _values(place: Place, overrides: Overrides, owner: str, number: int) -> tuple[frozenset[str], str]:
    """The words at a place that are values, and the member that repeats most of them."""
    words = [
        step for step in place.children if step[:1] not in _MARKS and step != REST and step not in overrides.literals
    ]
    known = {step: child for step, child in place.children.items() if _form(step)}
    if not words:
        return frozenset(), ""
    if overrides.ends:
        return frozenset(word for word in words if overrides.ends & {"", stem_of(word)[1]}), ""
    beside = members_beside(owner, [((call.method, ""), call.evidence) for call in place.calls])
    calls = levelled({step: list(place.children[step].below()) for step in (*words, *known)})
    traits = {word: traits_of(word, owner, calls[word], beside) for word in words}
    if REST in place.children:
        found = frozenset(word for word in words if not is_reserved(word))
    else:
        forms = [traits_of(step, owner, calls[step], {}) for step in known]
        minted = [value for child in known.values() for value in _minted(child, number)]
        found = values_among(traits, summed(forms) if forms else None, minted, owner)
    return found, _repeating([traits[word] for word in found])


def _repeating(traits: list[Traits]) -> str:
    """The member that repeats most values, if it repeats most of them."""
    members = Counter(member for each in traits for member in each.repeated)
    member, count = min(members.items(), key=lambda pair: (-pair[1], pair[0]), default=("", 0))
    return member if count * 2 > len(traits) else ""


def _minted(place: Place, number: int) -> Iterator[str]:
    """Some of the values that a form has at a place."""
    for _, evidence in place.below():
        part = evidence.parts.get(part_at(number))
        if part is not None and "" in part.fields:
            yield from (value.strip('"') for value in part.fields[""].values)


def _grouped(place: Place, values: frozenset[str]) -> dict[str, list[str]]:
    """The segments that are values, by their literal end: a file's extension is one where all have it, or ids have it, too."""
    groups: dict[str, list[str]] = {}
    for step in place.children:
        if _form(step) or step == REST:
            groups.setdefault(step.partition("}")[2] if step != REST else "", []).append(step)
    ends = {stem_of(word)[1] for word in values}
    for word in sorted(values):
        end = stem_of(word)[1]
        groups.setdefault(end if end in groups or len(ends) == 1 else "", []).append(word)
    return groups
