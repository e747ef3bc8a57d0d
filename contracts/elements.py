"""XML as a document, as far as its shape goes: an element is an object of its attributes, its children and its text.

``<Item id="7"><Name>x</Name></Item>`` is ``{"Item": {"@id": 7, "Name": "x"}}``: children of one name are a list when there are
several, an element with nothing but text is its value, an empty one is null. Names are local (without prefix), declarations of namespaces and
processing instructions are left out. A body that declares entities is not read: nobody's API needs them, and bombs do.
"""

from __future__ import annotations

from typing import Any
from xml.parsers.expat import ExpatError, ParserCreate

from tapehiss.contracts.pairs import scalar

DEPTH_MAX = 200
ELEMENTS_MAX = 1_000_000


class UnreadableError(ValueError):
    """Why a body is not read; the reason holds nothing of the body."""


def element_of(body: bytes) -> Any:
    """The document of an XML body; ``UnreadableError`` when it is not well-formed or declares entities."""
    building = _Building()
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = building.start
    parser.EndElementHandler = building.end
    parser.CharacterDataHandler = building.text
    parser.EntityDeclHandler = building.entity
    try:
        parser.Parse(body, True)
    except (ExpatError, LookupError, ValueError) as error:
        raise error if isinstance(error, UnreadableError) else UnreadableError("not XML") from error
    return building.root


class _Building:
    """The elements that are open, each with what it has so far."""

    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[dict[str, Any], list[str]]] = [(self.root, [])]
        self._count = 0

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) > DEPTH_MAX or self._count > ELEMENTS_MAX:
            raise UnreadableError("nested too deep" if self._count <= ELEMENTS_MAX else "too large")
        told = {f"@{_local(name)}": scalar(value) for name, value in attributes.items() if not _is_declaration(name)}
        self._open.append((told, []))

    def end(self, name: str) -> None:
        members, texts = self._open.pop()
        text = "".join(texts).strip()
        value: Any = members or None
        if text:
            value = {**members, "#text": scalar(text)} if members else scalar(text)
        self._put(_local(name), value)

    def text(self, text: str) -> None:
        self._open[-1][1].append(text)

    def entity(self, *_declared: Any) -> None:
        raise UnreadableError("declares entities")

    def _put(self, name: str, value: Any) -> None:
        siblings = self._open[-1][0]
        if name not in siblings:
            siblings[name] = value
        elif isinstance(siblings[name], list):
            siblings[name].append(value)
        else:
            siblings[name] = [siblings[name], value]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _is_declaration(name: str) -> bool:
    return name == "xmlns" or name.startswith("xmlns:")
