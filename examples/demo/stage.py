"""Where the demo talks: sections, lines and tables, coloured on a terminal, plain in a pipe."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PIPE_COLUMNS = 110


class Stage:
    """The console, and how long the play has lasted."""

    def __init__(self) -> None:
        self.console = Console(highlight=False, width=None if sys.stdout.isatty() else PIPE_COLUMNS)
        self.began = time.monotonic()
        self.number = 0

    @property
    def elapsed_s(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self.began

    def section(self, title: str) -> None:
        """A new part of the story."""
        self.number += 1
        self.console.print(f"\n[bold cyan]{self.number}. {title}[/]", soft_wrap=True)

    def say(self, text: str) -> None:
        """One line."""
        self.console.print(f"   {text}", soft_wrap=True)

    def typed(self, *words: object) -> None:
        """A command, as a person would type it."""
        self.console.print(f"   $ tapehiss {' '.join(map(str, words))}", style="dim", markup=False, soft_wrap=True)

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], rows_max: int = 99) -> None:
        """Aligned columns; what is too wide or too long is cut, and the number of rows left out is said."""
        shown = list(rows)
        table = Table(*head, box=None, padding=(0, 2, 0, 0), header_style="dim")
        for column in table.columns:
            column.no_wrap, column.overflow = True, "ellipsis"
        for row in shown[:rows_max]:
            table.add_row(*row)
        self.console.print(_indented(table))
        if len(shown) > rows_max:
            self.say(f"[dim]and {len(shown) - rows_max} more[/]")


def _indented(table: Table) -> Table:
    outer = Table.grid()
    outer.add_row("   ", table)
    return outer
