"""Promises of ``cli/output.py``."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cli.output import write_text, write_whole


def test_standard_output_without_a_file(capsys):
    """Piece by piece, and the size is told."""
    assert write_text(None, ["ab", "c\n"]) == 4
    assert capsys.readouterr().out == "abc\n"


def test_a_file(tmp_path):
    """The same bytes on every system."""
    assert write_text(tmp_path / "out", ["ab", "c\n"]) == 4
    assert (tmp_path / "out").read_bytes() == b"abc\n"


def test_a_file_that_is_there_is_left_alone(tmp_path):
    """A verb that makes a file never overwrites one."""
    (tmp_path / "out").write_text("mine")
    with pytest.raises(Misuse):
        write_text(tmp_path / "out", ["yours"])
    assert (tmp_path / "out").read_text() == "mine"


def test_a_folder_that_is_not_there(tmp_path):
    """The system's words, and the place."""
    with pytest.raises(Weather, match="cannot write"):
        write_text(tmp_path / "gone" / "out", ["a"])


def limited(path, limit_bytes, pieces):
    """Write in a process whose files cannot grow beyond a limit, as on a full disk."""
    program = (
        "import resource, signal, sys; from pathlib import Path; from tapehiss.cli.output import write_whole\n"
        f"signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, ({limit_bytes},) * 2)\n"
        f"write_whole(Path({str(path)!r}), {pieces!r})"
    )
    return subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True, check=False)


def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path):
    """A disk that fills up in the middle costs neither what was there before nor leaves half a file."""
    saved = tmp_path / "contract.json"
    saved.write_text("what was learnt in weeks")
    done = limited(saved, 1000, ["x" * 100_000])
    assert "Weather: " in done.stderr
    assert saved.read_text() == "what was learnt in weeks"
    assert list(tmp_path.iterdir()) == [saved]


def test_a_file_is_replaced_with_its_permissions_and_through_its_links(tmp_path):
    """A private file stays private, and a link stays a link."""
    saved, link = tmp_path / "real.json", tmp_path / "link.json"
    saved.write_text("old")
    saved.chmod(0o600)
    link.symlink_to(saved)
    assert write_whole(link, ["n", "ew"]) == 3
    assert (saved.read_text(), saved.stat().st_mode & 0o777, link.is_symlink()) == ("new", 0o600, True)


def test_a_device_is_written_as_it_is():
    """``-o /dev/stdout``, a pipe here, is no file to replace."""
    program = (
        "from pathlib import Path; from tapehiss.cli.output import write_whole; write_whole(Path('/dev/stdout'), ['a'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("a", "")


def test_a_place_that_is_no_folder(tmp_path):
    """The way leads through a file: the error names the path and a remedy."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Weather, match="->"):
        write_whole(tmp_path / "file" / "out", ["a"])
