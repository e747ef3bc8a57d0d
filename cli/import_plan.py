"""Which files an import reads, and the tape that each becomes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.quarantine import FOLDER as QUARANTINE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILES_MAX = 100_000
"""Files that one import may look at."""

PASSED_OVER = frozenset({"__files", "__pycache__", "node_modules", QUARANTINE})
"""Folders that hold no recordings of their own: bodies of WireMock, other people's packages, what we keep in quarantine."""

RECORDINGS = frozenset({".yaml", ".yml", ".json", ".har", ".flow", ".flows", ".mitm"})
"""Endings of files that are expected to be recordings: one that cannot be parsed is refused, never passed over in silence."""

MAPPINGS = "mappings"
"""WireMock's folder, beside ``__files``."""

TAPES = frozenset({".yaml", ".yml"})


@dataclass(frozen=True, slots=True)
class Job:
    """One file to import."""

    path: Path
    root: Path
    """The folder outside of which nothing is opened for it."""
    target: Path
    """The tape that it goes to."""
    label: str
    """Where it lay, without its ending."""
    named: bool
    """Whether the command line named the file itself, so that it must be a recording."""


def plan(sources: Sequence[Path], into: Path) -> tuple[Job, ...]:
    """A job for each file; ``Misuse`` if a source is missing or a tape is there already.

    ``into`` is one tape for everything if it ends in ``.yaml``, else a folder with a tape for each file, in sub-folders as
    they were. Files are in the order of their names as people count, in which WireMock's mappings are numbered.
    """
    if into.is_file() and into.suffix not in TAPES:
        raise Misuse("a file that is no tape", str(into), "name a folder, or a tape (*.yaml)")
    single = into.suffix in TAPES and not into.is_dir()
    jobs: list[Job] = []
    taken: dict[Path, Path] = {}
    for source in sources:
        root = source.resolve().parent if source.is_dir() else source.resolve().parent.parent
        for path in _files(source):
            relative = path.relative_to(source) if source.is_dir() else Path(path.name)
            target = into if single else _target(path, relative, into, taken)
            label = relative.with_suffix("").as_posix()
            jobs.append(Job(path, root, target, label, named=not source.is_dir()))
            if len(jobs) > FILES_MAX:
                raise Misuse(f"more than {FILES_MAX:,} files", str(source), "import its folders one by one")
    for target in sorted({job.target for job in jobs}):
        if target.exists():
            raise Misuse("the tape is there already", str(target), "choose another --into, or remove it")
    return tuple(jobs)


def _target(path: Path, relative: Path, into: Path, taken: dict[Path, Path]) -> Path:
    """A tape for each file, but one for each folder of WireMock mappings, which are one interaction each.

    ``taken`` is whose every tape of this import is; it grows.
    """
    owner, name = path, relative.with_suffix(".yaml")
    if path.parent.name == MAPPINGS:
        owner = path.parent
        above = relative.parent.parent  # of the mappings' folder, as seen from the source
        folder = owner.resolve().parent.name if above == Path() else above.name
        name = above.with_name(f"{folder}.yaml") if above.name else Path(f"{folder}.yaml")
    target = into / name
    tries = [target, target.with_name(f"{target.stem}{path.suffix}.yaml")]
    tries += [target.with_name(f"{target.stem}{path.suffix}-{number}.yaml") for number in range(2, len(taken) + 3)]
    free = next(one for one in tries if taken.get(one, owner) == owner)
    taken[free] = owner
    return free


def _files(source: Path) -> Iterator[Path]:
    """The file itself, or every file below a folder in order, but hidden ones."""
    if not source.is_dir():
        if not source.exists():
            raise Misuse("there is no such file or folder", str(source), "check its name")
        if not source.is_file():
            raise Misuse("a pipe or a device, not a file", str(source), "save it to a file first")
        yield source
        return
    for path in sorted(source.iterdir(), key=_natural):
        if path.name.startswith(".") or (path.is_symlink() and path.is_dir()):
            continue
        if path.is_dir():
            if path.name not in PASSED_OVER:
                yield from _files(path)
        elif path.is_file():
            yield path


def _natural(path: Path) -> list[tuple[int, str]]:
    """As people count: ``2-b`` before ``10-a``."""
    return [(int(number or 0), word) for number, word in re.findall(r"(\d{1,18})|(\D+|\d)", path.name)]
