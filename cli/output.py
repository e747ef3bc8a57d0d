"""Shell: files that verbs write, whole or not at all; and the option ``-o FILE``, standard output without it."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Weather
from tapehiss.cli.tape_merge import refuse_existing

if TYPE_CHECKING:
    from collections.abc import Iterable

STDOUT = Path("-")
"""What people write for standard output."""

output_option = click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write here.  [standard output, as -]"
)


def write_text(output: Path | None, pieces: Iterable[str]) -> int:
    """Write ASCII text, piece by piece, and say how many bytes it had. A file that is there already is refused."""
    if output is not None and output != STDOUT:
        refuse_existing(output)
    return write_whole(output or STDOUT, pieces)


def write_whole(path: Path, pieces: Iterable[str]) -> int:
    """Write or replace a file, and say how many bytes it has; if that fails, what was there before still is.

    A device or a pipe is written as it is, and ``-`` is standard output. ``Weather`` with the system's words.
    """
    if path == STDOUT:
        return sum(_echoed(piece) for piece in pieces)
    target = path if _is_special(path) else Path(os.path.realpath(path))
    beside = target if target is path else target.with_name(f".{target.name[:200]}.{os.getpid()}")
    try:
        with beside.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
        size = beside.stat().st_size
        if beside != target:
            _take_the_place(beside, target)
    except OSError as error:
        raise Weather(f"cannot write ({error.strerror})", str(path), _remedy(error)) from error
    finally:
        if beside != target:
            with suppress(OSError):
                beside.unlink()
    return size


def _is_special(path: Path) -> bool:
    return path.is_relative_to("/dev") or (path.exists() and not path.is_file())


def _take_the_place(beside: Path, target: Path) -> None:
    if target.exists():
        shutil.copymode(target, beside)
    beside.replace(target)


def _remedy(error: OSError) -> str:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return "make room, then try again"
    return "choose a file in a folder that exists and that you may write to"


def _echoed(piece: str) -> int:
    click.echo(piece, nl=False)
    return len(piece)
