"""Which things a vendor keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shelf import BOOKS, HOST, STYLES, answer, ask, recorded

from tapehiss.cassettes.exchange import Exchange
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.asking import knowledge_of
from tapehiss.mocks.resources import Kind, asked_of, entity_at, kinds_of, merged


@pytest.mark.parametrize("style", STYLES)
def test_books_are_found(style):
    """A collection, the member that identifies a thing, where it stands in an answer, and what can be done to it."""
    session = recorded(style)
    found = kinds_of(knowledge_of(catalogue(learn(session)), tuple(session)))
    methods = frozenset({"GET", "PATCH", "PUT", "DELETE"})
    assert found == {(HOST, BOOKS): Kind("id", methods, "data" if style == "json-api" else "")}


def test_what_was_only_created_is_a_kind_too():
    """It can be read back, and nothing else; what was only read is none."""
    made = [each for each in recorded("page") if each.request.method == "POST"]
    assert kinds_of(knowledge_of(catalogue(learn(made)), tuple(made))) == {(HOST, BOOKS): Kind("id", frozenset(), "")}
    read = [each for each in recorded("page") if each.request.method == "GET"]
    assert kinds_of(knowledge_of(catalogue(learn(read)), tuple(read))) == {}


def test_an_action_creates_nothing():
    """An answer that only repeats the path's identifier is about the thing in the path."""
    session = [
        Exchange(ask("POST", f"{BOOKS}/{name}/lend", {}), each.response)
        for each in recorded("page")
        if each.request.method == "PATCH"
        for name in [each.request.url.rpartition("/")[2]]
    ]
    assert kinds_of(knowledge_of(catalogue(learn(session)), tuple(session))) == {}


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"id": 1}, ""),
        ({"data": {"id": "x"}}, "/data"),
        ({"id": "top", "data": {"id": "x"}}, "/data"),
        ({"book": {"id": "x"}, "n": 1}, "/book"),
        ({"book": {"id": "x"}, "author": {"id": "y"}}, None),
        ({"id": None}, None),
        ([{"id": 1}], None),
        (None, None),
    ],
)
def test_where_a_thing_stands(document, pointer):
    """At the usual place, at the top, or in the only member that could be it."""
    assert entity_at(document, "id", "data") == pointer


def test_what_a_body_sets():
    """Inside the wrap if there is one."""
    assert asked_of({"request": {"data": {"a": 1}}}, "data") == {"a": 1}
    assert asked_of({"request": {"a": 1}}, "data") == {"a": 1}
    assert asked_of({"request": [1]}, "") == {}


FIELDS = st.dictionaries(st.sampled_from("abc"), st.integers(), max_size=3)


@given(FIELDS, FIELDS)
def test_a_thing_keeps_its_members(entity, change):
    """What it has is set, nothing is lost, nothing comes to its top; below, objects grow."""
    assert merged(entity, change) == {name: change.get(name, value) for name, value in entity.items()}
    assert merged({"meta": entity}, {"meta": change}) == {"meta": {**entity, **change}}


def test_a_member_that_no_answer_names_is_no_thing():
    """Without an identifier in any answer there is nothing to hold."""
    session = [
        Exchange(ask("PUT", f"/v1/files/fl_{n}Qx7mA{n}rT9", {"a": n}), answer(200, {"ok": True})) for n in range(3)
    ]
    assert kinds_of(knowledge_of(catalogue(learn(session)), tuple(session))) == {}
