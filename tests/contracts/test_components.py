"""The shapes of a contract that are written once."""

from __future__ import annotations

import jsonschema_rs
from gathered import tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapes import structured

from tapehiss.contracts.components import component_schemas, shared
from tapehiss.contracts.schemas import DIALECT, schema_at


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(structured(), min_size=1, max_size=12), min_size=1, max_size=4))
def test_components_refuse_nothing_that_they_were_learnt_from(parts):
    """Whatever shapes are taken for the same: each document fits the schema of its own place."""
    trees = [tree(*documents) for documents in parts]
    known = shared([(f"Part{number}", root) for number, root in enumerate(trees)])
    components = {"components": {"schemas": component_schemas(known)}}
    for root, documents in zip(trees, parts, strict=True):
        validator = jsonschema_rs.validator_for({"$schema": DIALECT, **schema_at((root,), 1, known), **components})
        assert [error.message for document in documents for error in validator.iter_errors(document)] == []


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


def test_a_map_and_a_record_in_the_same_place_are_a_map():
    """Where one place shows that names are keys, they are keys at all places of the same shape."""
    codes = ("USD", "EUR", "GBP", "JPY", "CHF", "SEK", "NOK", "DKK")
    parts = [
        {"id": 1, "object": "quote", "rates": dict.fromkeys(codes, 1.5)},
        {"id": 2, "object": "quote", "rates": {"USD": "x"}},
    ]
    trees = [tree(part) for part in parts]
    known = shared([("A", trees[0]), ("B", trees[1])])
    rates = component_schemas(known)["Quote"]["properties"]["rates"]
    assert "properties" not in rates
    assert rates["additionalProperties"]["type"] == ["number", "string"]


def test_variants_of_like_names_are_told_apart():
    """Two values of a tag that make the same name are two components."""
    some = [{"type": "a b", "x": 1}] * 10
    schemas = component_schemas(shared([("Thing", tree(*some, *[{"type": "a-b", "y": 1}] * 10))]))
    assert sorted(schemas) == ["Thing", "ThingAB", "ThingAB2"]
