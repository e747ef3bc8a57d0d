"""``tapehiss tape verify``: is the tape whole, and is there a secret in it?"""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.redaction import suspicions
from tapehiss.cassettes.rulefile import project_rules
from tapehiss.cassettes.tape import open_tapes
from tapehiss.cli import console
from tapehiss.cli.opening import place, tapes_argument

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.rules import Rules
    from tapehiss.cassettes.tape import Tape


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a tape; never holds the secret itself."""

    kind: str
    """``damaged``, ``torn`` or ``secret``."""
    where: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """The finding on one line."""
        return f"{self.where}: {self.kind}: {self.what} -> {self.remedy}"


@click.command()
@tapes_argument
@click.option(
    "--config", type=click.Path(path_type=Path), metavar="FILE", help="Where [redaction] is.  [tapehiss.toml]"
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each finding.")
def command(paths: tuple[Path, ...], skip_damaged: bool, config: Path | None, as_json: bool) -> int:
    """Check tapes, line by line: exit code 1 when one is damaged or holds a suspected secret.

    Damaged lines are always looked past here, and always reported; with --skip-damaged they alone do not fail the check.
    """
    rules = project_rules(config, os.environ)
    tapes = open_tapes(paths, skip_damaged=True)
    found = 0
    failed = False
    for tape in tapes:
        for finding in findings(tape, rules):
            found += 1
            failed |= finding.kind == "secret" or not skip_damaged
            console.say_json(asdict(finding)) if as_json else console.say(str(finding))
    if not as_json:
        console.say(", ".join((_held(tapes), console.counted(found, "finding"))))
    return 1 if failed else 0


def _held(tapes: tuple[Tape, ...]) -> str:
    return f"{console.counted(sum(map(len, tapes)), 'exchange')} on {console.counted(len(tapes), 'tape')}"


def findings(tape: Tape, rules: Rules) -> Iterator[Finding]:
    """Everything wrong with one tape."""
    for damage in tape.damaged:
        yield Finding("damaged", damage.where, damage.what, "restore the line, or remove it")
    if tape.torn:
        torn = tape.torn
        where = f"{torn.path}:{torn.line}"
        yield Finding("torn", where, f"a tail of {torn.size} bytes", "the recorder cuts it when it next opens the tape")
    for position in console.progress(range(len(tape)), f"verifying {tape.path.name}", len(tape)):
        yield from secrets(tape, position, rules)


def secrets(tape: Tape, position: int, rules: Rules) -> Iterator[Finding]:
    """What still looks like a secret in one exchange."""
    where = place(tape, tape.index[position])
    exchange = tape[position]
    for _, words in (note for note in exchange.notes if note[0] == "quarantined"):
        remedy = "write a rule into [redaction] of tapehiss.toml, then import the file: tapehiss tape import"
        yield Finding("secret", where, f"quarantined: {words}", remedy)
    for suspicion in suspicions(exchange, rules):
        yield Finding(
            "secret",
            where,
            f"{suspicion.rule} in {suspicion.part} at {suspicion.pointer}",
            "revoke it at the vendor, then import the tape anew: tapehiss tape import",
        )
