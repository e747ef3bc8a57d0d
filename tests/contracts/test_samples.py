"""Documents that were sent as a whole."""

from __future__ import annotations

import json

from gathered import part_of
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import DEPTH_MAX, SAMPLES_MAX, Part, Sample
from tapehiss.contracts.gathering import NOWHERE, Gathering
from tapehiss.contracts.reading import Reading
from tapehiss.contracts.samples import SAMPLE_MAX_BYTES, samples_of, size_of

DOCUMENTS = st.dictionaries(st.sampled_from("abcdefg"), st.one_of(st.text("xy", max_size=2), st.integers(0, 3)))


def part(*values: object) -> Part:
    return Part(len(values), samples=samples_of(values))


@given(st.lists(DOCUMENTS, max_size=60), st.lists(DOCUMENTS, max_size=60), st.lists(DOCUMENTS, max_size=9))
def test_samples_add_up(a, b, c):
    """Any order and any split keep the same documents with the same counts."""
    whole = part(*a, *b, *c)
    assert (part(*a) + part(*b)) + part(*c) == whole == part(*c) + (part(*b) + part(*a))
    assert len(whole.samples) <= SAMPLES_MAX


@given(st.lists(DOCUMENTS, min_size=1, max_size=30))
def test_every_sample_was_sent(values):
    """A sample is one of the documents; each counts all documents with the same members of the same kinds."""
    texts = [json.dumps(value, sort_keys=True) for value in values]
    found = samples_of(values)
    assert all(json.dumps(sample.document, sort_keys=True) in texts for sample in found.values())
    assert len(found) == SAMPLES_MAX or sum(sample.seen for sample in found.values()) == len(values)


def test_documents_of_one_sort_are_told_by_the_least():
    """Ids as names, lengths of lists and values make no difference; kinds and names do, and the least has texts in it."""
    told = samples_of(
        [{"by": {"4242": ""}, "at": [1, 2]}, {"by": {"4243": "b"}, "at": [1, 2]}, {"by": {"4244": "a"}, "at": [1]}]
    )
    assert [*told.values()] == [Sample(3, '{"at":[1],"by":{"4244":"a"}}')]
    assert [size_of(sort) for sort in told] == [5]
    assert len(samples_of([{"a": 1}, {"a": "1"}, {"b": 1}])) == 3


def test_what_is_too_large_is_no_sample():
    """Long documents, and those that are deeper than a contract looks."""
    deep: object = 1
    for _ in range(DEPTH_MAX + 1):
        deep = [deep]
    bottomless: object = 1
    for _ in range(2_000):
        bottomless = [bottomless]
    assert not samples_of([{"a": "x" * SAMPLE_MAX_BYTES}, deep, bottomless, "\ud800"])
    assert samples_of([[deep][0][0]])


def test_only_bodies_that_were_sent_are_kept():
    """Answers need no sample, and a stream of documents is not one body."""
    gathering = Gathering()
    gathering.take(Reading("request application/json", ({"a": 1},)), 0)
    gathering.take(Reading("request application/json", ({"a": 1}, {"a": 2})), 1)
    assert [*gathering.part([NOWHERE, NOWHERE]).samples.values()] == [Sample(1, '{"a":1}')]
    assert not part_of({"a": 1}).samples
