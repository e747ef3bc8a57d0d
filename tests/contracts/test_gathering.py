"""Counting as it goes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.counts import DEPTH_MAX, FIELDS_MAX, VALUES_MAX, Field, Part
from tapehiss.contracts.gathering import Gathering
from tapehiss.contracts.reading import Reading
from traffic import documents


def part_of(*exchanges: tuple[object, ...]) -> Part:
    gathering = Gathering()
    for several in exchanges:
        gathering.count(Reading("response 200 application/json", several))
    return gathering.part()


@given(st.lists(st.lists(documents(), max_size=3).map(tuple), max_size=6), st.integers(0, 6))
def test_counting_at_once_is_adding_up(exchanges, cut):
    """What is counted in one go is the sum of what is counted in two."""
    assert part_of(*exchanges) == part_of(*exchanges[:cut]) + part_of(*exchanges[cut:])


@given(st.lists(documents(), max_size=6))
def test_every_member_is_counted(values):
    """An object's members and an array's items are exactly as many as there were."""
    counted = part_of(tuple(values))

    def occurrences(value, path):
        yield path
        if isinstance(value, dict):
            for name, member in value.items():
                yield from occurrences(member, f"{path}/{name.replace('~', '~0').replace('/', '~1')}")
        elif isinstance(value, list):
            for item in value:
                yield from occurrences(item, f"{path}/~*")

    expected: dict[str, int] = {}
    for path in (path for value in values for path in occurrences(value, "")):
        expected[path] = expected.get(path, 0) + 1
    assert expected == {path: seen.occurrences for path, seen in counted.fields.items()}


def test_an_exchange_is_one_witness():
    """A hundred equal items of one page are a hundred occurrences in one exchange, and the value was seen in one."""
    page = [{"currency": "usd"}] * 100
    assert Field({"string": 100}, 1, {'"usd"': 1}) == part_of((page,)).fields["/~*/currency"]
    assert Field({"string": 200}, 2, {'"usd"': 2}) == part_of((page,), (page,)).fields["/~*/currency"]


def test_numbers_and_texts_do_not_mix():
    """1, 1.0, true and "1" are different values of different kinds."""
    seen = part_of((1, 1.0, True, "1")).fields[""]
    assert seen.kinds == {"integer": 1, "number": 1, "boolean": 1, "string": 1}
    assert seen.values == {"1": 1, "1.0": 1, '"1"': 1}


def test_values_are_bounded():
    """Of many values those with the smallest hash are kept, with exact counts, and it is said that there were more."""
    texts = [f"value {number}" for number in range(500)]
    seen = part_of(*[(text,) for text in texts * 2]).fields[""]
    assert (VALUES_MAX, True, {2}) == (len(seen.values), seen.more, set(seen.values.values()))
    assert seen.values == part_of(*[(text,) for text in reversed(texts * 2)]).fields[""].values


def test_long_values_are_not_kept():
    """A text too long to be an example is counted and not kept."""
    assert Field({"string": 1}, 1, {}, more=True) == part_of(("x" * 101,)).fields[""]
    assert Field({"string": 1}, 1, {}, more=True) == part_of(("\x01" * 40,)).fields[""]


def test_fields_are_bounded():
    """Of too many members the shallow ones stay, whatever the order, and it is said that there were more."""
    wide = {f"key {number}": {"below": 1} for number in range(FIELDS_MAX)}
    counted = part_of((wide,))
    assert (FIELDS_MAX, frozenset({"fields"})) == (len(counted.fields), counted.bounds)
    assert not any(path.endswith("/below") for path in counted.fields)
    assert counted == part_of((dict(reversed(wide.items())),))


def test_depth_is_bounded():
    """What lies deeper than the bound is not described, and it is said so."""
    deep: object = 1
    for _ in range(DEPTH_MAX + 5):
        deep = [deep]
    counted = part_of((deep,))
    assert (DEPTH_MAX + 1, frozenset({"depth"})) == (len(counted.fields), counted.bounds)
