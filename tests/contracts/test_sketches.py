"""The values that are kept of a column."""

from __future__ import annotations

import json
import zlib

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import VALUE_LENGTH_MAX, VALUES_MAX, rank_of_text
from tapehiss.contracts.rows import Rows
from tapehiss.contracts.sketches import sketch_of, texts_of

STRINGS = st.text(st.characters(codec=None), max_size=4) | st.sampled_from(
    ["x" * 97, "x" * 98, "x" * 99, "é" * 60, '"' * 60, ""]
)
COLUMNS = st.one_of(
    st.lists(STRINGS, min_size=1, max_size=120),
    st.lists(st.integers(), min_size=1, max_size=120),
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=120),
)


@given(COLUMNS, st.integers(1, 9))
def test_the_sketch_is_the_smallest_values_with_exact_counts(values, exchanges):
    """The same as writing, ranking and counting every value by itself."""
    ids = [place * exchanges // len(values) for place in range(len(values))]
    counts: dict[str, set[int]] = {}
    for value, number in zip(values, ids, strict=True):
        text = texts_of([value])[0]
        if len(text) <= VALUE_LENGTH_MAX:
            counts.setdefault(text.decode("utf-8", "surrogatepass"), set()).add(number)
    kept = sorted(counts, key=rank_of_text)[:VALUES_MAX]
    distinct = set(values)
    expected = {text: len(counts[text]) for text in kept}, len(kept) < len({texts_of([value])[0] for value in values})
    assert expected == sketch_of(values, Rows(ids), distinct, distinct)


@given(COLUMNS)
def test_texts_are_json(values):
    """Each text is the JSON of its value; nought has no sign."""
    told = [json.loads(text.decode("utf-8", "surrogatepass")) for text in texts_of(values)]
    assert values == told
    assert b"-0.0" not in texts_of(values)


def test_values_that_are_all_too_long_leave_nothing():
    """A column of long texts has no values, and it is said that there are some."""
    assert sketch_of(["x" * 200], Rows([0]), {"x" * 200}, []) == ({}, True)


def test_values_of_large_hashes_are_ranked_too():
    """When hardly any hash is small, all are looked at."""
    texts = [text for text in map(str, range(2_000)) if zlib.crc32(f'"{text}"'.encode()) > 3 << 30]
    expected = sorted((f'"{text}"' for text in texts), key=rank_of_text)[:VALUES_MAX]
    assert set(expected) == set(sketch_of(texts, Rows([0] * len(texts)), set(texts), set(texts))[0])
