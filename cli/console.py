"""Shell: what a terminal gets and what a pipe gets.

On a terminal: colour, tables, progress. In a pipe: plain lines, tab-separated where there are columns, nothing that moves.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

T = TypeVar("T")
PROGRESS_S = 0.1
"""How often a bar moves."""


def interactive() -> bool:
    """Whether a person sees standard output as it is written."""
    return sys.stdout.isatty()


def say(text: str) -> None:
    """One line for whoever reads the result."""
    click.echo(text)


def warn(text: str) -> None:
    """One line beside the result, on standard error."""
    click.echo(f"tapehiss: {text}", err=True)


def say_json(value: Any) -> None:
    """One JSON document on one line, for a program."""
    click.echo(json.dumps(value, ensure_ascii=True, sort_keys=True))


def visible(text: str) -> str:
    """Text without characters that could steer a terminal."""
    return "".join(char if char.isprintable() or char == "\t" else repr(char)[1:-1] for char in text)


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, foldable: Sequence[str] = ()) -> None:
    """A table on a terminal; in a pipe one tab-separated line a row, without a heading, written as it comes.

    On a narrow terminal the ``foldable`` columns go on in the next line; the others stay whole.
    """
    if not interactive():
        for row in rows:
            click.echo("\t".join(visible(cell.replace("\t", " ")) for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        drawn.add_column(column, no_wrap=bool(foldable) and column not in foldable, overflow="fold")
    for row in rows:
        drawn.add_row(*(_literal(cell) for cell in row))
    Console().print(drawn)


def _literal(cell: str) -> str:
    """A cell whose square brackets are no markup, and whose control characters are no orders."""
    from rich.markup import escape

    return escape(visible(cell))


def progress(items: Iterable[T], what: str, total: int | None = None) -> Iterator[T]:
    """The items, with a bar on standard error while they pass, if a person watches it."""
    if not sys.stderr.isatty():
        yield from items
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(what, total=total, rate="")
        begun = due = time.monotonic()
        for number, item in enumerate(items, start=1):
            yield item
            now = time.monotonic()
            if now >= due:
                due = now + PROGRESS_S
                shown.update(task, completed=number, rate=f"{number / max(now - begun, PROGRESS_S):,.0f}/s")


def counted(number: int, noun: str) -> str:
    """``1 tape``, ``2 tapes``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size(count_bytes: int) -> str:
    """A number of bytes as a person says it: ``999 B``, ``12.3 kB``, ``4.0 MB``."""
    if count_bytes < 1000:
        return f"{count_bytes} B"
    value = float(count_bytes)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 999.95:
            return f"{value:.1f} {unit}"
    return f"{value:.0f} TB"


def duration(seconds: float | None) -> str:
    """Seconds as a person says them: ``0.4 ms``, ``12 ms``, ``1.20 s``; nothing for unknown."""
    if seconds is None:
        return ""
    if seconds < 0.01:
        return f"{seconds * 1000:.1f} ms"
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    return f"{seconds:.2f} s"


def instant(unix_s: float) -> str:
    """Unix time as UTC in RFC 3339, to the millisecond; nothing for unknown."""
    from datetime import UTC, datetime

    if unix_s <= 0:
        return ""
    return datetime.fromtimestamp(unix_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
