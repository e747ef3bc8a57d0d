"""The shapes of a contract that are written once."""

from __future__ import annotations

from gathered import tree

from tapehiss.contracts.components import component_schemas, shared
from tapehiss.contracts.schemas import schema_at

CARD = {"id": "a", "brand": "visa", "last4": "4242"}


def test_a_shape_that_recurs_is_a_component():
    """What stands in two places is written once; the place has its own evidence, the component that of all."""
    a, b = tree({"card": CARD}), tree({"cards": [CARD, CARD]})
    known = shared([("A", a), ("B", b)])
    schemas = component_schemas(known)
    assert list(schemas) == ["Card"]
    assert schemas["Card"]["x-tapehiss"]["seen"] == 3
    place = schema_at((a,), 1, known)["properties"]["card"]
    assert place["$ref"] == "#/components/schemas/Card"
    assert place["x-tapehiss"]["seen"] == 1


def test_a_shape_of_one_place_is_written_there():
    """Nothing recurs, nothing is a component."""
    assert component_schemas(shared([("A", tree({"card": CARD}))])) == {}


def test_the_variants_of_a_union_have_names():
    """A discriminator leads from each value of the tag to the schema of its variant."""
    cards = [{"type": "card", "brand": "visa"}] * 10
    banks = [{"type": "bank-account", "iban": "x"}] * 10
    schemas = component_schemas(shared([("Source", tree(*cards, *banks))]))
    assert sorted(schemas) == ["Source", "SourceBankAccount", "SourceCard"]
    assert schemas["Source"]["discriminator"] == {
        "propertyName": "type",
        "mapping": {
            "bank-account": "#/components/schemas/SourceBankAccount",
            "card": "#/components/schemas/SourceCard",
        },
    }
    assert schemas["SourceCard"]["required"] == ["brand", "type"]
    assert [branch.get("title") for branch in schemas["Source"]["anyOf"] if "$ref" not in branch] == ["other"]
