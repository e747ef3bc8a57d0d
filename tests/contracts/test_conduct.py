"""Conduct adds up: bounds included."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.conduct import (
    DIGESTS_MAX,
    SIGNS_MAX,
    Conduct,
    Sign,
    Sketch,
    Window,
    bounded,
    resumed,
    saved,
)
from tapehiss.contracts.sums import Seen

SEEN = st.builds(Seen, st.integers(0, 9).map(float), st.sampled_from(["a", "b"]), st.integers(0, 3))
SIGNS = st.builds(Sign, st.integers(1, 5)) | st.builds(
    lambda count, some: Sign(count, min(some), max(some)), st.integers(1, 5), st.lists(SEEN, min_size=1, max_size=3)
)
SKETCHES = st.sets(st.integers(0, 60).map("{:02x}".format), max_size=40).map(
    lambda some: Sketch() + Sketch(frozenset(some))
)
WINDOWS = st.builds(
    lambda count, at, left: Window(count, min(at), max(at), min(left), max(left)),
    st.integers(1, 4),
    st.lists(st.integers(0, 50).map(float), min_size=1, max_size=3),
    st.lists(st.integers(0, 9).map(float), min_size=1, max_size=3),
)
WORDS = st.builds("{} {}".format, st.sampled_from(["paging", "quota"]), st.integers(0, 200))


def conducts() -> st.SearchStrategy[Conduct]:
    """Conduct within its bounds, often near them."""
    return st.builds(
        lambda signs, sketches, windows, latency: Conduct(signs, sketches, windows, latency) + Conduct(),
        st.dictionaries(WORDS, SIGNS, max_size=80),
        st.dictionaries(st.integers(0, 90).map(str), SKETCHES, max_size=8),
        st.dictionaries(st.integers(0, 90).map(str), WINDOWS, max_size=8),
        st.dictionaries(st.integers(-5, 5).map(str), st.integers(1, 3), max_size=4),
    )


@given(conducts(), conducts(), conducts())
def test_conduct_is_a_commutative_monoid(a, b, c):
    """``+`` is associative and commutative, ``Conduct()`` is its zero, and bounds are no exception."""
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Conduct() == a == Conduct() + a


@given(conducts())
def test_saved_conduct_is_the_same(some):
    """Saved as JSON and resumed conduct is equal."""
    assert resumed(json.loads(json.dumps(saved(some)))) == some


@pytest.mark.parametrize("told", [{"signs": {"a b": 3}}, {"windows": []}, {"latency": {"x": 1}}, {"sketches": 3}])
def test_anything_else_is_no_conduct(told):
    """What was not saved is refused by one of the errors that callers know."""
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        resumed(told)


def test_one_topic_cannot_drive_out_another():
    """A flood of one topic's signs leaves the other topics whole, and it is said which topic had more."""
    flood = {f"paging {number}": Sign(1) for number in range(3 * SIGNS_MAX)}
    kept, full = bounded({**flood, "quota a": Sign(2)})
    assert kept["quota a"] == Sign(2)
    assert (len(kept), full) == (SIGNS_MAX + 1, {"paging"})


def test_signs_are_found_by_their_words():
    """A topic's signs come by the words that follow."""
    some = Conduct({"paging echo /page query:page": Sign(2), "paging-size full query:n": Sign(1)})
    assert some.topic("paging", "echo") == {("/page", "query:page"): Sign(2)}
    assert some.topic("nothing") == {}


@given(
    st.sets(st.integers(0, 4_000).map("{:04x}".format), max_size=90),
    st.sets(st.integers(0, 4_000).map("{:04x}".format), max_size=90),
)
def test_sketches_share_what_their_sets_share(a, b):
    """What two sketches share is shared by the sets themselves, and a value that both would have kept is not overlooked."""
    one, other = Sketch() + Sketch(frozenset(a)), Sketch() + Sketch(frozenset(b))
    shared, known = one.shared(other)
    assert shared <= known <= DIGESTS_MAX
    assert shared <= len(a & b)
    if one.whole and other.whole:
        assert (shared, known) == (len(a & b), len(a))
    if a <= b:
        assert shared == known
