"""``tapehiss record``: a recording proxy between your program and a vendor."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cassettes.errors import Misuse, TapehissError, remedy_for
from tapehiss.cassettes.rulefile import CONFIGURATION, project_rules
from tapehiss.cli import console
from tapehiss.proxy import configuration, display, trust

if TYPE_CHECKING:
    from tapehiss.proxy.session import Outcome, Session
    from tapehiss.proxy.settings import Settings

EPILOG = """\b
Examples:
  tapehiss record --to https://api.vendor.example
  tapehiss record --to https://api.vendor.example -- pytest tests/
  tapehiss record --to http://127.0.0.1:5000 --env AWS_ENDPOINT_URL -- python upload.py
  tapehiss record --mode regular -- python sync.py

Exit code: 0 recorded, 1 something is missing from a --strict recording, 2 it could not be recorded; with a command, the
command's own if it is not 0 (128 + n if signal n ended it). Ctrl-C is how a recording without a command ends: 0.
"""


@click.command(epilog=EPILOG, context_settings={"allow_interspersed_args": False})
@click.option(
    "--to", metavar="URL", help="The vendor, in reverse mode: clients use the recorder's URL instead of this one."
)
@click.option(
    "--mode", type=click.Choice(["reverse", "regular"]), help="regular: a forward proxy for many hosts.  [reverse]"
)
@click.option(
    "--listen",
    metavar="HOST:PORT",
    help="Where clients reach the recorder.  [127.0.0.1:8080; with a command any free port]",
)
@click.option("--into", metavar="DIR", help="Folder for the tapes.  [cassettes]")
@click.option(
    "--host",
    metavar="GLOB",
    multiple=True,
    help="Record these hosts only; '!GLOB': all but these. Repeatable, as the next two.",
)
@click.option("--path", metavar="GLOB", multiple=True, help="Record these paths only.")
@click.option("--content-type", metavar="GLOB", multiple=True, help="Record these media types of responses only.")
@click.option("--label", metavar="TEXT", help="A name for this part of the recording, on every exchange.")
@click.option("--max-body", metavar="SIZE", help="Keep larger bodies only in part, with length and digest.  [10MiB]")
@click.option(
    "--rewrite/--no-rewrite",
    default=None,
    help="Show the client the recorder's URL where the vendor wrote its own.  [rewrite]",
)
@click.option("--strict/--no-strict", default=None, help="Exit 1 if anything passed unrecorded.  [no-strict]")
@click.option(
    "--sync", type=click.Choice(["each", "group", "none"]), help="When what is written is made durable.  [group]"
)
@click.option("--confdir", metavar="DIR", help="Where the certificate authority lives.  [~/.mitmproxy]")
@click.option("--upstream-ca", metavar="PEM", help="Trust these authorities, too, when talking to the vendor.")
@click.option("--insecure", is_flag=True, default=None, help="Do not verify the vendor's certificate.")
@click.option(
    "--env", metavar="NAME[=VALUE]", multiple=True, help="Set a variable for the command; {url} is the recorder's URL."
)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where [record] and [redaction] are.  [tapehiss.toml]",
)
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="At the end, one JSON object on standard output.")
@click.option("--how-to-trust", is_flag=True, help="Print how clients are told to trust the recorder, and leave.")
@click.argument("command", nargs=-1, type=click.UNPROCESSED, metavar="[-- COMMAND...]")
def command(
    config: Path | None, quiet: bool, as_json: bool, how_to_trust: bool, command: tuple[str, ...], **given: Any
) -> int:
    """Record what a vendor's API does, as a proxy between your program and the vendor.

    With a COMMAND, it is run with the environment that points it at the recorder ("{url}" in its arguments is the
    recorder's URL), and the recording ends with it.
    """
    choice = configuration.chosen(given, table(config))
    if how_to_trust:
        explain(choice)
        return 0
    settings = configured(configuration.settings_of(choice, command=bool(command)), config)
    session = begun(settings, command, tuple(choice["env"]), quiet=quiet)
    try:
        outcome = finished(session)
    except TapehissError as error:
        if as_json:
            console.say_json(display.summary(session.tally, exit_code=2, command=None) | {"error": str(error)})
        raise
    if not quiet or outcome.summary.exit_code:  # what is missing from a strict recording is said even then
        conclude(outcome)
    if as_json:
        console.say_json(display.summary(outcome.summary.tally, exit_code=outcome.exit_code, command=outcome.command))
    return outcome.exit_code


def table(config: Path | None) -> dict[str, Any]:
    """The ``[record]`` table of the configuration, empty if there is none."""
    path = config or CONFIGURATION
    try:
        return configuration.record_table(path.read_text("utf-8"), str(path))
    except FileNotFoundError:
        if config is None:
            return {}
        raise Misuse("there is no such file", str(config), "correct --config") from None
    except OSError as error:
        raise Misuse(f"cannot be read ({error.strerror})", str(path), remedy_for(error)) from None
    except UnicodeDecodeError:
        raise Misuse("no UTF-8 text", str(path), "save the file as UTF-8") from None


def explain(choice: dict[str, Any]) -> None:
    """How to trust the authority; its bundle is written if it exists already."""
    ours = trust.authority(Path(choice["confdir"]))
    if ours.certificate.exists():
        trust.write_bundle(ours, os.environ)
    else:
        console.warn(f"{ours.certificate} is made when the recorder first starts")
    console.say(trust.printed(f"http://{choice['listen'] or configuration.LISTEN}", ours))


def configured(settings: Settings, config: Path | None) -> Settings:
    """The settings, whose files have been looked at, with the redaction rules and the project's key."""
    from dataclasses import replace

    from tapehiss.cassettes.projectkey import project_key

    if settings.upstream_ca is not None:
        trust.verified(settings.upstream_ca)
    rules = project_rules(config, os.environ)
    try:
        key = project_key(Path.cwd(), os.environ)
    except OSError as error:
        raise Misuse(
            f"the project's key cannot be kept: {error.strerror}",
            str(error.filename),
            "set TAPEHISS_KEY, or record in a folder that you may write",
        ) from None
    return replace(settings, rules=rules, key=key)


def begun(settings: Settings, command: tuple[str, ...], env: tuple[str, ...], *, quiet: bool) -> Session:
    """The recording, of which nothing has happened yet."""
    from tapehiss.proxy.session import Plan, Session

    return Session(Plan(settings, command, env, quiet=quiet))


def finished(session: Session) -> Outcome:
    """The recording itself."""
    from tapehiss.proxy.loop import run

    return run(session.run())


def conclude(outcome: Outcome) -> None:
    """The end: a table on a terminal, and where the tapes are."""
    tally = outcome.summary.tally
    if sys.stderr.isatty() and tally.endpoints:
        from rich.console import Console

        Console(stderr=True).print(display.table(display.endpoints(tally)))
    for line in display.closing(tally):
        console.warn(line)
