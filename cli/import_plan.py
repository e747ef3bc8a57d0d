"""Which files an import reads, and the tape that each becomes."""

from __future__ import annotations

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
    they were.
    """
    single = into.suffix in TAPES and not into.is_dir()
    jobs: list[Job] = []
    taken: set[Path] = set()
    for source in sources:
        for path in _files(source):
            relative = path.relative_to(source) if source.is_dir() else Path(path.name)
            target = into if single else _free(into / relative.with_suffix(".yaml"), path.suffix, taken)
            root = source.resolve().parent if source.is_dir() else path.resolve().parent.parent
            label = relative.with_suffix("").as_posix()
            jobs.append(Job(path, root, target, label, named=not source.is_dir()))
            if len(jobs) > FILES_MAX:
                raise Misuse(f"more than {FILES_MAX:,} files", str(source), "import its folders one by one")
    for target in sorted({job.target for job in jobs}):
        if target.exists():
            raise Misuse("the tape is there already", str(target), "choose another --into, or remove it")
    return tuple(jobs)


def _files(source: Path) -> Iterator[Path]:
    """The file itself, or every file below a folder in order, but hidden ones."""
    if not source.is_dir():
        if not source.exists():
            raise Misuse("there is no such file or folder", str(source))
        yield source
        return
    for path in sorted(source.iterdir()):
        if path.name.startswith(".") or (path.is_symlink() and path.is_dir()):
            continue
        if path.is_dir():
            if path.name not in PASSED_OVER:
                yield from _files(path)
        elif path.is_file():
            yield path


def _free(target: Path, suffix: str, taken: set[Path]) -> Path:
    """A name that no other file of this import took: ``a.yaml``, ``a.har.yaml``, ``a.har-2.yaml``."""
    tries = [target, target.with_name(f"{target.stem}{suffix}.yaml")]
    tries += [target.with_name(f"{target.stem}{suffix}-{number}.yaml") for number in range(2, len(taken) + 3)]
    free = next(path for path in tries if path not in taken)
    taken.add(free)
    return free
