"""Documents are gathered and counted together: the same as counting each value by itself."""

from __future__ import annotations

import json
from operator import itemgetter

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.columns import KINDS
from tapehiss.contracts.counts import (
    DEPTH_MAX,
    FIELDS_MAX,
    ITEM,
    POSITIONS_MAX,
    REST,
    VALUE_LENGTH_MAX,
    VALUES_MAX,
    Field,
    Part,
    Seen,
)
from tapehiss.contracts.formats import formats_of
from tapehiss.contracts.gathering import Gathering, deeper_than
from tapehiss.contracts.names import step_of
from tapehiss.contracts.reading import Reading
from tapehiss.contracts.shapes import shapes_of
from tapehiss.contracts.sketches import texts_of
from traffic import documents

SEENS = st.builds(Seen, st.sampled_from([0.0, 1.5, 7.0]), st.sampled_from(["", "a.yaml"]), st.integers(0, 3))
EXCHANGES = st.lists(st.tuples(st.lists(documents(), max_size=3).map(tuple), SEENS), max_size=6)


def part_of(*exchanges: tuple[object, ...], seen: Seen | None = None) -> Part:
    return gathered([(several, seen or Seen()) for several in exchanges])


def gathered(exchanges) -> Part:
    gathering, rows = Gathering(), sorted(exchanges, key=itemgetter(1))
    for number, (several, _) in enumerate(rows):
        gathering.take(Reading("response 200 application/json", several), number)
    return gathering.part([seen for _, seen in rows]) if rows else Part()


def counted_slowly(exchanges) -> Part:
    """The definition: each value of each exchange is evidence by itself, and the exchange is a witness once for each."""
    whole = Part()
    for several, seen in exchanges:
        fields: dict[str, Field] = {}
        for document in several:
            _count(document, "", fields, seen)
        deep = frozenset({"depth"} if any(deeper_than(document, DEPTH_MAX) for document in several) else ())
        whole += Part(1, {}, {}, frozenset(), seen, seen) + Part(fields=fields, bounds=deep)
    return whole


def _count(value, path: str, fields: dict[str, Field], seen: Seen) -> None:
    before = fields.get(path, Field())
    one = before + _alone(value)
    exact = dict.fromkeys(one.values, 1)
    fields[path] = Field(one.kinds, 1, exact, one.more, seen, seen, *_rest(one))
    if path.count("/") == DEPTH_MAX:
        return
    if isinstance(value, dict):
        for name, member in value.items():
            _count(member, f"{path}/{step_of(name)}", fields, seen)
    elif isinstance(value, list):
        for item in value:
            _count(item, f"{path}/{ITEM}", fields, seen)


def _rest(field: Field):
    return (
        field.lengths, field.sizes, field.numbers, field.formats, field.shapes, field.more_shapes, field.positions,
        field.booleans,
    )  # fmt: skip


def _alone(value) -> Field:
    kinds = {KINDS[type(value)]: 1}
    text = texts_of([value])[0] if type(value) in {int, float, str} else b""
    values = {text.decode("utf-8", "surrogatepass"): 1} if text and len(text) <= VALUE_LENGTH_MAX else {}
    found = {"values": values, "more": bool(text) and not values}
    if isinstance(value, bool):
        found |= {"booleans": {json.dumps(value): 1}}
    elif isinstance(value, str):
        found |= {"lengths": (len(value),) * 2, "formats": formats_of([value])}
    elif isinstance(value, list):
        positions = tuple({KINDS[type(item)]: 1} for item in value[:POSITIONS_MAX])
        found |= {"sizes": (len(value),) * 2, "positions": positions}
    elif isinstance(value, dict):
        shapes = shapes_of(tuple(value), [(member,) for member in value.values()], 1)
        found |= {"shapes": {text: 1 for text in shapes if text}, "more_shapes": shapes.get("", 0)}
    elif type(value) in {int, float}:
        exact = int(value) if value == int(value) and abs(value) < 2**63 else value
        found |= {"numbers": (exact, exact)}
    return Field(kinds, **found)


@given(EXCHANGES)
def test_counting_by_columns_is_counting_by_values(exchanges):
    """The evidence of a batch is the sum over its exchanges of what each value is evidence of, in every respect."""
    assert counted_slowly(exchanges) == gathered(exchanges)


@given(EXCHANGES, st.integers(0, 6), st.randoms(use_true_random=False))
def test_counting_at_once_is_adding_up(exchanges, cut, dice):
    """What is counted in one go is the sum of what is counted in two, in any order."""
    whole = gathered(exchanges)
    assert whole == gathered(exchanges[:cut]) + gathered(exchanges[cut:])
    dice.shuffle(exchanges)
    assert whole == gathered(exchanges)


def test_exchanges_without_documents_count():
    """A part of which nothing is read knows how many exchanges had it."""
    assert Part(2, first=Seen(), last=Seen()) == part_of((), ())


def test_an_exchange_is_one_witness():
    """A hundred equal items of one page are a hundred occurrences in one exchange, and the value was seen in one."""
    page = [{"currency": "usd"}] * 100
    seen, twice = part_of((page,)).fields["/~*/currency"], part_of((page,), (page,)).fields["/~*/currency"]
    assert (seen.kinds, seen.exchanges, seen.values) == ({"string": 100}, 1, {'"usd"': 1})
    assert (twice.kinds, twice.exchanges, twice.values) == ({"string": 200}, 2, {'"usd"': 2})


def test_numbers_and_texts_do_not_mix():
    """1, 1.0, true and "1" are different values of different kinds, and nought has no sign."""
    seen = part_of((1, 1.0, True, "1", 0.0, -0.0)).fields[""]
    assert seen.kinds == {"integer": 1, "number": 3, "boolean": 1, "string": 1}
    assert seen.values == {"1": 1, "1.0": 1, '"1"': 1, "0.0": 1}
    assert (seen.numbers, seen.lengths) == ((0, 1), (1, 1))


def test_witnesses_are_the_first_and_the_last():
    """Each path knows the earliest and the latest exchange in which it stood."""
    early, late = Seen(1.0, "a.yaml", 9), Seen(2.0, "a.yaml", 3)
    seen = gathered([(({"a": 1, "b": 1},), late), (({"a": 1},), early)])
    assert (early, late) == (seen.first, seen.last)
    assert (early, late) == (seen.fields["/a"].first, seen.fields["/a"].last)
    assert (late, late) == (seen.fields["/b"].first, seen.fields["/b"].last)


def test_values_are_bounded():
    """Of many values those with the smallest hash are kept, with exact counts, and it is said that there were more."""
    texts = [f"value {number}" for number in range(500)]
    seen = part_of(*[(text,) for text in texts * 2]).fields[""]
    assert (VALUES_MAX, True, {2}) == (len(seen.values), seen.more, set(seen.values.values()))
    assert seen == part_of(*[(text,) for text in reversed(texts * 2)]).fields[""]
    assert seen == part_of(*[(text,) for text in texts]).fields[""] + part_of(*[(text,) for text in texts]).fields[""]


def test_long_values_are_not_kept():
    """A text too long to be an example is counted and not kept."""
    for text in ("x" * 101, "\x01" * 40):
        seen = part_of((text,)).fields[""]
        assert (seen.kinds, seen.values, seen.more) == ({"string": 1}, {}, True)


def test_members_named_by_data_share_a_path():
    """The members of a map are one path, however many they are; an exchange is their witness once."""
    table = {f"{number}": {"name": "x"} for number in range(9_000)}
    counted = part_of((table,), (table,))
    assert {"", f"/{REST}", f"/{REST}/name"} == set(counted.fields)
    assert (counted.fields[f"/{REST}"].occurrences, counted.fields[f"/{REST}"].exchanges) == (18_000, 2)


def test_fields_are_bounded():
    """Of too many members the shallow ones stay, what is directly under a kept object is summed, and it is said so."""
    wide = {f"key {number}": {"below": 1} for number in range(FIELDS_MAX)}
    counted = part_of((wide,))
    assert frozenset({"fields"}) == counted.bounds
    assert sum(not path.endswith(f"/{REST}") for path in counted.fields) == FIELDS_MAX
    assert not any(path.endswith("/below") for path in counted.fields)
    assert counted.fields[f"/{REST}"].kinds == {"object": 1}
    assert counted == part_of((dict(reversed(wide.items())),))


def test_any_split_of_too_many_fields_is_the_same():
    """The bound of fields adds up: maps in maps, arrays and depth beyond it, in three parts and at once."""
    several = [
        {f"{letter}{number}": {"x": [{"y": number}], "1234": {"z": {"5678": number}}} for number in range(1_500)}
        for letter in "abc"
    ]
    deep: object = 1
    for _ in range(DEPTH_MAX + 5):
        deep = {"d": [deep]}
    exchanges = [((document,), Seen(float(number))) for number, document in enumerate([*several, deep])]
    whole = gathered(exchanges)
    assert {"fields", "depth"} == whole.bounds
    one_by_one = [gathered([each]) for each in exchanges]
    assert whole == sum(one_by_one, Part()) == sum(reversed(one_by_one), Part())
    assert whole == (one_by_one[0] + one_by_one[3]) + (one_by_one[2] + one_by_one[1])


def test_depth_is_bounded():
    """What lies deeper than the bound is not described, and it is said so."""
    deep: object = 1
    for _ in range(DEPTH_MAX + 5):
        deep = [deep]
    counted = part_of((deep,))
    assert (DEPTH_MAX + 1, frozenset({"depth"})) == (len(counted.fields), counted.bounds)


def test_depth_is_counted_from_the_document():
    """A value under so many arrays is that deep; an empty array has nothing in it."""
    assert [deeper_than(document, 1) for document in (1, [[]], [[1]])] == [False, False, True]
