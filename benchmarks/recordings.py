"""Recordings as other people publish them: files below a folder, plain or in archives, by vendor.

Files lie plain or in archives (.tar.xz, .tar.gz, .tar.bz2, .tar, .zip); the first folder below the root is taken for the
vendor. Nothing is written there.
"""

from __future__ import annotations

import tarfile
import zipfile
from functools import partial
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from tapehiss.cassettes.document import FILE_MAX_BYTES
from tapehiss.cassettes.errors import UnsupportedFormat
from tapehiss.cassettes.importing import Source, read_source
from tapehiss.cassettes.source import Refusal
from tapehiss.cli.import_plan import PASSED_OVER, RECORDINGS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange

ARCHIVES = (".tar.xz", ".tar.gz", ".tgz", ".tar.bz2", ".tar", ".zip")


def by_vendor(root: Path, only: Collection[str] = ()) -> dict[str, list[Path]]:
    """Vendor -> the files that may hold its recordings; all vendors, or those that are named."""
    paths = sorted(path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    groups = groupby(paths, key=lambda path: path.relative_to(root).parts[0] if path.parent != root else "-")
    return {vendor: list(held) for vendor, held in groups if not only or vendor in only}


def sources(path: Path, root: Path) -> Iterator[Source]:
    """The recordings in a file: itself, or the members of an archive."""
    name = path.relative_to(root).as_posix()
    if path.name.endswith(".zip"):
        with zipfile.ZipFile(path) as archive:
            yield from members(name, archive.namelist(), archive.read)
    elif path.name.endswith(ARCHIVES):
        with tarfile.open(path) as archive:
            held = {member.name: member for member in archive.getmembers() if member.isfile()}
            yield from members(name, held, partial(unpacked, archive, held))
    elif path.suffix in RECORDINGS | {".txt", ""} and path.stat().st_size <= FILE_MAX_BYTES:
        yield Source(name, path.read_bytes(), partial(beside, path.parent))


def exchanges(path: Path, root: Path) -> Iterator[tuple[str, Exchange]]:
    """Every exchange that can be imported from a file, with the name of its recording; the rest is passed over in silence."""
    for source in sources(path, root):
        try:
            for one in read_source(source):
                if not isinstance(one, Refusal):
                    yield source.name, one
        except UnsupportedFormat:
            continue


def unpacked(archive: tarfile.TarFile, held: dict[str, tarfile.TarInfo], name: str) -> bytes:
    """One member's bytes."""
    file = archive.extractfile(held[name])
    return file.read() if file else b""


def members(archive: str, names: Iterable[str], read: Callable[[str], bytes]) -> Iterator[Source]:
    """The recordings of an archive, each of which may name other members."""
    known = set(names)

    def sibling(folder: PurePosixPath, name: str) -> bytes | None:
        parts: list[str] = []
        for part in (folder / name).parts:
            parts = parts[:-1] if part == ".." else [*parts, part]
        other = "/".join(parts)
        return read(other) if other in known else None

    for name in sorted(known):
        path = PurePosixPath(name)
        if not name.endswith("/") and not PASSED_OVER & set(path.parts):
            yield Source(f"{archive}!{name}", read(name), partial(sibling, path.parent))


def beside(folder: Path, name: str) -> bytes | None:
    """Another file of a folder."""
    path = folder / name
    return path.read_bytes() if path.is_file() else None
