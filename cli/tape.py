"""``tapehiss tape``: look at tapes, convert them, check them."""

from __future__ import annotations

import importlib

import click

SUBVERBS = {
    "export": "tapes as a vcrpy cassette or as HAR",
    "import": "other recorders' recordings as tapes, through the redaction door",
    "ls": "a table of the exchanges",
    "merge": "several tapes as one, in the order of the requests",
    "pretty": "a tape as block YAML for reading and for git",
    "show": "one exchange, readable",
    "split": "one tape as several",
    "verify": "is the tape whole, and is there a secret in it",
}


class TapeVerbs(click.Group):
    """The sub-verbs, each in ``cli/tape_<name>.py``, imported when used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The sub-verbs, in alphabetical order."""
        return sorted(SUBVERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command object of one sub-verb."""
        if cmd_name not in SUBVERBS:
            return None
        command = importlib.import_module(f"tapehiss.cli.tape_{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of sub-verbs, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(SUBVERBS.items()))


command = TapeVerbs(name="tape", help=__doc__.split(": ", 1)[1])
