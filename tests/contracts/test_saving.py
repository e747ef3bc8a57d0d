"""The saved form of evidence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from tapehiss.contracts.counts import Evidence, Field, Part, Sample, Seen
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.saving import (
    resumed_evidence,
    resumed_field,
    resumed_part,
    saved_evidence,
    saved_field,
    saved_part,
    text_of,
)
from traffic import lists

A, B = Seen(1.0, "a.yaml", 4), Seen(2.0, "b.yaml", 5)
FULL = Field(
    {"string": 2, "array": 1}, 2, {'"x"': 2}, more=True, first=A, last=B, lengths=(1, 2), sizes=(0, 3), numbers=(1, 2.5),
    formats=frozenset({"date"}), shapes={'{"a":0}': 2}, more_shapes=1, positions=({"null": 1}, {"string": 1}),
    booleans={"true": 2},
)  # fmt: skip


@given(lists())
def test_what_was_saved_comes_back(exchanges):
    """The evidence of any traffic survives JSON."""
    for evidence in learn(exchanges).operations.values():
        assert evidence == resumed_evidence(json.loads(text_of(saved_evidence(evidence))))


@pytest.mark.parametrize("seen", [FULL, Field(exchanges=1), Field(formats=frozenset(), exchanges=1)])
def test_every_fact_of_a_field_is_saved(seen):
    """No field of a field is forgotten, and a set of formats that is empty is not the same as none."""
    assert seen == resumed_field(json.loads(json.dumps(saved_field(seen))))


@pytest.mark.parametrize("seen", [FULL, Field(exchanges=1), Field(exchanges=1, first=A, last=A)])
@pytest.mark.parametrize("ends", [(A, B), (None, None), (B, B)])
def test_a_field_is_where_its_part_was(seen, ends):
    """The witnesses of a part stand for those of its fields where they are the same, and nowhere else."""
    part = Part(3, {"not JSON": 1}, {"": seen}, frozenset({"depth"}), *ends, {"0001:a": Sample(2, '{"a":1}')})
    assert part == resumed_part(json.loads(json.dumps(saved_part(part))))


def test_a_zero_is_an_empty_object():
    """What is empty is left out."""
    assert ({}, Evidence()) == (saved_evidence(Evidence()), resumed_evidence({}))


def test_a_field_has_a_line():
    """A file of a contract is compared line by line."""
    told = text_of(
        {"operations": {"GET /": {"parts": {"query": {"fields": {"/b": {"kinds": {}}, "/a": {"kinds": {}}}}}}}}
    )
    assert [line.strip() for line in told.splitlines()][6:8] == ['"/a": {"kinds":{}},', '"/b": {"kinds":{}}']
    assert text_of({"b": "\ud800", "a": 1.5}) == '{"a":1.5,"b":"\\ud800"}\n'


@pytest.mark.parametrize(
    "saved",
    [
        {"exchanges": "x"},
        {},
        {"exchanges": 1, "fields": []},
        {"exchanges": 1, "fields": {"": 1}},
        {"exchanges": 1, "first": [1]},
        {"exchanges": 1, "fields": {"": {"exchanges": 1, "numbers": ["a", "b"]}}},
        {"exchanges": 1, "fields": {"": {"exchanges": 1, "positions": [1]}}},
    ],
)
def test_anything_else_is_refused(saved):
    """What was not saved here is one of the errors that callers expect."""
    with pytest.raises((ValueError, KeyError, TypeError, AttributeError)):
        resumed_part(saved)
