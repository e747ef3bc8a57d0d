"""The evidence of one column (the law that it is the sum of its values' evidence is told in ``test_gathering``)."""

from __future__ import annotations

from tapehiss.contracts.columns import counted
from tapehiss.contracts.counts import ITEM, REST, SHAPES_MAX, Seen
from tapehiss.contracts.rows import Rows

SEENS = [Seen(float(number)) for number in range(9)]


def test_a_column_of_strings():
    """Lengths in code points, formats that all have, values with their exchanges."""
    seen, below = counted((["2026-11-21", "2026-11-22", "2026-11-21"], Rows([0, 1, 2])), SEENS)
    assert ({"string": 3}, 3, (10, 10), {"date"}) == (seen.kinds, seen.exchanges, seen.lengths, seen.formats)
    assert (seen.values, below) == ({'"2026-11-21"': 2, '"2026-11-22"': 1}, {})


def test_a_column_of_everything():
    """Each kind is counted by itself; whole numbers are integers at the ends of a range, however they are written."""
    values = [None, True, 1, 2.0, -0.5, "é", [], {}, [1, "x"], {"1": 2, "a": 3}]
    seen, below = counted((values, Rows([0] * len(values))), SEENS)
    assert seen.kinds == {"null": 1, "boolean": 1, "integer": 1, "number": 2, "string": 1, "array": 2, "object": 2}
    assert (seen.lengths, seen.sizes, seen.numbers) == ((1, 1), (0, 2), (-0.5, 2))
    assert isinstance((seen.numbers or (0, 0))[1], int)
    assert (seen.shapes, seen.positions) == ({"{}": 1, '{"a":0,"~+":0}': 1}, ({"integer": 1}, {"string": 1}))
    assert {ITEM, REST, "a"} == set(below)


def test_shapes_are_bounded():
    """Of too many shapes those with the smallest hash are kept, and the objects of the others are counted."""
    objects = [{f"n{number}x": 1} for number in range(SHAPES_MAX + 8)]
    seen, _ = counted((objects, Rows([0] * len(objects))), SEENS)
    assert (len(seen.shapes), seen.more_shapes) == (SHAPES_MAX, 8)
