"""A tape to read: an index in memory, the exchanges on disk until somebody asks for one.

A reader changes nothing. It sees the whole lines that were there when it opened the file; a writer may go on meanwhile.
"""

from __future__ import annotations

import os
import stat
from contextlib import ExitStack
from operator import attrgetter
from typing import TYPE_CHECKING, Self, overload

from tapehiss.cassettes.errors import DamagedTape, Misuse, TapeError, Weather
from tapehiss.cassettes.exchange import Exchange
from tapehiss.cassettes.index import Entry, Torn, read_index
from tapehiss.cassettes.line import decode_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from tapehiss.cassettes.line import Gap

__all__ = ["Entry", "Tape", "Torn", "open_tape", "open_tapes"]

_QUARANTINE = "quarantine"
_BUFFER_BYTES = 1 << 18


def open_tape(path: Path, *, skip_damaged: bool = False) -> Tape:
    """Open one tape.

    Raises ``DamagedTape`` (with file and line) unless ``skip_damaged``, ``UnsupportedFormat`` for a file that is something
    else, ``Misuse`` for one that cannot be opened. With ``skip_damaged`` every line is read once and what is damaged is
    in ``tape.damaged``; without, damage inside a line is raised when that exchange is read.
    """
    return Tape(path, skip_damaged=skip_damaged)


def open_tapes(paths: Sequence[Path], *, skip_damaged: bool = False) -> tuple[Tape, ...]:
    """Open tapes; of a folder all ``*.yaml`` below it, sorted by path, but nothing hidden and no quarantine.

    ``Misuse`` if there is none.
    """
    files = [file for path in paths for file in (_below(path) if path.is_dir() else [path])]
    if not files:
        raise Misuse(
            "no tape there", where=", ".join(map(str, paths)), remedy="name a .yaml file or a folder with some"
        )
    with ExitStack() as opened:
        tapes = tuple(opened.enter_context(open_tape(file, skip_damaged=skip_damaged)) for file in files)
        opened.pop_all()
    return tapes


def _below(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*.yaml") if not any(map(_aside, file.relative_to(folder).parts)))


def _aside(part: str) -> bool:
    """Whether what lies here was put aside: hidden, or kept from the tapes because it may hold a secret."""
    return part.startswith(".") or part == _QUARANTINE


class Tape:
    """The exchanges of one tape, in the order in which their requests began."""

    def __init__(self, path: Path, *, skip_damaged: bool = False) -> None:
        self.path = path
        self._fd = -1
        try:
            self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe without a writer would wait
            _must_be_a_file(path, self._fd)
            with os.fdopen(os.dup(self._fd), "rb", buffering=_BUFFER_BYTES) as file:
                index = read_index(file, path, skip_damaged=skip_damaged)
        except OSError as error:
            self.close()
            raise _unreadable(path, error) from error
        except TapeError as error:
            self.close()
            if isinstance(error, DamagedTape):
                error.remedy = "tapehiss tape verify says what else is damaged; the whole lines can still be read"
            raise
        self.index: tuple[Entry, ...] = tuple(sorted(index.entries, key=attrgetter("started_at")))
        self.gaps: tuple[Gap, ...] = index.gaps
        self.damaged: tuple[DamagedTape, ...] = index.damaged
        self.torn: Torn | None = index.torn

    def __len__(self) -> int:
        return len(self.index)

    @overload
    def __getitem__(self, i: int) -> Exchange: ...
    @overload
    def __getitem__(self, i: slice) -> tuple[Exchange, ...]: ...
    def __getitem__(self, i: int | slice) -> Exchange | tuple[Exchange, ...]:
        if isinstance(i, slice):
            return tuple(map(self.read, self.index[i]))
        return self.read(self.index[i])

    def __iter__(self) -> Iterator[Exchange]:
        return map(self.read, self.index)

    def read(self, entry: Entry) -> Exchange:
        """The exchange of an entry, read from the disk; ``DamagedTape`` with file and line if it is none."""
        where = f"{self.path}:{entry.line}"
        try:
            line = os.pread(self._fd, entry.size, entry.offset)
            exchange = decode_line(line)
        except OSError as error:
            raise _unreadable(self.path, error) from error
        except DamagedTape as error:
            raise DamagedTape(error.what, where, "tapehiss tape verify") from error
        if not isinstance(exchange, Exchange):
            raise DamagedTape("the file changed while it was read", where, "open the tape again")
        return exchange

    def close(self) -> None:
        """Give the file back; more than once is fine."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _must_be_a_file(path: Path, fd: int) -> None:
    """A tape is read twice and out of order, which pipes and devices cannot; some of them never end either."""
    mode = os.fstat(fd).st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise TapeError("a pipe or a device, not a file", str(path), "save it to a file first")


def _unreadable(path: Path, error: OSError) -> Misuse | Weather:
    """A file that is not there is yours; a disk that does not answer is the weather."""
    what = f"cannot read it ({error.strerror})"
    if isinstance(error, (FileNotFoundError, IsADirectoryError, PermissionError)):
        return Misuse(what, where=str(path), remedy="name a tape that exists and may be read")
    return Weather(what, where=str(path), remedy="see whether the disk is well, then try again")
