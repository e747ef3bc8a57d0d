"""Tagged unions."""

from __future__ import annotations

import pytest
from gathered import tree

from tapehiss.contracts.unions import union_of

CARDS = [{"type": "card", "id": "a", "brand": "visa"}] * 10
BANKS = [{"type": "bank", "id": "a", "iban": "x", "holder": "y"}] * 10


def test_a_tag_proves_itself_by_what_goes_with_it():
    """The variants are described: what each demands beside what all have, and on how many objects it rests."""
    union = union_of(tree(*CARDS, *BANKS).seen)
    assert union is not None
    assert (union.tag, union.others) == ("type", 0)
    assert [(each.value, each.required, each.absent, each.seen) for each in union.variants] == [
        ("bank", ("holder", "iban"), ("brand",), 10),
        ("card", ("brand",), ("holder", "iban"), 10),
    ]


def test_a_rare_variant_is_left_open():
    """Too few objects describe no variant, but they do not hide the others."""
    union = union_of(tree(*CARDS, *BANKS, {"type": "cash", "id": "a"}).seen)
    assert union is not None
    assert [each.value for each in union.variants] == ["bank", "card"]
    assert union.others == 1


@pytest.mark.parametrize(
    "objects",
    [
        CARDS,
        [{"type": "card", "brand": "x"}, {"type": "bank", "iban": "y"}],
        [{"type": "card"}, {"type": "card", "x": 1}, {"type": "bank"}, {"type": "bank", "x": 1}] * 10,
        [*CARDS, *BANKS, {"brand": "x"}],
        [{"type": "card", f"m{number}": 1} for number in range(50)],
    ],
)
def test_what_chance_could_do_is_no_union(objects):
    """One variant, two objects, members that do not follow the tag, objects without it, more shapes than are kept: none."""
    assert union_of(tree(*objects).seen) is None
