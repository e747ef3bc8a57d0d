"""What is counted adds up: bounds included."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import (
    FIELDS_MAX,
    PARTS_MAX,
    REST,
    SHAPES_MAX,
    VALUES_MAX,
    Evidence,
    Field,
    Part,
    Seen,
    rank_of_path,
    smallest,
)

COUNTS = st.dictionaries(
    st.sampled_from([f"{number}" for number in range(3 * SHAPES_MAX)]), st.integers(1, 5), max_size=90
)
SPANS = st.none() | st.tuples(st.integers(0, 5), st.integers(5, 9))
SEENS = st.none() | st.builds(Seen, st.sampled_from([0.0, 1.0, 2.0]), st.sampled_from(["", "a"]), st.integers(0, 2))
KINDS = st.dictionaries(st.sampled_from(["null", "string", "object"]), st.integers(1, 3), max_size=3)
FIELDS = st.builds(
    Field, KINDS, st.integers(0, 4), COUNTS.map(lambda some: smallest(some, VALUES_MAX)[0]), st.booleans(), SEENS, SEENS,
    SPANS, SPANS, SPANS, st.none() | st.frozensets(st.sampled_from("ab")),
    COUNTS.map(lambda some: smallest(some, SHAPES_MAX)[0]), st.integers(0, 3), st.lists(KINDS, max_size=3).map(tuple),
    st.dictionaries(st.sampled_from(["true", "false"]), st.integers(1, 3)),
)  # fmt: skip


@given(FIELDS, FIELDS, FIELDS)
def test_fields_are_a_commutative_monoid(a, b, c):
    """Evidence about values adds up in any order and grouping, and nothing is its zero."""
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Field() == a == Field() + a


@given(st.lists(FIELDS, max_size=4))
def test_no_object_and_no_value_is_forgotten(fields):
    """Shapes that are not kept are counted, and values that are not kept are told of."""
    total = sum(fields, Field())
    shapes = sum(sum(seen.shapes.values()) + seen.more_shapes for seen in fields)
    assert shapes == sum(total.shapes.values()) + total.more_shapes
    every = {text for seen in fields for text in seen.values}
    assert total.more or every == set(total.values)


@given(st.lists(st.text(alphabet="/ab~", max_size=6), unique=True), st.integers(0, 6))
def test_a_kept_path_has_a_kept_parent(texts, most):
    """Of paths with all their parents, the bound keeps a set that is closed upwards: no child is described without its parent."""
    paths = {"": 0} | {"/" + "/".join(text.split("/")[:depth]): 0 for text in texts for depth in range(1, 8)}
    paths |= {path.rpartition("/")[0]: 0 for path in paths}
    kept, dropped = smallest(paths, most, rank_of_path)
    assert (len(paths) > most) is dropped
    assert all(path.rpartition("/")[0] in kept for path in kept if path)


def test_fields_beyond_the_bound_are_summed_where_they_stood():
    """A path that has to go is counted in the rest of its object, however the parts are added."""
    one = Field({"string": 1}, 1)
    several = [
        Part(1, fields={"": one, **{f"/{letter}{number}": one for number in range(FIELDS_MAX // 2)}})
        for letter in "abc"
    ]
    whole = several[0] + several[1] + several[2]
    assert whole == several[2] + (several[1] + several[0])
    assert frozenset({"fields"}) == whole.bounds
    assert len(whole.fields) == FIELDS_MAX + 1
    assert sum(seen.occurrences for path, seen in whole.fields.items() if path) == 1.5 * FIELDS_MAX
    assert whole.fields[f"/{REST}"].occurrences == 0.5 * FIELDS_MAX + 1


def test_parts_beyond_the_bound_are_counted():
    """An operation of too many parts knows how many exchanges it does not describe."""
    several = [Evidence(parts={f"response {status} -": Part(2)}) for status in range(PARTS_MAX + 5)]
    whole = sum(several, Evidence())
    assert (PARTS_MAX, 10, frozenset({"parts"})) == (len(whole.parts), whole.more_parts, whole.bounds)
    assert whole == sum(reversed(several), Evidence())


def test_zeros_change_nothing():
    """``Field()``, ``Part()`` and ``Evidence()`` are neutral on both sides."""
    seen = Field({"string": 2}, 1, {'"a"': 1}, more=True)
    part = Part(1, {"not JSON": 1}, {"": seen}, frozenset({"depth"}), Seen(1.0), Seen(2.0))
    evidence = Evidence({"complete": 1}, {"query": part}, frozenset({"parts"}), first=Seen(1.0), more_parts=1)
    for value, zero in ((seen, Field()), (part, Part()), (evidence, Evidence())):
        assert (value, value) == (value + zero, zero + value)  # type: ignore[operator]
