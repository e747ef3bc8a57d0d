"""``tapehiss contract compare``: a published description against what the tapes prove."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.knowledge import catalogue_of, contract_argument
from tapehiss.cli.telling import Telling, telling_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.contracts.comparing import Compared

_GROUPED = "what is wrong about one documented schema is told once for all operations (--verbose tells each, so does --format json)"


@click.command()
@contract_argument
@click.argument("description", type=click.Path(path_type=Path))
@telling_options
@click.option(
    "--verbose",
    is_flag=True,
    help="Tell each operation; without it what is wrong about one documented schema is told once.",
)
def command(source: Path, overrides: Path | None, description: Path, telling: Telling, *, verbose: bool) -> int:
    """Compare a CONTRACT with a DESCRIPTION that the vendor publishes: OpenAPI 2.0 to 3.1 or Google Discovery, JSON or YAML.

    Three things are told: what is documented and was never seen (remarks), what was seen and is not documented (warnings), and what was
    seen otherwise than documented. Exit code 0: nothing at or above --fail-on; 1: something; 2: it could not be tried.
    """
    from tapehiss.contracts.comparing import compared
    from tapehiss.contracts.grouped import together
    from tapehiss.contracts.published import read_description
    from tapehiss.contracts.report import Report

    known = catalogue_of(source, overrides)
    try:
        text = description.read_bytes()
    except OSError as error:
        raise Misuse(f"cannot be read: {error.strerror}", str(description), "check the path") from error
    published = read_description(text, where=str(description))
    found = compared(known, published)
    if not found.served:
        what = f"{description} describes none of the {len(known.entries)} operations in {source}: nothing could be compared"
        raise Misuse(what, remedy="give the description that this vendor publishes")
    scope = (("recorded operation", len(known.entries)), ("documented operation", found.documented))
    operations = tuple(str(operation) for operation, _ in known.entries)
    subject = f"{description} ({published.format})"
    decided = telling.decided(found.findings)
    notes = (*_notes(found), *([] if verbose else [_GROUPED]))
    told = telling if verbose else replace(telling, group=together)
    return told.tell(Report("compare", subject, decided, telling.threshold, scope, operations, notes))


def _notes(found: Compared) -> Iterator[str]:
    """How much there is of each of the three."""
    yield f"{found.matched} recorded operations are documented, of {found.documented} that are"
    for what, count in found.by_class.items():
        yield f"{what}: {count}"
    if found.is_secured:
        yield "which credentials the description demands (security) was not compared"
