"""Conduct adds up: bounds included."""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.conduct import (
    DIGESTS_MAX,
    SIGNS_MAX,
    SKETCHES_MAX,
    WINDOWS_MAX,
    Conduct,
    Sign,
    Sketch,
    Window,
    bounded,
    resumed,
    saved,
)
from tapehiss.contracts.sums import Seen

SEEN = [Seen(float(at_s), tape, line) for at_s in range(4) for tape in "ab" for line in range(3)]


def sign(dice: Random) -> Sign:
    places = dice.choices(SEEN, k=3) if dice.random() < 0.9 else [None]
    return Sign(dice.randrange(1, 5), min(places), max(places)) if places[0] else Sign(dice.randrange(1, 5))


def sketch(dice: Random) -> Sketch:
    return Sketch() + Sketch(frozenset(f"{dice.randrange(90):02x}" for _ in range(dice.choice([3, 2 * DIGESTS_MAX]))))


def window(dice: Random) -> Window:
    at, left = sorted(dice.choices(range(50), k=2)), sorted(dice.choices(range(9), k=2))
    return Window(dice.randrange(1, 4), float(at[0]), float(at[1]), float(left[0]), float(left[1]))


def some(dice: Random, kinds: int) -> list[int]:
    """A few of so many names, or most of them."""
    return dice.sample(range(kinds), dice.choice([0, 3, kinds * 2 // 3]))


def conducts() -> st.SearchStrategy[Conduct]:
    """Conduct within its bounds, often at them; two of them share most names."""

    def made(seed: int) -> Conduct:
        dice = Random(seed)
        signs = {
            f"{topic} {number}": sign(dice) for topic in ("paging", "quota") for number in some(dice, SIGNS_MAX + 20)
        }
        sketches = {f"{number}": sketch(dice) for number in some(dice, SKETCHES_MAX + 20)}
        windows = {f"{number}": window(dice) for number in some(dice, WINDOWS_MAX + 20)}
        latency = {str(number): dice.randrange(1, 3) for number in some(dice, 9)}
        return Conduct(signs, sketches, windows, latency) + Conduct()

    return st.integers(0, 2**32).map(made)


@given(conducts(), conducts(), conducts())
def test_conduct_is_a_commutative_monoid(a, b, c):
    """``+`` is associative and commutative, ``Conduct()`` is its zero, and bounds are no exception."""
    assert (a + b) + c == a + (b + c)
    assert a + b == b + a
    assert a + Conduct() == a == Conduct() + a


@given(conducts())
def test_saved_conduct_is_the_same(conduct):
    """Saved as JSON and resumed conduct is equal."""
    assert resumed(json.loads(json.dumps(saved(conduct)))) == conduct


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
    conduct = Conduct({"paging echo /page query:page": Sign(2), "paging-size full query:n": Sign(1)})
    assert conduct.topic("paging", "echo") == {("/page", "query:page"): Sign(2)}
    assert conduct.topic("nothing") == {}


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


@given(st.integers(0, 2**32))
def test_sketches_keep_the_same_of_what_they_share(seed):
    """However many values there were: those of a part of a set are all found in the set, and half of them where half is shared."""
    dice = Random(seed)
    values = dice.sample(range(4_000), 400)
    whole, part, other = (
        Sketch() + Sketch(frozenset(f"{each:04x}" for each in some))
        for some in (values, values[:200], range(4_000, 4_400))
    )
    shared, known = part.shared(whole)
    assert shared == known > 0
    assert part.shared(other)[0] == 0
