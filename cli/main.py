"""The front door: finds the verb, and turns an error value into one line and an exit code.

Exit codes, the same for every verb: 0 done; 1 what was asked about is not right (a damaged tape, a secret, a broken
contract); 2 it could not be tried (usage, settings, files, ports, a missing extra); 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import TapehissError

if TYPE_CHECKING:
    from collections.abc import Sequence

VERBS = {
    "infer": "what the tapes prove about the vendor",
    "record": "a recording proxy between your program and a vendor",
    "serve": "a mock vendor made of tapes, which can be told to misbehave",
    "tape": "look at tapes, convert them, check them",
}
"""Verb to summary: help needs no import of the verbs, and a verb imports only its own room."""


class Verbs(click.Group):
    """A group whose verbs live in one file each and are imported when they are used."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's signature)
        """The verbs, in alphabetical order."""
        return sorted(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command object ``command`` of ``tapehiss.cli.<verb>``."""
        if cmd_name not in VERBS:
            return None
        command = importlib.import_module(f"tapehiss.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of verbs, without importing any."""
        with formatter.section("Verbs"):
            formatter.write_dl(sorted(VERBS.items()))


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tapehiss", prog_name="tapehiss")
def tapehiss() -> None:
    """Record what a vendor's API really does, and replay it broken on purpose."""


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = tapehiss.main(args=None if argv is None else list(argv), prog_name="tapehiss", standalone_mode=False)
    except TapehissError as error:
        click.echo(f"tapehiss: {error}", err=True)
        code = 2
    except click.ClickException as error:
        error.show()
        code = 2
    except click.Abort:
        code = 130
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code)
