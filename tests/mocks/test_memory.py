"""The persistent memory behaves like a dictionary that is copied at every step."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.memory import GENERATION_MAX, Memory

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
    """Endless new numbers do not fill the memory: two generations are known, and older ones forgotten."""
    memory = Memory()
    for number in range(2 * GENERATION_MAX):
        memory = memory.put(number, 1)
    memory = memory.put(GENERATION_MAX, 2)
    assert len(memory.young) + len(memory.old) <= 2 * GENERATION_MAX
    assert (memory.get(0, 0), memory.get(GENERATION_MAX, 0), memory.get(2 * GENERATION_MAX - 1, 0)) == (0, 2, 1)
