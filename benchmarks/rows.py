"""What a benchmark found, beside what it must reach: rows of a table, and a line of progress on a terminal."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing."""

    what: str
    found: str
    target: str = ""
    met: bool | None = None
    """``None``: nothing is asked of it; it stands there to be compared with."""
    note: str = ""

    def __str__(self) -> str:
        verdict = {None: "", True: "met", False: "MISSED"}[self.met]
        return f"{self.what:<44} {self.found:>22}  {self.target:<22} {verdict:<7} {self.note}".rstrip()


def told(rows: Iterable[Row]) -> int:
    """Print the rows as they come; 1 when a target was missed, otherwise 0."""
    print(f"{'what':<44} {'found':>22}  {'target':<22}")
    missed = 0
    for row in rows:
        progress()
        print(row, flush=True)
        missed += row.met is False
    return 1 if missed else 0


def progress(words: str = "") -> None:
    """Show what is going on, on a terminal only; no words: clear the line."""
    if sys.stderr.isatty():
        print(f"\r\033[K{words[:110]}", end="", file=sys.stderr, flush=True)
