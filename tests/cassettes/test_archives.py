"""What kind of archive a file is."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.archives import archive_of
from tapehiss.cassettes.errors import UnsupportedFormat
from tapehiss.cassettes.importing import read_recording
from tapehiss.cassettes.tape import open_tape


def tarred(mode: str) -> bytes:
    """A tar file with one member."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode=mode) as archive:
        archive.addfile(tarfile.TarInfo("tape.yaml"))
    return held.getvalue()


def zipped() -> bytes:
    """A zip file with one member."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("tape.yaml", "x")
    return held.getvalue()


ARCHIVES = {
    "tar": tarred("w:"),
    "xz": tarred("w:xz"),
    "zip": zipped(),
    "bzip2": bz2.compress(b"x"),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_refused_by_its_name(tmp_path, name):
    """As a tape and as a recording: one clear line with what to do, and none of its bytes."""
    path = tmp_path / f"x.{name}"
    path.write_bytes(ARCHIVES[name])
    for read in (open_tape, read_recording):
        with pytest.raises(UnsupportedFormat) as refused:
            list(read(path))
        assert (refused.value.what, refused.value.remedy) == (f"an archive ({name})", "unpack it first")


def test_a_packed_archive_is_refused_as_well(tmp_path):
    """A recording in gzip is read, an archive in gzip is not."""
    path = tmp_path / "x.tar.gz"
    path.write_bytes(tarred("w:gz"))
    with pytest.raises(UnsupportedFormat, match=r"an archive \(tar\)"):
        list(read_recording(path))
    assert archive_of(gzip.compress(b"x")) == "gzip"
    assert archive_of(lzma.compress(b"x")) == "xz"


@given(st.text())
def test_text_is_no_archive(text):
    """What a recording begins with is never taken for one."""
    assert archive_of(b"- {" + text.encode()) == ""


def test_other_bytes_are_not_printed(tmp_path):
    """A binary file that is no archive is said to be one, and its bytes stay where they are."""
    path = tmp_path / "x.bin"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    with pytest.raises(UnsupportedFormat) as refused:
        open_tape(path)
    assert refused.value.what == "not a tape, nor any text"
