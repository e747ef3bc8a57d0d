"""``tapehiss contract show``: how to call a vendor, and what comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tapehiss.cli.knowledge import catalogue_of, contract_argument, operation_named
from tapehiss.cli.pages import show

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@contract_argument
@click.argument("operation", nargs=-1, metavar="[OPERATION]")
def command(source: Path, overrides: Path | None, operation: tuple[str, ...]) -> None:
    """Show what a CONTRACT proves: of the vendor as a whole, or of one OPERATION.

    An OPERATION is `GET /v1/things/{thing_id}`, a URL that was called, or a piece of it that no other has. Every page begins with a request that can be copied;
    what rests on few exchanges is called thinly evidenced. In a pipe the page is Markdown.
    """
    from tapehiss.contracts.behaviour import facts
    from tapehiss.contracts.pages import operation_page, overview
    from tapehiss.contracts.provenance import provenance

    known = catalogue_of(source, overrides)
    told = facts(known)
    if operation:
        show(operation_page(*operation_named(known, operation), told, provenance(known)))
    else:
        show(overview(known, told))
