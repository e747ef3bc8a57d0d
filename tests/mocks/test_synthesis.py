"""Documents made of a contract."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from random import Random

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapes import structured
from shelf import answer

from tapehiss.cassettes.exchange import Exchange, Request
from tapehiss.cassettes.tape import open_tapes
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.counts import Field, Part
from tapehiss.contracts.documents import of_body
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.formats import FORMATS
from tapehiss.contracts.judges import judge_of
from tapehiss.contracts.schemas import schema_of
from tapehiss.mocks.synthesis import document_of, fresh_like
from traffic import documents

LIBRARY = Path(__file__).parents[2] / "cassettes" / "library"


@cache
def library_parts():
    """Every part of every operation on the tapes that ship with us."""
    parts = []
    for tape in open_tapes([LIBRARY]):
        with tape:
            known = catalogue(learn(tape))
        parts += [part for _, evidence in known.entries for part in evidence.parts.values() if part.fields]
    return parts


def clean() -> st.SearchStrategy[object]:
    """Documents that a body can hold."""
    return st.one_of(documents(), structured()).filter(readable)


def part_of(*values: object):
    """The evidence of these documents, each the answer of an exchange."""
    exchanges = [
        Exchange(Request("GET", "https://api.vendor.example/v1/things"), answer(200, value)) for value in values
    ]
    (_, evidence), *_ = learn(exchanges)
    return evidence.parts["response 200 application/json"]


def readable(value: object) -> bool:
    """Whether a document survives its body."""
    return not of_body("application/json", json.dumps(value).encode()).unread


def valid(part, document) -> bool:
    return jsonschema_rs.validator_for(schema_of(part)).is_valid(document) and judge_of(part).accepts(document)


@settings(max_examples=100, deadline=None)
@given(st.data(), st.integers(0, 2**32))
def test_what_is_made_of_a_recorded_vendor_is_valid(data, seed):
    """Whatever the dice, a document is accepted by the schema of the part of a contract that it is made of, and by the stricter judge."""
    part = data.draw(st.sampled_from(library_parts()))
    assert valid(part, document_of(part, Random(seed)))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(clean(), min_size=1, max_size=8), st.integers(0, 2**32))
def test_what_is_made_of_any_traffic_is_valid_or_seen_to_be_not(values, seed):
    """Of traffic without any order the schema may still be missed by a few dice; then others hit it, or the judge refuses them all."""
    part = part_of(*values)
    made = [document_of(part, Random(seed + each)) for each in range(8)]
    assert all(valid(part, document) for document in made if judge_of(part).accepts(document))
    assert any(judge_of(part).accepts(document) for document in made)


@given(st.lists(clean(), min_size=1, max_size=4), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_same_dice_make_the_same_document(values, seed):
    """Nothing but the evidence and the dice decides."""
    part = part_of(*values)
    assert document_of(part, Random(seed)) == document_of(part, Random(seed))


@given(st.sampled_from(["cus_9s6XKzkNRiz8i3", "4242", "0b9d2f1e-7c44-4a34-9a1e-52f0e3b1a7cd", "bk_1"]), st.integers())
def test_a_fresh_identifier_has_the_form_of_the_old_one(name, seed):
    """Prefix, length, and where digits and letters stand are the same."""
    fresh = fresh_like(name, Random(seed))
    assert [(each.isdigit(), each.isupper(), each.isalpha()) for each in fresh] == [
        (each.isdigit(), each.isupper(), each.isalpha()) for each in name
    ]
    assert fresh.rpartition("_")[0] == name.rpartition("_")[0]


def test_numbers_that_were_not_kept():
    """Where only a range is known, a number of that range."""
    field = Field({"integer": 5}, 5, {}, more=True, numbers=(10, 20))
    assert 10 <= document_of(Part(5, fields={"": field}), Random(0)) <= 20
    field = Field({"number": 5}, 5, {}, more=True, numbers=(0.5, 0.75))
    assert 0.5 <= document_of(Part(5, fields={"": field}), Random(0)) <= 0.75
    assert document_of(Part(), Random(0)) is None
    long = Field({"string": 2}, 2, {}, more=True, lengths=(150, 160))
    assert 150 <= len(document_of(Part(2, fields={"": long}), Random(0))) <= 160


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_texts_that_were_not_kept_have_their_format(name):
    """A format that all texts had is the format of what is made."""
    field = Field({"string": 5}, 5, {}, more=True, lengths=(1, 99), formats=frozenset({name}))
    assert all(FORMATS[name](document_of(Part(5, fields={"": field}), Random(seed))) for seed in range(20))


def test_members_come_together_as_they_came():
    """Optional members are there in some documents, together with those that they came with."""
    part = part_of(*[{"a": 1}, {"a": 1, "b": 2, "c": 3}] * 5)
    made = {tuple(sorted(document_of(part, Random(seed)))) for seed in range(50)}
    assert made == {("a",), ("a", "b", "c")}


def test_lists():
    """A list that was always empty is empty; one whose places mean something has them all."""
    assert document_of(part_of([], []), Random(0)) == []
    made = document_of(part_of(*[[1.5, "a"]] * 6), Random(0))
    assert [type(each) for each in made] == [float, str]
