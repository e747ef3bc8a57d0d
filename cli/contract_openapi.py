"""``tapehiss contract openapi``: the contract as OpenAPI 3.1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from tapehiss.cli.knowledge import catalogue_of, contract_argument
from tapehiss.cli.output import STDOUT, output_option, write_whole

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@contract_argument
@output_option
def command(source: Path, overrides: Path | None, output: Path | None) -> None:
    """Write a CONTRACT as OpenAPI 3.1 (JSON).

    Shapes that recur are components, `x-tapehiss` beside each statement says on what it rests: seen n of m, first and last, tape and line.
    """
    from tapehiss.contracts.behaviour import facts
    from tapehiss.contracts.views import openapi

    known = catalogue_of(source, overrides)
    write_whole(output or STDOUT, [json.dumps(openapi(known, facts(known)), indent=2), "\n"])
