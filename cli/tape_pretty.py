"""``tapehiss tape pretty``: a tape as block YAML, for reading and for git."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.exporting import to_vcrpy
from tapehiss.cassettes.volatile import normalised
from tapehiss.cli.opening import opened, ordered, tapes_argument
from tapehiss.cli.output import output_option, write_text

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@tapes_argument
@click.option(
    "--normalise", is_flag=True, help="Replace dates, request ids, traces and times: what every recording has anew."
)
@output_option
def command(paths: tuple[Path, ...], skip_damaged: bool, normalise: bool, output: Path | None) -> None:
    """Render tapes as one block YAML cassette, in the order of the requests; a comment stands for each failure.

    vcrpy plays it, and `tapehiss tape import` reads it back whole. No body is changed, also not by --normalise.
    """
    exchanges = list(ordered(opened(paths, skip_damaged=skip_damaged)))
    chosen = [normalised(exchange) for exchange in exchanges] if normalise else exchanges
    write_text(output, to_vcrpy(chosen, remarks=True))
