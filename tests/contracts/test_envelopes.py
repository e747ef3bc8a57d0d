"""What stands around the lists of an answer."""

from __future__ import annotations

from hypothesis import given

from tapehiss.contracts.envelopes import MEMBERS_MAX, SIBLINGS_MAX, envelope_of, step
from traffic import documents


def test_lists_and_what_could_be_about_them():
    """Lists with their places, scalars with their roles; items are never looked into."""
    found = envelope_of({"data": [{"next": 1}], "meta": {"next_cursor": "a", "total": 7, "colour": "red"}, "sync": "x"})
    assert [place for place, _ in found.lists] == ["/data"]
    assert [(said.place, said.role, said.value) for said in found.said] == [
        ("/sync", "", "x"),
        ("/meta/next_cursor", "next", "a"),
        ("/meta/total", "total", 7),
    ]


def test_everything_under_next_is_about_the_next_page():
    """HAL and others wrap the address of the next page in an object."""
    found = envelope_of({"items": [], "_links": {"next": {"href": "/x?page=2"}, "self": {"href": "/x"}}})
    assert [(said.place, said.role) for said in found.said] == [("/_links/next/href", "next")]


def test_a_list_is_its_own_envelope():
    """And anything else that is no object has none."""
    assert envelope_of([1]).lists == [("", [1])]
    assert envelope_of("x") == envelope_of(None) == envelope_of({})


def test_bounds():
    """A large object is no envelope proper, a huge one is not looked through, and depth ends it."""
    wide = {"items": []} | {f"text {number}": "x" for number in range(SIBLINGS_MAX)}
    assert envelope_of(wide).said == []
    assert envelope_of({f"page {number}": number for number in range(MEMBERS_MAX + 1)}).said == []
    deep = {"a": {"b": {"c": {"d": {"items": []}}}}}
    assert envelope_of(deep).lists == []
    assert step("a b/~") == "a%20b~1~0"


@given(documents())
def test_any_document_has_an_envelope(document):
    """Whatever came, places are words without spaces."""
    found = envelope_of(document)
    assert all(" " not in place for place, _ in found.lists)
    assert all(" " not in said.place for said in found.said)
