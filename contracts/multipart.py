"""Multipart bodies (RFC 2046 section 5.1, RFC 7578): their parts, without their files' content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTS_MAX = 1_000
"""How many parts of one body are read."""
HEAD_MAX_BYTES = 16_000
FILE = frozenset({"filename", "media"})
"""What is read of a file in a multipart form."""

_BOUNDARY = re.compile(rb"(?:\A|\r?\n)--([^\r\n]{1,200}?)[ \t]*\r?\n")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_PARAMETER = re.compile(r';\s*(name|filename\*?)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))', re.IGNORECASE)


class Piece(NamedTuple):
    """One part of a multipart body."""

    name: str
    """Name of the form's field; empty where there is none."""
    filename: str | None
    media: str
    """Media type, lower case without parameters; empty where none is told."""
    content: bytes


def pieces(body: bytes) -> Iterator[Piece]:
    """The parts of a multipart body, told apart by the boundary that its first line shows; ``ValueError`` when there is none."""
    found = _BOUNDARY.search(body)
    if found is None:
        raise ValueError("no boundary")
    parts = body[found.start() :].split(b"--" + found[1])
    if len(parts) > PARTS_MAX or not parts[-1].startswith(b"--"):
        raise ValueError("cut short, or too many parts")
    for part in parts[1:-1]:
        yield _piece(part.removeprefix(b"\r").removeprefix(b"\n"))


def is_file(value: Any) -> bool:
    """Whether a value of a document stands for a file."""
    return isinstance(value, dict) and value.keys() == FILE


def _piece(part: bytes) -> Piece:
    blank = _BLANK_LINE.search(part[:HEAD_MAX_BYTES])
    head, content = (part[: blank.start()], part[blank.end() :]) if blank else (b"", part)
    fields = dict(_field(line) for line in head.decode("utf-8", "replace").splitlines())
    told = {
        name.lower().rstrip("*"): re.sub(r"\\(.)", r"\1", quoted) or bare
        for name, quoted, bare in _PARAMETER.findall(fields.get("content-disposition", ""))
    }
    media = fields.get("content-type", "").partition(";")[0].strip().lower()
    ended = content.removesuffix(b"\n").removesuffix(b"\r") if content.endswith(b"\n") else content
    return Piece(told.get("name", ""), told.get("filename"), media, ended)


def _field(line: str) -> tuple[str, str]:
    name, _, value = line.partition(":")
    return name.strip().lower(), value.strip()
