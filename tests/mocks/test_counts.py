"""The persistent counts behave like a dictionary that is copied at every step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.counts import BUCKET_MAX, WIDTH, Counts

NUMBERS = st.integers(0, 2**64 - 1) | st.integers(0, 600)


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 9))))
def test_counts_are_a_dictionary_that_never_changes(steps):
    """After any steps each number has its last count, and every earlier value is as it was."""
    counts, model, history = Counts(), {}, []
    for number, count in steps:
        history.append((counts, dict(model)))
        counts, model = counts.put(number, count), model | {number: count}
    for value, known in [*history, (counts, model)]:
        assert {number: value[number] for number, _ in steps} == {number: known.get(number, 0) for number, _ in steps}


def test_counts_are_bounded():
    """A full bucket forgets its oldest number, so that endless new requests do not fill the memory."""
    counts = Counts()
    for turn in range(BUCKET_MAX + 1):
        counts = counts.put(turn * WIDTH, 1)
    assert (counts[0], counts[WIDTH], counts[BUCKET_MAX * WIDTH]) == (0, 1, 1)
