"""The option ``-o FILE`` of verbs that write a text: standard output without it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Weather
from tapehiss.cli.tape_merge import refuse_existing

if TYPE_CHECKING:
    from collections.abc import Iterable

output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here.  [standard output]"
)


def write_text(output: Path | None, pieces: Iterable[str]) -> int:
    """Write ASCII text, piece by piece, and say how many bytes it had. A file that is there already is refused."""
    if output is None:
        return sum(_echoed(piece) for piece in pieces)
    refuse_existing(output)
    try:
        with output.open("w", encoding="ascii", newline="\n") as file:
            return sum(file.write(piece) for piece in pieces)
    except OSError as error:
        raise Weather(f"cannot write ({error.strerror})", str(output)) from error


def _echoed(piece: str) -> int:
    click.echo(piece, nl=False)
    return len(piece)
