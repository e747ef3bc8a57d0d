"""What a tape holds and where, from the first bytes of each line, without reading the bodies.

The law of this file: every byte of a tape is accounted for. It belongs to an entry, a gap record, a comment, or it is named
as damaged or as a torn tail; nothing is passed over in silence, and nothing here changes the file.

A line cut short is never taken for a whole one: no proper beginning of a JSON object is a JSON object.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from tapehiss.cassettes.archives import REMEDY, archive_of
from tapehiss.cassettes.errors import DamagedTape, TapeError, UnsupportedFormat
from tapehiss.cassettes.exchange import Ending, Exchange
from tapehiss.cassettes.line import COMMENT, ENTRY, Gap, decode_line

if TYPE_CHECKING:
    from pathlib import Path

LINE_MAX_BYTES = 1 << 30
"""A longer line is no exchange that anybody recorded."""

_TEXT = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_ASKED = re.compile(rb'(?:- |# tapehiss )\{"request": \{"method": (' + _TEXT + rb'), "uri": (' + _TEXT + rb"), ")
_ANSWERED = re.compile(
    rb'"response": \{(?:"status": \{"code": (\d+), "message": ' + _TEXT + rb"\}, )?"
    rb'"x-tapehiss": \{"started_at": ([0-9.e+-]+)(?:, "ending": "([a-z_]+)")?[,}]'
)
_RESPONSE = b'"response": {"'  # stands in no text (its quotes would be escaped) and is no header (its value is a list)
_ENDS = (b"}}\n", b"}}\r\n")
_HEADER_LINES = (b"version: 1", b"interactions:")
_BOM = b"\xef\xbb\xbf"


class Entry(NamedTuple):
    """One exchange of a tape, without its headers and bodies."""

    method: str
    url: str
    status: int | None
    ending: Ending
    started_at: float
    offset: int
    size: int
    """Bytes of the line."""
    line: int
    """Counted from 1."""


@dataclass(frozen=True, slots=True)
class Torn:
    """The end of a tape whose writer was stopped in the middle of a line."""

    path: Path
    line: int
    offset: int
    size: int

    def __str__(self) -> str:
        """The warning that names it."""
        return f"{self.path}:{self.line}: torn tail of {self.size} bytes; everything before it is whole"


@dataclass(frozen=True, slots=True)
class Index:
    """All that a tape holds, in the order of the file."""

    entries: tuple[Entry, ...]
    gaps: tuple[Gap, ...]
    damaged: tuple[DamagedTape, ...]
    torn: Torn | None
    end: int
    """Where the next line may begin."""
    headed: bool
    """Whether the header stands before ``end``."""
    unterminated: bool
    """Whether the last line lacks its line break."""


def read_index(
    file: BinaryIO, path: Path, *, skip_damaged: bool = False, line_max_bytes: int = LINE_MAX_BYTES
) -> Index:
    """Read the index of a tape that is open at its beginning.

    ``skip_damaged`` reads every line whole and collects what is damaged; else the first damage that shows from
    outside a line raises ``DamagedTape``. ``UnsupportedFormat``: the file is something else.
    """
    survey = _Survey(path, skip_damaged=skip_damaged, line_max_bytes=line_max_bytes)
    for line in iter(partial(file.readline, line_max_bytes), b""):
        survey.take(line)
    return survey.done()


class _Survey:
    """The state of one reading."""

    def __init__(self, path: Path, *, skip_damaged: bool, line_max_bytes: int) -> None:
        self.path = path
        self.skip_damaged = skip_damaged
        self.line_max_bytes = line_max_bytes
        self.entries: list[Entry] = []
        self.gaps: list[Gap] = []
        self.damaged: list[DamagedTape] = []
        self.torn: Torn | None = None
        self.offset = self.end = self.line = 0
        self.header_end: int | None = None
        self.ours = False
        self.unterminated = False

    def take(self, line: bytes) -> None:
        """Account for the next line."""
        self.line += 1
        if self.line == 1 and line.startswith(_BOM):  # an editor's; YAML passes over it
            self.offset, line = len(_BOM), line[len(_BOM) :]
        try:
            if line.startswith((ENTRY, COMMENT)):
                self._record(line)
            else:
                self._other(line)
        except TapeError as error:
            self._bad(line, replace(error, where=f"{self.path}:{self.line}"))
        self.offset += len(line)

    def done(self) -> Index:
        """The index, once every line was taken."""
        if self.torn is None and self.end < self.offset:
            self.torn = Torn(self.path, self.line, self.end, self.offset - self.end)  # a header and nothing after it
        headed = self.header_end is not None and self.header_end <= self.end
        found = tuple(self.entries), tuple(self.gaps), tuple(self.damaged)
        return Index(*found, self.torn, self.end, headed, self.unterminated)

    def _record(self, line: bytes) -> None:
        """An exchange, a gap or the format line."""
        whole = line.endswith(_ENDS)
        entry = None if self.skip_damaged or not whole else _glance(line, self.offset, self.line)
        if entry is None:
            found = decode_line(line)
            if isinstance(found, Gap):
                self.gaps.append(found)
            elif found is not None:
                entry = _entry(found, self.offset, len(line), self.line)
        if entry is not None:
            self.entries.append(entry)
        self.ours = True
        self._reach(line)

    def _other(self, line: bytes) -> None:
        """A line of the header, somebody's comment, an empty line; or nothing that belongs here."""
        bare = line.strip()
        if bare in _HEADER_LINES and line.endswith(b"\n"):
            if bare == b"interactions:":
                self.header_end = self.offset + len(line)
        elif not bare or (bare.startswith(b"#") and not (COMMENT.startswith(line) or line.startswith(COMMENT))):
            self._reach(line)
        elif not self.ours and not _begun(line):
            raise _foreign(bare)
        else:
            decode_line(line)  # raises
            raise DamagedTape("not a whole line")

    def _reach(self, line: bytes) -> None:
        self.end = self.offset + len(line)
        self.unterminated = not line.endswith(b"\n")

    def _bad(self, line: bytes, error: TapeError) -> None:
        """A torn tail, a damaged line, or another kind of file."""
        short = not line.endswith(b"\n") and len(line) < self.line_max_bytes
        if short and (self.ours or _begun(line)):
            self.torn = Torn(self.path, self.line, self.end, self.offset + len(line) - self.end)
        elif isinstance(error, DamagedTape) and self.skip_damaged:
            self.damaged.append(replace(error, remedy=""))
            self._reach(line)
        else:
            raise error


def _begun(line: bytes) -> bool:
    """Whether this might be what is left of a line of ours."""
    starts = (ENTRY, COMMENT, *_HEADER_LINES)
    return line.startswith((ENTRY, COMMENT)) or any(start.startswith(line.rstrip()) for start in starts)


def _glance(line: bytes, offset: int, number: int) -> Entry | None:
    """The entry of a line that we wrote, or ``None`` if it must be read whole to know."""
    asked = _ASKED.match(line)
    if asked is None or b"\\ufffd" in asked[0]:
        return None
    answered = _ANSWERED.match(line, line.find(_RESPONSE, asked.end()))
    if answered is None:
        return None
    status, started_at, ending = answered.groups()
    return Entry(
        _text(asked[1]),
        _text(asked[2]),
        None if status is None else int(status),
        Ending.COMPLETE if ending is None else Ending(ending.decode("ascii")),
        float(started_at),
        offset,
        len(line),
        number,
    )


def _text(quoted: bytes) -> str:
    """A JSON string of a line; one with escapes is rare in a method or a URL."""
    if b"\\" not in quoted:
        return quoted[1:-1].decode("ascii")
    text: str = json.loads(re.sub(rb"\\(?:\\|U(........))", _pair, quoted))
    return text


def _pair(found: re.Match[bytes]) -> bytes:
    """YAML's escape of a wide character as JSON's two."""
    return found[0] if found[1] is None else json.dumps(chr(int(found[1], 16)))[1:-1].encode("ascii")


def _entry(x: Exchange, offset: int, size: int, line: int) -> Entry:
    status = None if x.response is None else x.response.status
    return Entry(x.request.method, x.request.url, status, x.ending, x.started_at, offset, size, line)


def _foreign(line: bytes) -> UnsupportedFormat:
    """The error for a file that is no tape, said as helpfully as its first strange line allows."""
    remedy = "tapehiss tape import FILE --into FOLDER"
    if line.startswith((b"- request:", b"- response:")):
        return UnsupportedFormat("a vcrpy cassette in block style, not a tape of lines", remedy=remedy)
    if archive := archive_of(line):
        return UnsupportedFormat(f"an archive ({archive})", remedy=REMEDY)
    try:
        start = line.decode("utf-8")[:40]
    except UnicodeDecodeError:
        return UnsupportedFormat("not a tape, nor any text", remedy=remedy)
    return UnsupportedFormat(f"not a tape: {start}", remedy=remedy)
