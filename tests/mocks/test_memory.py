"""The persistent memory behaves like a dictionary that is copied at every step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.memory import BUCKET_MAX, WIDTH, Memory

NUMBERS = st.integers(0, 2**64 - 1) | st.integers(0, 600)


@given(st.lists(st.tuples(NUMBERS, st.integers(0, 9) | st.text(max_size=3))))
def test_a_memory_is_a_dictionary_that_never_changes(steps):
    """After any steps each number has its last value, and every earlier memory is as it was."""
    memory, model, history = Memory(), {}, []
    for number, value in steps:
        history.append((memory, dict(model)))
        memory, model = memory.put(number, value), model | {number: value}
    for each, known in [*history, (memory, model)]:
        assert all(each.get(number, None) == known.get(number) for number, _ in steps)


def test_a_memory_is_bounded():
    """A full bucket forgets its oldest number, so that endless new requests do not fill the memory."""
    memory = Memory()
    for turn in range(BUCKET_MAX + 1):
        memory = memory.put(turn * WIDTH, 1)
    assert (memory.get(0, 0), memory.get(WIDTH, 0), memory.get(BUCKET_MAX * WIDTH, 0)) == (0, 1, 1)
