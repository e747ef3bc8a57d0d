"""``tapehiss scenario show``: one scenario, to read or to begin your own with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tapehiss.cli import console

if TYPE_CHECKING:
    from tapehiss.mocks.scenario import Scenario


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As one JSON object, each rule in short form and as data.")
def command(name: str, as_json: bool) -> None:
    """Show the scenario NAME (or the one in a YAML file) as YAML that `tapehiss serve --schedule` reads."""
    found, path = chosen(name)
    if as_json:
        console.say_json(as_data(found))
    else:
        console.say(path.read_text(encoding="utf-8").rstrip())


def chosen(name: str) -> tuple[Scenario, Path]:
    """The scenario of this name, or in this file (by its ending), and where it is kept; raises ``BadSchedule``."""
    from tapehiss.mocks.scenario import FOLDER, read_scenario, scenario

    if name.endswith((".yaml", ".yml")):
        return read_scenario(Path(name)), Path(name)
    return scenario(name), FOLDER / f"{name}.yaml"


def as_data(found: Scenario) -> dict[str, Any]:
    """A scenario for a program."""
    from tapehiss.mocks.schedule import schedule_to_json
    from tapehiss.mocks.shorthand import rule_to_text

    short = [rule_to_text(rule) for rule in found.rules]
    return {"name": found.name, "about": found.about, "short": short, "rules": schedule_to_json(found.rules)}
