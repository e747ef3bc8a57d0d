"""What an answer repeats of its request, as far as a contract's evidence shows it: ids from the path, parameters, fields of the body.

A member repeats a field when every value that was asked for was told there as well, and this is no coincidence: they have the same
name, or the values are too long to be equal by chance.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.secretnames import solid
from tapehiss.contracts.counts import ITEM, REST
from tapehiss.contracts.pagewords import is_position
from tapehiss.contracts.pointers import below, steps_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tapehiss.contracts.counts import Evidence, Field, Part

TELLING_MIN_CHARS = 5
"""A shorter value is in common by accident."""
NAMES_OF_IDS = frozenset({"id", "uuid", "key", "name", "sid", "gid", "slug", "number"})


@dataclass(frozen=True, slots=True)
class Echo:
    """One thing that an answer repeats."""

    source: str
    """``path``, ``query`` or ``request``: where it was asked."""
    asked: str
    """JSON Pointer in the document of that part."""
    told: str
    """JSON Pointer in the answer."""


def echoes_of(evidence: Evidence, part: Part) -> tuple[Echo, ...]:
    """What the answers of this part repeat, in a fixed order."""
    told = {
        path: _texts(seen)
        for path, seen in part.fields.items()
        if seen.values and not {ITEM, REST} & {*path.split("/")}
    }
    return tuple(_found(evidence, part, told))


def _found(evidence: Evidence, part: Part, told: Mapping[str, set[str]]) -> Iterator[Echo]:
    for source, path, seen in _asked(evidence):
        texts = _texts(seen)
        for place, values in sorted(told.items()):
            whole = not seen.more and not part.fields[place].more
            if _repeats(texts, values, whole=whole) and _no_accident(source, path, place, texts & values):
                yield Echo(source, path, place)


def _asked(evidence: Evidence) -> Iterator[tuple[str, str, Field]]:
    """Every scalar that was asked with: source, place, evidence."""
    for name, part in sorted(evidence.parts.items()):
        source = name.partition(" ")[0]
        if source in SOURCES:
            for path, seen in sorted(part.fields.items()):
                if path and seen.values and not {ITEM, REST} & {*path.split("/")} and not _leafs(source, path):
                    yield source, path, seen


SOURCES = ("path", "query", "request")


def _leafs(source: str, path: str) -> bool:
    """Whether a parameter says where a page begins: answers held it before it was asked for, and say something else next."""
    return source != "path" and is_position(steps_of(path)[-1])


def _texts(seen: Field) -> set[str]:
    return {text_of(json.loads(value)) for value in seen.values}


def text_of(value: Any) -> str:
    """A scalar as a form or a URL has it."""
    return value if isinstance(value, str) else json.dumps(value)


def _repeats(asked: set[str], told: set[str], *, whole: bool) -> bool:
    """Whether what was asked was told; of values that are kept in part (the smallest by a hash) the most must meet."""
    common = asked & told
    return asked <= told if whole else 2 * len(common) >= min(len(asked), len(told)) > 0


def _no_accident(source: str, asked: str, told: str, common: set[str]) -> bool:
    name, other = steps_of(asked)[-1], steps_of(told)[-1] if told else ""
    if solid(name) == solid(other) or (source == "path" and other in NAMES_OF_IDS and told.count("/") <= 2):
        return True
    return bool(common) and all(len(text) >= TELLING_MIN_CHARS and any(map(str.isdigit, text)) for text in common)


def at(document: Any, pointer: str) -> Any:
    """What a pointer leads to; ``None`` where there is nothing."""
    for step in steps_of(pointer):
        document = below(document, step)
    return document


def changed(document: Any, steps: list[str], value: Any) -> Any:
    """The document with another value at a place that it has; the same where it has none."""
    if not steps:
        return value
    step, *rest = steps
    if isinstance(document, dict) and step in document:
        return {**document, step: changed(document[step], rest, value)}
    return document


def echoed(document: Any, echoes: Iterable[Echo], asked: Mapping[str, Any], accepts: Callable[[Any], bool]) -> Any:
    """The document with what was asked where it is repeated, as far as the contract accepts it."""
    for echo in echoes:
        value, old = at(asked.get(echo.source), echo.asked), at(document, echo.told)
        if value is None or isinstance(value, dict | list) or value == old:
            continue
        other = changed(document, steps_of(echo.told), spelt_as(old, value))
        if accepts(other):
            document = other
    return document


def spelt_as(old: Any, value: Any) -> Any:
    """A value in the kind of the one that it takes the place of: forms and URLs know texts alone."""
    if isinstance(old, str) and not isinstance(value, str):
        return text_of(value)
    if type(old) in {int, float, bool} and isinstance(value, str):
        try:
            read = json.loads(value)
        except ValueError:
            return value
        return read if type(read) is type(old) else value
    return value


def renamed(document: Any, names: Mapping[str, str], member: str = "", depth: int = 0) -> Any:
    """The document with identifiers in exchange for others.

    Those that are no accident everywhere, in links, too; short ones only where something near the top is called an id.
    """
    if isinstance(document, dict):
        return {name: renamed(value, names, name, depth + 1) for name, value in document.items()}
    if isinstance(document, list):
        return [renamed(value, names, member, depth + 1) for value in document]
    text = str(document) if type(document) is int else document
    if not isinstance(text, str):
        return document
    if text in names and len(text) < TELLING_MIN_CHARS:
        return spelt_as(document, names[text]) if depth <= SHORT_DEPTH_MAX and _is_named_id(member) else document
    return (
        spelt_as(document, names[text])
        if text in names
        else renamed_text(text, names)
        if text is document
        else document
    )


SHORT_DEPTH_MAX = 2


def _is_named_id(member: str) -> bool:
    return member in NAMES_OF_IDS or solid(member).endswith("id")


def renamed_text(text: str, names: Mapping[str, str]) -> str:
    """A text likewise."""
    for old, new in names.items():
        if len(old) >= TELLING_MIN_CHARS and old in text:
            text = text.replace(old, new)
    return (
        "/".join([names.get(segment, segment) for segment in text.split("/")])
        if text[:1] == "/" or "://" in text
        else text
    )
