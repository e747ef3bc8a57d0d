"""The one table of how faults are written down."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest
import yaml

from tapehiss.mocks.damage import KINDS
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import fault_from_json, fault_to_json
from tapehiss.mocks.fault_forms import FORMS, headers_from_json
from tapehiss.mocks.faults import GARBLED, Fault
from tapehiss.mocks.retry_after import FORMS as WAITS
from tapehiss.mocks.scenario import parse_scenario, scenarios
from tapehiss.mocks.schedule import CONDITIONS, Rule, rule_from_json
from tapehiss.mocks.shorthand import WORDS, rule_from_text, rule_to_text
from tapehiss.mocks.strategies import _faults


def test_every_fault_has_one_form():
    """What can strike can be written down, in one way."""
    kinds = set(get_args(Fault)) | {each for kind in get_args(Fault) for each in get_args(kind)}
    assert {form.make for form in FORMS} == {kind for kind in kinds if not get_args(kind)}
    assert len(FORMS) == len({form.make for form in FORMS})


def test_every_field_of_a_fault_can_be_written():
    """Nothing of a fault is out of reach of data and of the short form, and no part is called like a condition."""
    for form in FORMS:
        assert {part.attribute for part in form.parts} == {each.name for each in fields(form.make)}, form.word
        assert not {part.name for part in form.parts} & CONDITIONS.keys()
        assert all(part.word in WORDS or part.kind.from_text is None or part is form.parts[0] for part in form.parts)


@pytest.mark.parametrize("fault", _faults(1.5, 2.0, 429, 3, 4), ids=repr)
def test_every_fault_is_written_and_read(fault):
    """As data and in short form it is the same fault again."""
    assert fault_from_json(fault_to_json(fault)) == fault
    rule = Rule(fault, over_s=9.0 if "Rising" in repr(fault) else 0.0)
    assert rule_from_text(rule_to_text(rule)) == rule


def test_headers_are_pairs_that_can_be_sent():
    """A mapping or a list; what would break a head is refused."""
    assert headers_from_json({"Retry-After": 2}) == (("Retry-After", "2"),)
    assert headers_from_json([["A", "b"], ["A", "c"]]) == (("A", "b"), ("A", "c"))
    for wrong in ("text", [["a"]], {"a b": "c"}, {"a": "b\r\nc: d"}, {"": "a"}):
        assert isinstance(headers_from_json(wrong), Flaw)


DOCUMENT = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.splitlines() if line.startswith("| `")
]


def in_backticks(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


def test_the_document_names_every_fault_condition_damage_form_and_scenario():
    """What is not told there does not exist for a user; and nothing is told that does not exist."""
    faults = [row for row in ROWS if len(row) == 4]
    told = [rule for row in faults for text in in_backticks(row[0]) if isinstance(rule := rule_from_text(text), Rule)]
    assert {type(rule.fault) for rule in told} == {form.make for form in FORMS}
    assert len(told) == sum(len(in_backticks(row[0])) for row in faults)
    words = {word for row in ROWS for word in in_backticks(" ".join(row))}
    for known in (KINDS, GARBLED, WAITS, [each.name for each in scenarios()]):
        assert set(known) <= words
    conditions = [row for row in ROWS if len(row) == 3 and row[1] != "---"]
    assert {name for row in conditions for name in in_backticks(row[1])} == CONDITIONS.keys()
    assert {text.partition("=")[0] for row in conditions for text in in_backticks(row[0]) for text in text.split(" ") if "=" in text} == {
        "on", "where", "after", "first", "calls", "every", "p", "over", "from", "to", "since", "until",
    }  # fmt: skip


def test_the_two_ways_of_writing_a_fault_say_the_same():
    """In every row of the table the data is the fault of the short form beside it."""
    for short, data, *_ in [row for row in ROWS if len(row) == 4]:
        rule = rule_from_text(in_backticks(short)[-1])
        assert rule_from_json(yaml.safe_load(in_backticks(data)[0])) == rule, short


def test_every_example_rule_can_be_read():
    """The rules in blocks, and the file."""
    blocks = re.findall(r"```(\w*)\n(.*?)```", DOCUMENT, re.DOTALL)
    rules = [line for kind, block in blocks if not kind for line in block.strip().splitlines()]
    assert [line for line in rules if not isinstance(rule_from_text(line), Rule)] == []
    (example,) = [block for kind, block in blocks if kind == "yaml"]
    assert len(parse_scenario(example.encode(), "docs/faults.md", "example").rules) == 2
