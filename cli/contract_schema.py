"""``tapehiss contract schema``: what one operation answers, as JSON Schema."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.knowledge import catalogue_of, contract_argument, operation_named
from tapehiss.cli.output import STDOUT, output_option, write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.operations import Operation


@click.command()
@contract_argument
@click.argument("operation", nargs=-1, required=True, metavar="OPERATION")
@click.option("--status", type=int, metavar="CODE", help="Of this answer.  [the successful one that was seen most]")
@click.option("--media", metavar="TYPE", help="Of this media type.  [the one that was seen most]")
@output_option
def command(
    source: Path,
    overrides: Path | None,
    operation: tuple[str, ...],
    status: int | None,
    media: str | None,
    output: Path | None,
) -> None:
    """Write what an OPERATION of a CONTRACT answers as JSON Schema (2020-12), with its support in `x-tapehiss`."""
    from tapehiss.contracts.views import json_schema

    known = catalogue_of(source, overrides)
    chosen, evidence = operation_named(known, operation)
    code = status if status is not None else _usual(chosen, evidence)
    write_whole(output or STDOUT, [json.dumps(json_schema(known, chosen, code, media), indent=2), "\n"])


def _usual(operation: Operation, evidence: Evidence) -> int:
    """The status with documents that was seen most often, successful ones first."""
    from tapehiss.contracts.reading import status_of

    known = [
        (status, part.exchanges) for name, part in evidence.parts.items() if (status := status_of(name)) and part.fields
    ]
    if not known:
        raise Misuse(
            "no answer that could be read was seen", str(operation), "see what there is: tapehiss contract show"
        )
    return min(known, key=lambda each: (each[0] >= 300, -each[1], each[0]))[0]
