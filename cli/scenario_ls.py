"""``tapehiss scenario ls``: the scenarios that ship with us."""

from __future__ import annotations

import click

from tapehiss.cli import console
from tapehiss.cli.scenario_show import as_data


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(as_json: bool) -> None:
    """List the ready scenarios with what they do: a table on a terminal, tab-separated lines in a pipe."""
    from tapehiss.mocks.scenario import scenarios

    if as_json:
        for each in scenarios():
            console.say_json(as_data(each))
        return
    console.table(
        ("name", "what it does"), ((each.name, each.about) for each in scenarios()), foldable=("what it does",)
    )
