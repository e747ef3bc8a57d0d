"""Opening the tapes that a command line names, and saying aloud what is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from tapehiss.cassettes.exchange import Clean
from tapehiss.cassettes.tape import open_tapes
from tapehiss.cli.console import warn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.tape import Entry, Tape

F = TypeVar("F", bound="Callable[..., Any]")


def tapes_argument(function: F) -> F:
    """The argument and option that every verb over tapes has: ``TAPE...`` and ``--skip-damaged``."""
    argument = click.argument("paths", metavar="TAPE...", nargs=-1, required=True, type=click.Path(path_type=Path))
    skip = click.option("--skip-damaged", is_flag=True, help="Leave out lines that are no exchange; each is named.")
    return argument(skip(function))


def opened(paths: Sequence[Path], *, skip_damaged: bool) -> tuple[Tape, ...]:
    """The tapes below the paths, with a warning on standard error for each torn tail and each line left out."""
    tapes = open_tapes(paths, skip_damaged=skip_damaged)
    for tape in tapes:
        if tape.torn:
            warn(str(tape.torn))
        for damage in tape.damaged:
            warn(str(damage))
    return tapes


def numbered(tapes: Iterable[Tape]) -> Iterator[tuple[int, Tape, Entry, Exchange]]:
    """Every exchange with its number, counted from 1 through all the tapes, as ``tape ls`` prints it."""
    number = 0
    for tape in tapes:
        for position, entry in enumerate(tape.index):
            number += 1
            yield number, tape, entry, tape[position]


def place(tape: Tape, entry: Entry) -> str:
    """Where an exchange lies: ``file:line``."""
    return f"{tape.path}:{entry.line}"


def ordered(tapes: Sequence[Tape]) -> Iterator[Clean]:
    """Every exchange of all the tapes in the order in which the requests began.

    What a tape holds went through the door when it was written, so it may go onto another tape as it is.
    """
    every = (
        (entry.started_at, number, position)
        for number, tape in enumerate(tapes)
        for position, entry in enumerate(tape.index)
    )
    for _, number, position in sorted(every):
        yield Clean(tapes[number][position])
