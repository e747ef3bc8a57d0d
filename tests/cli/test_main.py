"""The front door."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from recordings import write_tape


def test_help_lists_every_verb(tapehiss):
    """``tapehiss --help`` names each verb with a summary."""
    said = tapehiss("--help")
    assert said.code == 0
    for verb in ("infer", "record", "scenario", "serve", "tape"):
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


def test_what_only_the_system_explains_has_a_remedy(tapehiss, tmp_path):
    """A folder below a file: the system's words, and what to do."""
    tape = write_tape(tmp_path / "t.yaml")
    said = tapehiss("tape", "import", tape, "--into", tape / "into")
    assert (said.code, said.err) == (
        2,
        f"tapehiss: {tape / 'into'}: Not a directory -> name another place: there is a file where a folder should be\n",
    )


def test_what_an_error_quotes_steers_no_terminal(tapehiss, tmp_path):
    """A file that is no tape, or is not even text, named by mistake: one line, in which every control character is spelt out."""
    for content, quoted in (
        (b"colour: \x1b[31m\xc2\x9b\n", "\\x1b[31m"),
        (b"\x7fELF\x1b[31m\x00\x9b\n", "nor any text"),
    ):
        (tmp_path / "program").write_bytes(content)
        said = tapehiss("tape", "ls", tmp_path / "program")
        assert said.code == 2
        assert said.err.endswith("\n")
        assert said.err[:-1].isprintable()
        assert quoted in said.err


def test_an_error_of_several_lines_is_said_on_one(tapehiss, tmp_path):
    """What a parser says in three lines is one line for whoever reads the log."""
    (tmp_path / "schedule.yaml").write_bytes(b"rules: \xd0\xff")
    said = tapehiss("serve", write_tape(tmp_path / "t.yaml"), "--schedule", tmp_path / "schedule.yaml")
    assert (said.code, len(said.err.splitlines())) == (2, 1)


def test_a_character_that_the_terminal_lacks_costs_no_result(tmp_path):
    """An old locale and a file name that is no text: what cannot be shown is spelt out."""
    tape = write_tape(tmp_path / "t.yaml")
    into = os.fsencode(tmp_path) + b"/\xff\xe2\x82\xac.yaml"
    done = subprocess.run(
        [sys.executable, "-m", "tapehiss.cli", "tape", "merge", tape, "--into", into],
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "latin-1:strict"},
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.endswith(b"/\\udcff\\u20ac.yaml\n")


def test_ctrl_c_before_the_verb_is_there_leaves_no_traceback():
    """Interrupted while modules are still being imported: the process ends as the signal says, and says nothing."""
    program = (
        "import os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # whatever the shell that runs the tests left
        "class Impatient:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Impatient())\n"
        "from tapehiss.cli.__main__ import main\n"
        "main()"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
