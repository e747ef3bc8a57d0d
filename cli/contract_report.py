"""``tapehiss contract report``: the whole contract as Markdown or HTML, for a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tapehiss.cli.knowledge import catalogue_of, contract_argument
from tapehiss.cli.output import STDOUT, output_option, write_whole

if TYPE_CHECKING:
    from pathlib import Path

FORMATS = ("markdown", "html")


@click.command()
@contract_argument
@click.option("--format", "form", type=click.Choice(FORMATS), help="[by the name of FILE, otherwise markdown]")
@output_option
def command(source: Path, overrides: Path | None, form: str | None, output: Path | None) -> None:
    """Write everything that a CONTRACT proves as one document that a team can read: Markdown, or HTML that needs nothing else."""
    from tapehiss.contracts.behaviour import facts
    from tapehiss.contracts.html import html
    from tapehiss.contracts.markdown import markdown
    from tapehiss.contracts.pages import report, title_of
    from tapehiss.contracts.provenance import provenance

    known = catalogue_of(source, overrides)
    page = report(known, facts(known), provenance(known))
    chosen = form or ("html" if output is not None and output.suffix.lower() in {".html", ".htm"} else "markdown")
    text = html(page, title_of(page)) if chosen == "html" else markdown(page)
    write_whole(output or STDOUT, [text])
