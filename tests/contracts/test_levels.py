"""The bound on operations."""

from __future__ import annotations

from functools import reduce
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts import levels
from tapehiss.contracts.levels import REST, Routes, bounded, marked, marks, number_of, operation_at, steps_of
from tapehiss.contracts.operations import Operation, operation_of, parse

SEGMENTS = st.sampled_from(["a", "b", "c", "d", "e", "{id}", "{id}.json", "{id}:go", "{id}:stop", "", "v1"])
LINES = st.builds(
    lambda origin, method, path, selector: f"{method} {origin}/{'/'.join(path)}{selector}",
    st.sampled_from(["", "https://h", "https://g", "http://f"]),
    st.sampled_from(["GET", "PUT"]),
    st.lists(SEGMENTS, max_size=4),
    st.sampled_from(["", "", "#Action=A", "#Action=B", "#Action=C"]),
)
SETS = st.sets(LINES, max_size=25)


@pytest.fixture(autouse=True)
def tight(monkeypatch):
    """Bounds that a small set of operations reaches."""
    monkeypatch.setattr(levels, "NAMES_MAX", 3)
    monkeypatch.setattr(levels, "SAMPLES", 2)
    monkeypatch.setattr(levels, "FREE", 4)
    monkeypatch.setattr(levels, "BUDGET", 96)
    monkeypatch.setattr(levels, "FORK_MAX", 3)
    monkeypatch.setattr(levels, "MARKS", 5)


def kept(lines):
    """What a set of operations is bounded to."""
    return set(bounded(lines, number_of(marks(lines))).values())


@given(SETS, SETS)
def test_parts_may_be_bounded_first(a, b):
    """Bounding parts and then their union is bounding the union: each line ends at the same place."""
    number = number_of(marks(a | b))
    whole = bounded(a | b, number)
    first, second = bounded(a, number_of(marks(a))), bounded(b, number_of(marks(b)))
    merged = bounded(set(first.values()) | set(second.values()), number)
    for line in a:
        assert merged[first[line]] == whole[line]
    for line in b:
        assert merged[second[line]] == whole[line]


@given(SETS)
def test_what_is_bounded_stays(lines):
    """Bounding again changes nothing."""
    small = kept(lines)
    assert {line: line for line in small} == bounded(small, number_of(marks(lines)))


@given(SETS)
def test_every_operation_that_was_seen_is_found(lines):
    """Whatever went into a rest is found there."""
    ends = bounded(lines, number_of(marks(lines)))
    routes = Routes(ends.values())
    assert ends == {line: str(routes.of(parse(line))) for line in lines}


@given(SETS, LINES)
def test_what_is_new_goes_nowhere_too_early(lines, new):
    """A new operation that is led into a rest ends where it would have ended without; any other is left as it is by then."""
    small, number = kept(lines), number_of(marks(lines | {new}))
    led = str(Routes(small).of(parse(new), seen=False))
    assert bounded(small | {led}, number)[led] == bounded(small | {new}, number)[new]


@given(SETS, SETS)
def test_marks_tell_how_many_there_were(a, b):
    """Marks add, in any grouping and one by one; a few are counted exactly, and the number never falls."""
    both = marks(a | b)
    assert (
        both == marks((), (*marks(a), *marks(b))) == reduce(lambda known, line: marked(line, known), sorted(a | b), ())
    )
    assert number_of(marks(a)) <= number_of(both)
    assert len(a) >= 5 or number_of(marks(a)) == len(a)


def test_the_number_of_many_operations_is_near(monkeypatch):
    """Three standard errors, that is three eighths, are the most that an estimate is off."""
    monkeypatch.undo()
    assert 6_250 < number_of(marks(f"GET https://h/{number}" for number in range(10_000))) < 13_750


@given(LINES)
def test_steps_are_an_operation(line):
    """Steps and operations are the same."""
    assert parse(line) == operation_at(steps_of(parse(line)))


def test_a_full_level_keeps_samples_and_sums_the_rest(monkeypatch):
    """Of a hundred thousand names eight stay, and what is below the others is told apart as before."""
    monkeypatch.undo()
    lines = [f"GET https://h/users/u{number}{end}" for number in range(5_000) for end in ("", "/repos", "/keys")]
    small = kept(lines)
    assert len(small) == 27
    assert {f"GET https://h/users/{REST}{end}" for end in ("", "/repos", "/keys")} <= small


def test_the_tree_is_bounded_as_a_whole():
    """However many levels have however many names, what is kept has a bound."""
    lines = {f"GET https://h/{'/'.join(path)}" for path in product("abcdefgh", repeat=5)}
    assert len(kept(lines)) <= 3**5


def test_the_rest_of_origins_is_an_operation_too():
    """Too many hosts are one, which can be written and read."""
    small = kept({f"GET https://h{number}/x" for number in range(9)})
    assert {"GET ://~+/x"} == {line for line in small if "~+" in line}
    assert all(str(parse(line)) == line for line in small)


def test_no_request_is_written_like_a_rest():
    """A segment that looks like a rest is escaped."""
    assert operation_of("GET", "https://h/a/~+/x")[0] == Operation("GET", "https://h", "/a/%7E+/x")
