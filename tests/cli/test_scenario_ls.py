"""``tapehiss scenario ls``: the ready scenarios."""

from __future__ import annotations

import json

from tapehiss.mocks.scenario import scenarios


def test_every_scenario_is_listed_with_what_it_does(tapehiss):
    """One line each in a pipe: its name and what it does."""
    lines = [line.split("\t") for line in tapehiss("scenario", "ls").out.splitlines()]
    assert lines == [[each.name, each.about] for each in scenarios()]
    assert all(about for _, about in lines)


def test_a_program_gets_the_rules_too(tapehiss):
    """A JSON object a line, with the rules in short form and as data."""
    told = [json.loads(line) for line in tapehiss("scenario", "ls", "--json").out.splitlines()]
    assert [each["name"] for each in told] == [each.name for each in scenarios()]
    assert all(len(each["short"]) == len(each["rules"]) > 0 for each in told)
