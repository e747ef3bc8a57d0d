"""Shell: files that are read again when they have changed: tapes, schedules, limits.

A change is acted on when the files have been the same at two looks, so that nobody reads half a file; one that never rests is read all the
same after a while. What cannot be read leaves everything as it was, and is said with its place.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from tapehiss.cassettes.errors import TapehissError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

LOOK_S = 0.25
"""How often to look."""
LOOKS_MAX = 20
"""After so many looks at files that do not rest, they are read all the same."""
Stamps: TypeAlias = "dict[Path, tuple[int, int, int]]"
"""File to its time of change in nanoseconds, its size and its inode."""


@dataclass(slots=True)
class Source:
    """Some files (or folders of tapes), and what to do when they have changed."""

    what: str
    paths: Sequence[Path]
    again: Callable[[], str]
    """Reads them and says in one line what came of it; raises ``TapehissError``."""
    _seen: Stamps = field(default_factory=dict)
    _last: Stamps = field(default_factory=dict)
    _looks: int = 0

    def __post_init__(self) -> None:
        """What is there now was read already."""
        self._seen = self._last = stamps(self.paths)

    def look(self) -> str:
        """What is to be said of a change, if there was one and it was acted on."""
        try:
            now = stamps(self.paths)
        except OSError:  # no files are left to open a folder with, a network drive is away: look again later
            return ""
        if now == self._seen:
            self._looks = 0
            return ""
        self._looks += 1
        resting, self._last = now == self._last, now
        if not resting and self._looks < LOOKS_MAX:
            return ""
        self._seen, self._looks = now, 0
        try:
            return f"{self.what} read again: {self.again()}"
        except (TapehissError, OSError) as error:
            return f"{self.what} stay as they were: {error}"


def stamps(paths: Sequence[Path]) -> Stamps:
    """The files below some paths, as far as they are there."""
    return dict(_stamped(paths))


def _stamped(paths: Sequence[Path]) -> Iterator[tuple[Path, tuple[int, int, int]]]:
    for path in paths:
        for file in sorted(path.rglob("*.yaml")) if path.is_dir() else [path]:
            with suppress(FileNotFoundError):
                found = file.stat()
                yield file, (found.st_mtime_ns, found.st_size, found.st_ino)
