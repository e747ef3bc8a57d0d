"""``tapehiss tape merge``."""

from __future__ import annotations

import subprocess
import sys

from recordings import CREATED, LOST, ORDER, READ, write_tape

from tapehiss.cassettes.tape import open_tape


def test_merging_keeps_every_exchange_in_request_order(tapehiss, tmp_path):
    """The merged tape holds all exchanges of all sources, ordered by when the requests began."""
    one = write_tape(tmp_path / "one.yaml", [CREATED, LOST])
    two = write_tape(tmp_path / "two.yaml", [ORDER[2], READ])
    assert tapehiss("tape", "merge", one, two, "--into", tmp_path / "all.yaml").code == 0
    with open_tape(tmp_path / "all.yaml") as merged:
        assert tuple(merged) == ORDER


def test_a_tape_that_cannot_be_made_whole_is_not_made(tmp_path):
    """A disk that takes only a part: the part is removed, so that the same command works once there is room."""
    tape = write_tape(tmp_path / "one.yaml", [READ] * 20)
    program = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))"
    program += "; from tapehiss.cli.main import main; main()"
    command = [sys.executable, "-c", program, "tape", "merge", tape, "--into", tmp_path / "all.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "File too large" in done.stderr) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == ["one.yaml"]


def test_an_existing_file_is_never_added_to(tapehiss, tmp_path):
    """A target that exists is refused, and stays as it was."""
    tape = write_tape(tmp_path / "one.yaml")
    before = tape.read_bytes()
    said = tapehiss("tape", "merge", tape, "--into", tape)
    assert said.code == 2
    assert tape.read_bytes() == before
