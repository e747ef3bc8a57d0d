"""``tapehiss tape export``: tapes as a vcrpy cassette or as HAR."""

from __future__ import annotations

import json
from importlib.metadata import version
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.exporting import VCRPY_BYTES_MAX, VCRPY_INTERACTIONS_MAX, in_vcrpy, to_har, to_vcrpy
from tapehiss.cli import console
from tapehiss.cli.opening import opened, ordered, tapes_argument
from tapehiss.cli.output import output_option, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange


@click.command()
@tapes_argument
@click.option("--as", "form", required=True, type=click.Choice(["vcrpy", "har"]), help="What to make.")
@output_option
def command(paths: tuple[Path, ...], skip_damaged: bool, form: str, output: Path | None) -> None:
    """Write tapes for other tools, in the order of the requests.

    vcrpy: block YAML that vcrpy 6.0 and later play; failures, cut bodies and WebSocket messages have no place there and are
    left out. har: HAR 1.2 with everything.
    """
    exchanges = list(ordered(opened(paths, skip_damaged=skip_damaged)))
    size = write_text(output, as_vcrpy(exchanges) if form == "vcrpy" else as_har(exchanges))
    if form == "vcrpy":
        for words in remarks(exchanges, size):
            console.warn(words)


def as_vcrpy(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """The pieces of a vcrpy cassette."""
    return to_vcrpy(exchanges)


def as_har(exchanges: Iterable[Exchange]) -> Iterator[str]:
    """The pieces of a HAR file."""
    yield json.dumps(to_har(exchanges, version("tapehiss")), indent=1) + "\n"


def remarks(exchanges: Iterable[Exchange], size_bytes: int) -> Iterator[str]:
    """What a user of vcrpy should know of the cassette."""
    held = [in_vcrpy(exchange) for exchange in exchanges]
    if not all(held):
        yield f"{held.count(False)} of {len(held)} exchanges left out: vcrpy cannot hold failures, cut bodies or WebSocket"
    if sum(held) > VCRPY_INTERACTIONS_MAX or size_bytes > VCRPY_BYTES_MAX:
        yield (
            f"{sum(held)} interactions, {console.size(size_bytes)}: vcrpy searches from the start for every request and is slow "
            f"beyond {VCRPY_INTERACTIONS_MAX} or {console.size(VCRPY_BYTES_MAX)} -> tapehiss tape split, then export the parts"
        )
