"""Promises of ``cli/output.py``."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cli.output import write_text


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
