"""Writing a tape so that nothing that was reported as written is ever lost, and no half line is ever taken for a whole one.

One ``write`` per exchange, at the end of a file that this process alone may write (``flock``). A process that is killed
leaves at most one torn line, which the next writer cuts off; a full disk leaves none, the piece is cut back at once.
What the machine itself may lose when the power fails is what ``Sync`` decides.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from tapehiss.cassettes.errors import Misuse, TapeBusy, Weather
from tapehiss.cassettes.index import Index, Torn, read_index
from tapehiss.cassettes.line import ENTRY, FORMAT_LINE, HEADER, Gap, encode_gap, encode_line

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from tapehiss.cassettes.exchange import Clean

SIZE_MAX_BYTES = 100_000_000
"""A tape that would grow beyond this is continued in a new file."""
FILES_MAX = 9_999
"""A recording of more files than this went wrong."""
HOST_MAX_CHARS = 100

_log = logging.getLogger("tapehiss.cassettes")


class Sync(StrEnum):
    """When a tape asks the disk to keep what was written. A killed process loses nothing under any of them."""

    EACH = "each"
    """After every exchange: survives a power failure, about a millisecond each."""
    GROUP = "group"
    """When the caller says ``sync()``: what it counts survives a power failure."""
    NONE = "none"
    """Never: the kernel writes when it likes."""


def tape_path(folder: Path, host: str, started_at: float, pid: int) -> Path:
    """The file for one recording: by host, start (UTC) and process, so that no two writers meet and names sort by time."""
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", host)[:HOST_MAX_CHARS].strip("-.") or "tape"
    return folder / f"{name}-{datetime.fromtimestamp(started_at, UTC):%Y%m%dT%H%M%SZ}-{pid}.yaml"


class TapeWriter:
    """Appends exchanges to a tape. Not for several threads at once: one writer thread is the rule."""

    def __init__(
        self,
        path: Path,
        *,
        sync: Sync = Sync.GROUP,
        size_max_bytes: int = SIZE_MAX_BYTES,
        files_max: int = FILES_MAX,
    ) -> None:
        """Open or create the tape; raises ``TapeBusy``, ``DamagedTape``, ``UnsupportedFormat``, ``Misuse`` or ``Weather``.

        A torn tail that an earlier writer left is cut off; ``torn`` tells of it.
        """
        self._policy = sync
        self._size_max_bytes = size_max_bytes
        self._files_max = files_max
        self._written = self._durable = 0
        self._file = _File(path)
        self._paths = [path]
        self.torn: Torn | None = self._file.torn

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files written, the last one being written now."""
        return tuple(self._paths)

    def append(self, clean: Clean) -> None:
        """Write one exchange. When this returns, a kill of the process cannot lose it; ``Weather`` if it was not written."""
        self._append(encode_line(clean))
        self._written += 1
        if self._policy is Sync.EACH:
            self.sync()

    def append_gap(self, gap: Gap) -> None:
        """Write that something is missing here."""
        self._append(encode_gap(gap))

    def sync(self) -> int:
        """Ask the disk to keep everything; how many exchanges of this writer are now safe there (see ``Sync``)."""
        if self._policy is not Sync.NONE:
            self._file.sync()
        self._durable = self._written
        return self._durable

    def close(self) -> None:
        """Sync, and let others write the file; more than once is fine. A file without a line is removed."""
        try:
            if not self._file.closed:
                self.sync()
        finally:
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _append(self, line: bytes) -> None:
        if self._file.size and self._file.size + len(line) > self._size_max_bytes:
            self._rotate()
        self._file.append(line)

    def _rotate(self) -> None:
        """Go on in a new file: ``name.yaml``, ``name_0002.yaml``, ... (which sort in this order)."""
        if self._policy is not Sync.NONE:
            self._file.sync()
        first = self._paths[0]
        for number in range(len(self._paths) + 1, self._files_max + 1):
            path = first.with_name(f"{first.stem}_{number:04}{first.suffix}")
            if not path.exists():
                following = _File(path)
                self._file.close()
                self._file = following
                self._paths.append(path)
                return
        raise Misuse(
            f"a recording of {self._files_max} files", where=str(first), remedy="allow larger files or begin another"
        )


class _File:
    """One file that this process alone writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = _locked(path)
        self._entered = False  # whether the folder is known to keep the file's name
        self._failed: Weather | None = None
        try:
            index = self._recover()
        except BaseException:
            os.close(self._fd)
            raise
        self.size = index.end
        self.torn = index.torn
        self._headed = index.headed
        self._unterminated = index.unterminated

    @property
    def closed(self) -> bool:
        return self._fd < 0

    def append(self, line: bytes) -> None:
        """The line, and before the first ones what makes the file a cassette, in one write."""
        if self.closed:
            raise Misuse("the tape was closed", where=str(self.path), remedy="open it again to append")
        if self._failed is not None:
            raise self._failed
        head = b"" if self.size else FORMAT_LINE
        if self._unterminated:
            head = b"\n"
        entry = line.startswith(ENTRY)
        if entry and not self._headed:
            head += HEADER
        self._write(head + line)
        self._headed = self._headed or entry
        self._unterminated = False

    def sync(self) -> None:
        """Data and, once, the file's name in its folder. After one failure never again "done": the kernel forgets."""
        if self._failed is not None:
            raise self._failed
        try:
            os.fdatasync(self._fd)
            if not self._entered:
                _sync_folder(self.path.parent)
                self._entered = True
        except OSError as error:
            self._failed = _weather(error, self.path)
            raise self._failed from error

    def close(self) -> None:
        """Release the lock; a file into which nothing was written disappears."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            if not self.size:
                self.path.unlink(missing_ok=True)
            os.close(fd)

    def _write(self, data: bytes) -> None:
        """All of it, or the file as it was before."""
        done = 0
        try:
            while done < len(data):
                done += os.write(self._fd, memoryview(data)[done:])
        except OSError as error:
            raise _weather(error, self.path) from error
        finally:
            if done < len(data):
                self._cut_back()
        self.size += len(data)

    def _cut_back(self) -> None:
        """Take half a line away again; where that fails nothing may be written behind it."""
        try:
            os.ftruncate(self._fd, self.size)
        except OSError as error:
            self._failed = _weather(error, self.path)

    def _recover(self) -> Index:
        """What the file holds, its torn tail cut off."""
        with os.fdopen(os.dup(self._fd), "rb") as file:
            file.seek(0)
            index = read_index(file, self.path)
        if index.torn is not None:
            _log.warning("%s (cut off)", index.torn)
            os.ftruncate(self._fd, index.end)
        return index


def _locked(path: Path) -> int:
    """The file, open for appending, with the lock that keeps others out."""
    for _ in range(100):  # pragma: no branch (only a race, which no test can win for sure, brings a second round)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
        except OSError as error:
            remedy = "choose a folder and a file that you may write"
            raise Misuse(f"cannot write it ({error.strerror})", where=str(path), remedy=remedy) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(fd)
            raise TapeBusy("another process writes this tape", str(path), "give each writer its own file") from error
        if os.fstat(fd).st_nlink:  # pragma: no branch
            return fd
        os.close(fd)  # pragma: no cover (its last writer removed the empty file between our open and our lock)
    raise TapeBusy("other processes keep removing this tape", str(path), "give each its own file")  # pragma: no cover


def _sync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _weather(error: OSError, path: Path) -> Weather:
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return Weather("the disk is full; nothing of this exchange was written", str(path), "make room and go on")
    return Weather(f"the disk refused ({error.strerror})", str(path), "see whether the disk is well, then try again")
