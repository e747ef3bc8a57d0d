"""``tapehiss infer``: what the tapes prove about the vendor."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli import console
from tapehiss.cli.knowledge import saved_contract, taped, templates_of
from tapehiss.cli.opening import opened
from tapehiss.cli.output import STDOUT, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.catalogue import Catalogue
    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.evidence import Contract
    from tapehiss.contracts.operations import Operation

COLUMNS = ("operation", "statuses", "exchanges", "fields", "evidence")
THIN = 5
"""An operation with fewer exchanges is called thinly evidenced."""
BOUNDS_SHOWN = 10
"""How many of the bounds that were reached are told."""

_file = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("paths", metavar="TAPE...", nargs=-1, type=click.Path(path_type=Path))
@click.option("--skip-damaged", is_flag=True, help="Leave out lines that are no exchange; each is named.")
@click.option("--into", "-o", type=_file, metavar="FILE", help="Save the contract (JSON), to resume, merge or serve.")
@click.option("--openapi", type=_file, metavar="FILE", help="Write it as OpenAPI 3.1 (JSON).")
@click.option(
    "--from", "known", type=_file, metavar="FILE", multiple=True, help="Begin with this saved contract; repeatable."
)
@click.option(
    "--overrides", type=_file, metavar="FILE", help="Templates that you know better (TOML; see docs/contracts.md)."
)
@click.option("--json", "as_json", is_flag=True, help="Print the contract itself (JSON).")
def command(
    paths: tuple[Path, ...], skip_damaged: bool, into: Path | None, openapi: Path | None, known: tuple[Path, ...],
    overrides: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Infer the contract that tapes (files, or folders of them, in any order) prove.

    Counts what was asked and answered, by operation, status and media type. The contract accepts every exchange that it was
    learnt from, and every statement has its support: operations with few exchanges are called thin. With --from, what was known is
    added to: without a TAPE, saved contracts are merged.
    """
    from tapehiss.contracts.behaviour import facts
    from tapehiss.contracts.catalogue import catalogue
    from tapehiss.contracts.evidence import to_json
    from tapehiss.contracts.views import openapi as openapi_of

    if not paths and not known:
        raise click.UsageError("Missing argument 'TAPE...'.")
    contract = _learnt(paths, known, overrides, skip_damaged=skip_damaged)
    if not contract.exchanges:
        raise Misuse("there is no exchange on these tapes", remedy="record something first: tapehiss record --help")
    if into is not None:
        _write(into, to_json(contract))
    if openapi is not None:
        described = catalogue(contract)
        _write(openapi, json.dumps(openapi_of(described, facts(described)), indent=2) + "\n")
    if as_json:
        click.echo(to_json(contract), nl=False)
    elif STDOUT not in {into, openapi}:
        _show(catalogue(contract))


def _learnt(
    paths: tuple[Path, ...], known: tuple[Path, ...], overrides: Path | None, *, skip_damaged: bool
) -> Contract:
    """What was known and what the tapes prove."""
    from tapehiss.contracts.evidence import Contract, learn

    templates = templates_of(overrides)
    before = sum(map(saved_contract, known), Contract())
    tapes = opened(paths, skip_damaged=skip_damaged) if paths else ()
    told = console.progress(taped(tapes), "inferring", sum(len(tape) for tape in tapes))
    return learn(told, before, templates)


def _write(path: Path, text: str) -> None:
    write_whole(path, [text])
    if console.interactive() and path != STDOUT:
        console.warn(f"wrote {path}")


def _show(known: Catalogue) -> None:
    """The table; a person who watches gets the only origin once, so that the paths have room."""
    origins = {operation.origin for operation, _ in known.entries}
    short = console.interactive() and len(origins) == 1
    if short:
        console.say(origins.pop())
    console.table(COLUMNS, (_row(operation, evidence, short=short) for operation, evidence in known.entries))
    _footnotes(known)


def _row(operation: Operation, evidence: Evidence, *, short: bool) -> tuple[str, ...]:
    return (
        f"{operation.method} {operation.path}" if short else str(operation),
        " ".join(_statuses(evidence)),
        str(evidence.exchanges),
        str(sum(bool(path) for part in evidence.parts.values() for path in part.fields)),
        ", ".join(_doubts(evidence)),
    )


def _statuses(evidence: Evidence) -> Iterator[str]:
    """``200 x 12``, and endings that brought no answer."""
    from tapehiss.contracts.reading import status_of

    counted: dict[str, int] = {}
    for name, part in evidence.parts.items():
        status = status_of(name)
        if status is not None:
            counted[str(status)] = counted.get(str(status), 0) + part.exchanges
    counted |= {ending: count for ending, count in evidence.endings.items() if ending != "complete"}
    yield from (f"{name}×{count}" for name, count in sorted(counted.items()))


def _doubts(evidence: Evidence) -> Iterator[str]:
    """Why a reader should not lean on this row."""
    if evidence.exchanges < THIN:
        yield "thin"
    unread = sum(count for part in evidence.parts.values() for count in part.unread.values())
    if unread:
        yield f"{unread} bodies unread"
    if evidence.bounds or any(part.bounds for part in evidence.parts.values()):
        yield "beyond bounds"


def _footnotes(known: Catalogue) -> None:
    """What the table cannot say, beside the result."""
    for bound in known.contract.reached[:BOUNDS_SHOWN]:
        console.warn(f"a bound was reached, and what is beyond it is summed or unknown: {bound}")
    if console.interactive():
        exchanges = known.contract.exchanges
        thin = sum(evidence.exchanges < THIN for _, evidence in known.entries)
        console.say(f"{exchanges} exchanges · {len(known.entries)} operations · {thin} seen fewer than {THIN} times")
