"""What kind of archive or compressed file a file is, by how it begins: nothing in it can be read before it is unpacked.

Facts: the formats' own magic numbers, as ``file(1)`` knows them; POSIX.1-1988 for tar.
"""

from __future__ import annotations

REMEDY = "unpack it first"
"""What to do with one."""

_BEGINNINGS = (
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"BZh", "bzip2"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
)
_TAR_AT, _TAR = 257, b"ustar"


def archive_of(head: bytes) -> str:
    """The format of an archive that begins so (300 bytes are enough); empty for anything else."""
    if head[_TAR_AT:].startswith(_TAR):
        return "tar"
    return next((name for magic, name in _BEGINNINGS if head.startswith(magic)), "")
