"""JSON Pointers (RFC 6901): how a member's name is written as a step, and what a step leads to."""

from __future__ import annotations

from typing import Any


def escaped(name: str) -> str:
    """A member's name as a step (RFC 6901 section 3)."""
    return name.replace("~", "~0").replace("/", "~1")


def unescaped(step: str) -> str:
    """The member's name of a step."""
    return step.replace("~1", "/").replace("~0", "~")


def steps_of(pointer: str) -> list[str]:
    """The names and places that a pointer goes through; none for the whole document."""
    return [unescaped(step) for step in pointer.split("/")[1:]]


def below(data: Any, step: str) -> Any:
    """What one step leads to; ``None`` where there is nothing."""
    if isinstance(data, dict):
        return data.get(step)
    place = int(step) if isinstance(data, list) and step.isascii() and step.isdigit() else -1
    return data[place] if 0 <= place < len(data) else None
