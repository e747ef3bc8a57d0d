"""``tapehiss tape merge``: several tapes as one, in the order of the requests."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse, TapehissError
from tapehiss.cassettes.writer import TapeWriter
from tapehiss.cli import console
from tapehiss.cli.opening import opened, ordered, tapes_argument

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@tapes_argument
@click.option("--into", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The tape to make.")
def command(paths: tuple[Path, ...], skip_damaged: bool, into: Path) -> None:
    """Make one tape of several; the sources stay as they are."""
    refuse_existing(into)
    tapes = opened(paths, skip_damaged=skip_damaged)
    with whole(into) as writer:
        total = sum(map(len, tapes))
        for exchange in console.progress(ordered(tapes), "merging", total):
            writer.append(exchange)
        for tape in tapes:
            for gap in tape.gaps:
                writer.append_gap(gap)
    console.say(f"{console.counted(total, 'exchange')} of {console.counted(len(tapes), 'tape')} in {into}")


@contextmanager
def whole(path: Path) -> Iterator[TapeWriter]:
    """A tape that is made whole or not at all: what was written of it is removed when anything fails."""
    writer = TapeWriter(path)
    try:
        yield writer
        writer.close()
    except BaseException:
        with suppress(TapehissError):
            writer.close()
        for made in writer.paths:
            made.unlink(missing_ok=True)
        raise


def refuse_existing(path: Path) -> None:
    """A verb that makes a file never adds to one that is there."""
    if path.exists():
        raise Misuse("the file is there already", where=str(path), remedy="choose another name, or remove it")
