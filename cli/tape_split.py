"""``tapehiss tape split``: one tape as several."""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli import console
from tapehiss.cli.opening import opened, ordered, tapes_argument
from tapehiss.cli.tape_merge import refuse_existing, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.writer import TapeWriter

PARTS_MAX = 200
"""Files that one split may make (each is open until the end)."""


class Part(NamedTuple):
    """An exchange's place in a split: its number from 1, and the exchange."""

    number: int
    exchange: Exchange


def by_host(part: Part) -> str:
    """``api.vendor.example``."""
    return urlsplit(part.exchange.request.url).netloc


def by_label(part: Part) -> str:
    """The label, or ``unlabelled``."""
    return part.exchange.label or "unlabelled"


def by_status(part: Part) -> str:
    """``200``, or how the exchange ended without one."""
    response = part.exchange.response
    return str(response.status) if response else str(part.exchange.ending)


def by_path(part: Part) -> str:
    """The first two segments of the path."""
    segments = [segment for segment in urlsplit(part.exchange.request.url).path.split("/") if segment]
    return "-".join(segments[:2]) or "root"


KEYS: dict[str, Callable[[Part], str]] = {"host": by_host, "label": by_label, "path": by_path, "status": by_status}


@click.command()
@tapes_argument
@click.option("--by", type=click.Choice(sorted(KEYS)), help="One tape for each …  [host]")
@click.option("--every", type=click.IntRange(min=1), metavar="N", help="Or: one tape for each N exchanges.")
@click.option("--into", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER")
def command(paths: tuple[Path, ...], skip_damaged: bool, by: str | None, every: int | None, into: Path) -> None:
    """Make several tapes of what one holds; the sources stay as they are."""
    if by and every:
        raise Misuse("--by and --every are two ways to split", remedy="choose one")
    tapes = opened(paths, skip_damaged=skip_damaged)
    key = KEYS[by or "host"] if every is None else (lambda part: f"{(part.number - 1) // every + 1:04d}")
    into.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        writers: dict[str, TapeWriter] = {}
        exchanges = console.progress(ordered(tapes), "splitting", sum(map(len, tapes)))
        for number, exchange in enumerate(exchanges, start=1):
            name = file_name(key(Part(number, exchange)))
            if name not in writers:
                refuse_too_many(len(writers), into)
                refuse_existing(into / name)
                writers[name] = stack.enter_context(whole(into / name))
            writers[name].append(exchange)
    for name in sorted(writers):
        console.say(str(into / name))


def file_name(key: str) -> str:
    """A name that every file system takes, and that cannot leave the folder."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", key).strip("-.")[:100] + ".yaml"


def refuse_too_many(parts: int, into: Path) -> None:
    """A split that would make hundreds of files is a mistake."""
    if parts >= PARTS_MAX:
        raise Misuse(f"more than {PARTS_MAX} parts", where=str(into), remedy="split by something coarser")
