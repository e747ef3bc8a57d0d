"""``tapehiss check``: does traffic fit a contract?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli import console
from tapehiss.cli.knowledge import catalogue_of
from tapehiss.cli.opening import opened, tapes_argument
from tapehiss.cli.telling import Telling, telling_options

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.tape import Tape
    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.findings import Witness
    from tapehiss.contracts.report import Report

FINDINGS_MAX = 10_000
"""How many different findings are told; more are a different vendor."""

_path = click.Path(path_type=Path)


@click.command()
@tapes_argument
@click.option("--contract", "-c", "source", type=_path, required=True, metavar="CONTRACT",
              help="A file of `tapehiss infer --into`, a tape, or a folder of tapes.")  # fmt: skip
@click.option(
    "--overrides", type=_path, metavar="FILE", help="Templates that you know better (TOML; see docs/contracts.md)."
)
@telling_options
def command(paths: tuple[Path, ...], skip_damaged: bool, source: Path, overrides: Path | None, telling: Telling) -> int:
    """Check every exchange on tapes (files, or folders of them) against a contract.

    A finding is an error, a warning or a remark, by what it breaks and by how much evidence there is against it. Exit code 0:
    nothing at or above --fail-on; 1: something; 2: it could not be tried.
    """
    known = catalogue_of(source, overrides)
    tapes = opened(paths, skip_damaged=skip_damaged)
    total = sum(len(tape) for tape in tapes)
    if not total:
        raise Misuse("there is no exchange on these tapes", remedy="record something first: tapehiss record --help")
    return telling.tell(checked(console.progress(_placed(tapes), "checking", total), known, source, telling))


def checked(
    exchanges: Iterable[tuple[Exchange, Witness]],
    known: Catalogue,
    source: Path,
    telling: Telling,
    notes: Sequence[str] = (),
) -> Report:
    """The report about these exchanges, each with the place where it stands."""
    from tapehiss.contracts.conformance import Conformance
    from tapehiss.contracts.findings import Ledger
    from tapehiss.contracts.report import Report

    conformance, ledger = Conformance(known), Ledger(FINDINGS_MAX)
    operations: set[str] = set()
    count = 0
    for exchange, witness in exchanges:
        count += 1
        operations.add(conformance.operation(exchange))
        ledger.add(conformance.findings(exchange, witness))
    scope = (("exchange", count), ("operation", len(operations)))
    more = [f"more than {FINDINGS_MAX} different findings: {ledger.dropped} were not told"] if ledger.dropped else []
    decided = telling.decided(ledger.findings())
    return Report("check", str(source), decided, telling.threshold, scope, tuple(sorted(operations)), (*more, *notes))


def _placed(tapes: Sequence[Tape]) -> Iterator[tuple[Exchange, Witness]]:
    from tapehiss.contracts.findings import Witness

    for tape in tapes:
        for entry in tape.index:
            yield tape.read(entry), Witness(str(tape.path), entry.line)
