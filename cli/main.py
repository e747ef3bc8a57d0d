"""The front door: finds the verb, and turns an error value into one line and an exit code.

Exit codes, the same for every verb: 0 done; 1 what was asked about is not right (a damaged tape, a secret, a broken
contract); 2 it could not be tried (usage, settings, files, ports, a missing extra); 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import TapehissError, remedy_for
from tapehiss.cli.console import visible
from tapehiss.cli.lazy import LazyGroup

if TYPE_CHECKING:
    from collections.abc import Sequence

tapehiss = LazyGroup(
    name="tapehiss",
    help="Record what a vendor's API really does, and replay it broken on purpose.",
    context_settings={"help_option_names": ["-h", "--help"]},
    module="tapehiss.cli.",
    summaries={
        "check": "does traffic fit a contract?",
        "drift": "what has changed at a vendor between two contracts",
        "contract": "read what a contract proves, and compare it with what a vendor publishes",
        "infer": "what the tapes prove about the vendor",
        "record": "a recording proxy between your program and a vendor",
        "scenario": "ready schedules of faults: list, show, play",
        "serve": "a mock vendor made of tapes, which can be told to misbehave",
        "storm": "run a program in bad weather, and find the smallest outage that breaks it",
        "tape": "look at tapes, convert them, check them",
    },
)
tapehiss = click.version_option(package_name="tapehiss", prog_name="tapehiss")(tapehiss)


def run(argv: Sequence[str] | None) -> int:
    """Run a command line and give its exit code; every error value becomes one line on standard error."""
    try:
        code = tapehiss.main(args=None if argv is None else list(argv), prog_name="tapehiss", standalone_mode=False)
    except TapehissError as error:
        click.echo(f"tapehiss: {one_line(str(error))}", err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except SystemExit:
        # How click says that the reader of our output has left (`| head`); nobody is there to be told. Verbs never exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        words = f"{error.filename or 'system'}: {error.strerror or error} -> {remedy_for(error)}"
        click.echo(f"tapehiss: {one_line(words)}", err=True)
        return 2
    return code if isinstance(code, int) else 0


def one_line(text: str) -> str:
    """An error on one line, whatever it quotes: a binary file must not steer the terminal."""
    return visible(" ".join(line.strip() for line in text.splitlines()))


def main() -> None:
    """The console script."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors == "strict":
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that lacks a character costs no result
    sys.exit(run(None))
