"""``tapehiss tape ls``: a table of the exchanges."""

from __future__ import annotations

import fnmatch
import re
import shutil
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cassettes.media import media_type
from tapehiss.cli import console
from tapehiss.cli.opening import numbered, opened, place, tapes_argument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.tape import Entry, Tape

COLUMNS = ("#", "when", "method", "status", "size", "took", "type", "url", "label")
WIDE = 100


@click.command()
@tapes_argument
@click.option("--match", "pattern", default="*", metavar="GLOB", help="Only exchanges whose URL matches.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(paths: tuple[Path, ...], skip_damaged: bool, pattern: str, as_json: bool) -> None:
    """List the exchanges of tapes: a table on a terminal, tab-separated lines in a pipe."""
    tapes = opened(paths, skip_damaged=skip_damaged)
    chosen = (row for row in numbered(tapes) if fnmatch.fnmatchcase(row[2].url, pattern))
    if as_json:
        for row in chosen:
            console.say_json(as_record(*row))
        return
    cells = (as_cells(exchange, number) for number, _, _, exchange in chosen)
    if not console.interactive():
        console.table(COLUMNS, cells)
        return
    heading, columns, rows = narrowed(list(cells), shutil.get_terminal_size().columns)
    console.say(heading)
    console.table(columns, rows, foldable=("url",))
    console.say(" · ".join(total_parts(tapes)))


def as_cells(exchange: Exchange, number: int) -> tuple[str, ...]:
    """One row of the table."""
    response = exchange.response
    return (
        str(number),
        console.instant(exchange.started_at),
        exchange.request.method,
        outcome(exchange),
        console.size(len(response.body)) if response else "",
        console.duration(exchange.timings.end_s),
        media_type(response.headers) if response else "",
        exchange.request.url,
        exchange.label,
    )


def narrowed(rows: list[tuple[str, ...]], width: int = 100) -> tuple[str, tuple[str, ...], list[tuple[str, ...]]]:
    """The rows for a person: what all share (origin, day, label) stands above, what none has is left out.

    ``width`` in characters: below a hundred the media type makes room for the URL.
    """
    day = _shared(row[1][:10] for row in rows)
    origin = _shared(_origin(row[7]) for row in rows)
    label = _shared(row[8] for row in rows)
    short = [
        (
            *row[:1],
            (row[1][11:] if day else row[1]).rstrip("Z"),
            *row[2:6],
            row[6].rpartition("/")[2] if width >= WIDE else "",
            row[7].removeprefix(origin),
            "" if label else row[8],
        )
        for row in rows
    ]
    used = [column for column in range(len(COLUMNS)) if any(row[column] for row in short)]
    kept = [tuple(row[column] for column in used) for row in short]
    return "  ".join(filter(None, (origin, day, label))), tuple(COLUMNS[column] for column in used), kept


def _shared(values: Iterable[str]) -> str:
    """The value that all have, or nothing."""
    different = set(values)
    return different.pop() if len(different) == 1 else ""


def _origin(url: str) -> str:
    """``https://api.vendor.example`` of a URL below it."""
    found = re.match(r"[a-z]+://[^/?#]+(?=/)", url)
    return found[0] if found else ""


def outcome(exchange: Exchange) -> str:
    """``200``; ``truncated 200``; ``reset``."""
    status = str(exchange.response.status) if exchange.response else ""
    ending = "" if exchange.ending == "complete" else str(exchange.ending)
    return f"{ending} {status}".strip()


def as_record(number: int, tape: Tape, entry: Entry, exchange: Exchange) -> dict[str, Any]:
    """One row for a program."""
    response = exchange.response
    return {
        "number": number,
        "at": place(tape, entry),
        "started_at": exchange.started_at,
        "method": exchange.request.method,
        "url": exchange.request.url,
        "status": response.status if response else None,
        "ending": str(exchange.ending),
        "body_bytes": len(response.body) if response else None,
        "media_type": media_type(response.headers) if response else None,
        "end_s": exchange.timings.end_s,
        "label": exchange.label,
    }


def total_parts(tapes: tuple[Tape, ...]) -> Iterator[str]:
    """What the tapes hold, in words."""
    yield f"{console.counted(sum(map(len, tapes)), 'exchange')} on {console.counted(len(tapes), 'tape')}"
    failed = sum(entry.ending != "complete" for tape in tapes for entry in tape.index)
    if failed:
        yield f"{failed} did not end well"
    gaps = sum(len(tape.gaps) for tape in tapes)
    if gaps:
        yield console.counted(gaps, "gap")
