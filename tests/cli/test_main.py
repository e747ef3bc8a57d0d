"""The front door."""

from __future__ import annotations

import subprocess
import sys

from recordings import write_tape


def test_help_lists_every_verb(tapehiss):
    """``tapehiss --help`` names each verb with a summary."""
    said = tapehiss("--help")
    assert said.code == 0
    for verb in ("infer", "record", "serve", "tape"):
        assert verb in said.out


def test_a_wrong_verb_is_exit_code_2(tapehiss):
    """A verb that we do not have: usage on standard error, exit code 2."""
    said = tapehiss("rewind")
    assert said.code == 2
    assert "rewind" in said.err


def test_a_reader_that_leaves_is_no_error(tmp_path):
    """``tapehiss tape ls … | head -1`` ends quietly."""
    tape = write_tape(tmp_path / "t.yaml", [*write_tapes_of(20_000)])
    command = f"'{sys.executable}' -m tapehiss.cli tape ls '{tape}' | head -1"
    done = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, len(done.stdout.splitlines())) == (0, "", 1)


def write_tapes_of(count):
    from recordings import READ

    return [READ] * count
