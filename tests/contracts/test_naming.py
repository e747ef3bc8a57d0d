"""What shapes are called."""

from __future__ import annotations

import pytest
from gathered import tree

from tapehiss.contracts.naming import named, pascal
from tapehiss.contracts.recurrence import Classes, planted


def test_a_shape_is_called_after_its_tag_or_its_place():
    """What a vendor calls a thing, then the member that holds it, then the word for the whole."""
    card = tree({"source": {"object": "card", "id": 1}, "line_items": [{"id": 1}, {"id": 2}]})
    forest = planted([("OrderAnswer", card)])
    items = card.members["line_items"].items
    assert items is not None
    names = named(forest, Classes(), [card.members["source"], items, card])
    assert names == {card: "OrderAnswer", items: "LineItem", card.members["source"]: "Card"}


def test_names_are_unique():
    """The second shape of a name gets a number, always the same one."""
    root = tree({"a": {"card": {"x": 1}}, "b": {"card": {"y": 1}}})
    first, second = root.members["a"].members["card"], root.members["b"].members["card"]
    assert named(planted([("Thing", root)]), Classes(), [second, first]) == {first: "Card", second: "Card2"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [("line-items", "LineItems"), ("lineItems", "LineItems"), ("v2 x", "V2X"), ("日本", ""), ("9", "")],
)
def test_pascal(text, expected):
    """Words are joined, each with a capital; what is no word is left out."""
    assert pascal(text) == expected
