"""Other people's recordings as exchanges: what a file is is read from its content, never from its name.

::

    vcrpy, Ruby VCR, betamax, R vcr, go-vcr, ...   YAML or JSON   vcr.py
    HAR 1.2, Polly.JS                              JSON           har.py
    EasyVCR                                        JSON           easyvcr.py
    WireMock mappings                              JSON           wiremock.py
    requre                                         YAML           requre.py
    PyGithub ReplayData                            text           pygithub.py
    our own tapes                                  YAML lines     line.py
    mitmproxy flows                                tnetstrings    proxy/flowfile.py, which may import mitmproxy

What comes out is raw: it may hold secrets, and goes through the redaction door before any tape takes it.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes import easyvcr, har, pygithub, requre, vcr, wiremock
from tapehiss.cassettes.archives import REMEDY, archive_of
from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.document import FILE_MAX_BYTES, load_documents
from tapehiss.cassettes.errors import DamagedTape, UnsupportedFormat
from tapehiss.cassettes.exchange import Exchange
from tapehiss.cassettes.line import COMMENT, ENTRY, HEADER, decode_line
from tapehiss.cassettes.source import Recorded, Refusal, Source
from tapehiss.cassettes.view import X

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["EXPECTED", "NO_RECORDING", "Recorded", "Refusal", "Source", "is_flow_file", "read_recording", "read_source"]

X_MARK = f'"{X}"'.encode()

NO_RECORDING = "no recording that tapehiss knows"
"""What the error says of a file that can be parsed and is something else."""

EXPECTED = (
    "a recording: a vcrpy, Ruby VCR, betamax, R vcr or go-vcr cassette, HAR or Polly.JS, EasyVCR, WireMock mappings, "
    "PyGithub replay data, a requre storage, mitmproxy flows or a tape"
)


GZIP = b"\x1f\x8b\x08"


def read_recording(path: Path, *, base_url: str | None = None, root: Path | None = None) -> Iterator[Recorded]:
    """The exchanges of a recording in the order of its file, each interaction read or refused by name.

    ``base_url`` stands before URLs that were recorded without a host. ``root`` is the folder outside of which no other file
    is opened for the recording (bodies that lie in files of their own); without it, the folder above the file's.
    Raises ``UnsupportedFormat`` for a file that is no recording, ``OSError`` for one that cannot be read.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UnsupportedFormat("a pipe or a device, not a file", str(path), "save it to a file first")
    size_bytes = path.stat().st_size
    if size_bytes > FILE_MAX_BYTES:
        what = f"the file has {size_bytes:,} bytes, {FILE_MAX_BYTES:,} are allowed"
        raise UnsupportedFormat(what, str(path), "split it with the tool that wrote it")
    sibling = _siblings(path, root or path.resolve().parent.parent)
    return read_source(Source(str(path), _unzipped(path.read_bytes(), str(path)), sibling, base_url))


def _unzipped(data: bytes, name: str) -> bytes:
    """What a file holds that was put into gzip whole, as ``rec.har.gz``; any other file as it is."""
    if not data.startswith(GZIP):
        return data
    content, damaged = decode((("Content-Encoding", "gzip"),), data, limit_bytes=FILE_MAX_BYTES)
    if damaged:
        raise UnsupportedFormat("a gzip file that is damaged or holds too much", name, "unpack it first")
    if is_flow_file(content[:100]):
        raise UnsupportedFormat("a mitmproxy flow file in gzip", name, "unpack it first")
    return content


def _siblings(path: Path, root: Path) -> Callable[[str], bytes | None]:
    """Other files of the recording: below ``root`` only, so that a recording from elsewhere cannot name any file here."""
    inside = root.resolve()

    def read(name: str) -> bytes | None:
        other = (path.parent / name).resolve()
        small = other.is_relative_to(inside) and other.is_file() and other.stat().st_size <= FILE_MAX_BYTES
        return other.read_bytes() if small else None

    return read


def is_flow_file(head: bytes) -> bool:
    """Whether a file that begins so is mitmproxy's (a tnetstring dictionary; ``proxy/flowfile.py`` reads it)."""
    return re.match(rb"\d{1,12}:\d{1,3}:[a-z_]{2,40}[;,]", head) is not None


def read_source(source: Source) -> Iterator[Recorded]:
    """The same as ``read_recording``, for bytes that are in memory (a member of an archive)."""
    data = source.data
    if is_flow_file(data[:100]):
        raise UnsupportedFormat("a mitmproxy flow file", source.name, "tapehiss tape import reads it (tapehiss[proxy])")
    if pygithub.is_replay_data(data):
        return pygithub.read(source)
    if _is_tape(data):
        return _read_tape(source)
    if archive := archive_of(data[:300]):
        raise UnsupportedFormat(f"an archive ({archive})", source.name, REMEDY)
    readers = [_reader(document, source) for document in load_documents(data, source.name)]
    if not any(readers):
        raise UnsupportedFormat(NO_RECORDING, source.name, f"give {EXPECTED}")
    return (recorded for reader in readers if reader for recorded in reader())


def _reader(document: Any, source: Source) -> Callable[[], Iterator[Recorded]] | None:
    """The reader of a document, or ``None`` for one that is no recording."""
    if requre.is_storage(document):
        return partial(requre.read, document, source)
    for items_of, read in _FAMILIES:
        items = items_of(document)
        if items is not None:
            return partial(read, items, source)
    return None


# The first that takes a document reads it: from the narrow shapes to the wide one.
_FAMILIES: tuple[tuple[Callable[[Any], list[Any] | None], Callable[[list[Any], Source], Iterator[Recorded]]], ...] = (
    (har.entries, har.read),
    (wiremock.mappings, wiremock.read),
    (easyvcr.interactions, easyvcr.read),
    (vcr.interactions, vcr.read),
)


def _is_tape(data: bytes) -> bool:
    """Whether a file is one of our own, as it was appended to (a re-saved or a pretty one is read as a cassette)."""
    return data.startswith(COMMENT) or (data.startswith(HEADER + ENTRY) and X_MARK in data)


def _read_tape(source: Source) -> Iterator[Recorded]:
    """The exchanges of a tape; gaps hold none, damaged lines are refused."""
    for number, line in enumerate(source.data.split(b"\n"), start=1):
        try:
            held = decode_line(line)
        except DamagedTape as error:
            yield Refusal(f"{source.name}:{number}", error.what, error.remedy)
            continue
        if isinstance(held, Exchange):
            yield held
