"""Names of parameters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from tapehiss.contracts.parameters import name_of, singular, snake


@pytest.mark.parametrize(
    ("owner", "forms", "member", "name"),
    [
        ("customers", {"id"}, "", "customer_id"),
        ("customers", {"id", "text"}, "id", "customer_id"),
        ("users", {"text"}, "login", "login"),
        ("users", {"text"}, "id", "user_id"),
        ("tags", {"text"}, "name", "tag_name"),
        ("shops", {"text"}, "shop_id", "shop_id"),
        ("zones", {"text"}, "zone", "zone"),
        ("airports", {"text"}, "", "airport"),
        ("reports", {"date"}, "", "date"),
        ("zones", {"domain"}, "", "domain"),
        ("v1", {"id"}, "", "id"),
        ("v1", {"text"}, "", "name"),
        ("", {"text"}, "slug", "slug"),
        ("line-items", {"id"}, "", "line_item_id"),
        ("7", {"id"}, "", "id"),
    ],
)
def test_parameters_are_called_after_what_is_known(owner, forms, member, name):
    """The form where it says something, the member that repeats the value, the collection."""
    assert name_of(owner, forms, member, ()) == name
    assert name_of(owner, forms, member, {name, f"{name}_2"}) == f"{name}_3"


@pytest.mark.parametrize(
    ("many", "one"),
    [("addresses", "address"), ("series", "series"), ("statuses", "status"), ("status", "status"), ("warehouses", "warehouse"),
     ("companies", "company"), ("boxes", "box"), ("people", "person"), ("movies", "movie"), ("line_items", "line_item"),
     ("analysis", "analysis"), ("bus", "bus"), ("user", "user"), ("ties", "tie")],
)  # fmt: skip
def test_singular(many, one):
    """The rules of English plurals that hold in URLs."""
    assert singular(many) == one


@given(
    texts(),
    st.sets(st.sampled_from(["id", "text", "date"]), min_size=1),
    texts(8),
    st.sets(st.sampled_from(["id", "name", "date"])),
)
def test_every_parameter_has_a_name(owner, forms, member, taken):
    """Whatever stands before it, a parameter has a name that is not taken and can stand in a template."""
    name = name_of(owner, forms, snake(member), taken)
    assert name
    assert name not in taken
    assert not set(name) & set("{}/")
