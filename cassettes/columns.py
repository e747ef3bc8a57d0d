"""Columns: secrets in tables of text (CSV, RFC 4180, and its relatives with tabs or semicolons), by the names in the first row.

The law of this file: it only points. A table without a telling name in its first row costs the reading of that row.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tapehiss.cassettes.secretnames import Place, Strength, solid
from tapehiss.cassettes.spotting import Find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.secretnames import Names

TYPES = frozenset(
    {"text/csv", "application/csv", "text/x-csv", "application/vnd.ms-excel", "text/tab-separated-values", "text/tsv"}
)
COLUMNS_MAX = 1000
ROW_MAX_BYTES = 65536
_MARKS = b",;\t|"
_CELLS = {
    mark: re.compile(rb'"((?:[^"\x00]|""){0,65536}+)"|([^' + re.escape(bytes([mark])) + rb'"\r\n\x00]*)')
    for mark in _MARKS
}


def finds(view: bytes, start: int, end: int, names: Names) -> Iterator[Find]:
    """The cells below names that say that a secret follows."""
    first = view.startswith(b"\xef\xbb\xbf", start) * 3 + start
    line_end = _line_end(view, first, end)
    if line_end - first > ROW_MAX_BYTES:
        return
    mark = max(_MARKS, key=view[first:line_end].count)
    titles, at = _row(view, first, end, mark)
    says = dict(_telling(view, titles, names))
    while says and at < end:
        cells, at = _row(view, at, end, mark)
        for number, (strength, rule) in says.items():
            if number < len(cells) and cells[number][0] < cells[number][1]:
                yield Find(*cells[number], "plain", strength, rule)


def _telling(view: bytes, titles: list[tuple[int, int]], names: Names) -> Iterator[tuple[int, tuple[Strength, str]]]:
    for number, (start, end) in enumerate(titles):
        name = view[start:end].decode("latin-1").strip()
        strength = names.strength(name, Place.FIELD)
        if strength is not Strength.NONE:
            yield number, (strength, f"name:{solid(name)[:40]}")


def _row(view: bytes, at: int, end: int, mark: int) -> tuple[list[tuple[int, int]], int]:
    """Where the cells of one row stand, and where the next row begins."""
    cells: list[tuple[int, int]] = []
    cell = _CELLS[mark]
    while len(cells) < COLUMNS_MAX:
        match = cell.match(view, at, end)
        assert match is not None  # an empty cell is one
        cells.append(match.span(match.lastindex or 0))
        at = match.end()
        if at >= end or view[at] != mark:
            break
        at += 1
    return cells, _line_end(view, at, end) + 1


def _line_end(view: bytes, at: int, end: int) -> int:
    found = view.find(b"\n", at, end)
    return end if found < 0 else found
