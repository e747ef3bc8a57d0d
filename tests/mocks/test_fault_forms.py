"""The one table of how faults are written down."""

from __future__ import annotations

from dataclasses import fields
from typing import get_args

import pytest

from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import fault_from_json, fault_to_json
from tapehiss.mocks.fault_forms import FORMS, headers_from_json
from tapehiss.mocks.faults import Fault
from tapehiss.mocks.schedule import CONDITIONS, Rule
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
