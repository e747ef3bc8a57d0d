"""What is held, as a dictionary would hold it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks import holdings
from tapehiss.mocks.holdings import Holdings

STEPS = st.lists(st.tuples(st.sampled_from("aab"), st.sampled_from("xy"), st.none() | st.integers(0, 3)), max_size=30)


@given(STEPS)
def test_holdings_are_a_dictionary(steps):
    """Whatever is put and deleted, a resource is what was last put; nothing that was seen before changes."""
    held, model = Holdings(), {}
    for collection, name, value in steps:
        before, known = held, dict(model)
        held = held.put(collection, name, None if value is None else {"n": value}, created=True)
        model[collection, name] = value
        assert {key: before.get(*key).entity for key in known} == {
            key: None if each is None else {"n": each} for key, each in known.items()
        }
    assert {name for name, _ in held.of("a")} == {name for collection, name in model if collection == "a"}


@given(STEPS)
def test_what_comes_later_stands_later(steps):
    """The order is that of creation: a change keeps its place, a resource that was deleted comes anew."""
    held, order = Holdings(), []
    for collection, name, value in steps:
        held = held.put(collection, name, None if value is None else {}, created=True)
        if collection == "a":
            order = [each for each in order if each != name] if value is None else order
            order += [] if value is None or name in order else [name]
    assert [name for name, holding in held.of("a") if holding.entity is not None] == order


def test_holdings_are_bounded():
    """A full collection forgets its oldest half, and so do the collections: what came last is always there."""
    held = Holdings()
    for number in range(holdings.HELD_MAX + 1):
        held = held.put("a", str(number), {})
    assert [name for name, _ in held.of("a")] == [
        str(number) for number in range(holdings.HELD_MAX // 2 + 1, holdings.HELD_MAX + 1)
    ]
    for number in range(holdings.COLLECTIONS_MAX + 5):
        held = held.put(f"c{number}", "x", {})
        assert held.get(f"c{number}", "x") is not None
    forgotten = holdings.COLLECTIONS_MAX + 1 - holdings.COLLECTIONS_MAX // 2
    assert "a" not in held.collections
    assert sorted(held.collections) == sorted(f"c{n}" for n in range(forgotten - 1, holdings.COLLECTIONS_MAX + 5))
    assert bool(held)
    assert not Holdings()
