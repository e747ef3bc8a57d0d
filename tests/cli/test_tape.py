"""``tapehiss tape``: the group."""

from __future__ import annotations

from pathlib import Path

from tapehiss.cli.tape import command

CLI = Path(__file__).resolve().parent.parent.parent / "cli"


def test_every_verb_has_its_file_and_every_file_its_verb(tapehiss):
    """The table of verbs and the files ``cli/tape_*.py`` say the same, and help shows each."""
    files = {path.stem.removeprefix("tape_") for path in CLI.glob("tape_*.py")}
    assert set(command.summaries) == files
    said = tapehiss("tape", "--help")
    assert all(verb in said.out for verb in files)
