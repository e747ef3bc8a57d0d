"""Lists, page by page."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shelf import BOOKS, HOST, STYLES, ask, items_of, next_of, recorded

from tapehiss.cassettes.exchange import Exchange, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.asking import knowledge_of
from tapehiss.mocks.holdings import Holdings
from tapehiss.mocks.listing import listing_of
from tapehiss.mocks.resources import kinds_of

KNOWN = {style: knowledge_of(catalogue(learn(recorded(style))), tuple(recorded(style))) for style in STYLES}
COLLECTION = HOST + BOOKS


def listing(style: str):
    return listing_of(KNOWN[style], kinds_of(KNOWN[style]), COLLECTION)


def followed(style: str, first: str, held=()) -> list[dict[str, object]]:
    """Everything on all pages, from the first one on."""
    found, target = [], first
    while target and len(found) < 100:
        page = listing(style).page(KNOWN[style].asking(ask("GET", target)), held)
        found += items_of(page.response)
        target = next_of(style, page.response, first)
    return found


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STYLES), st.integers(1, 9), st.integers(0, 6), st.integers(0, 6))
def test_every_thing_is_on_one_page(style, size, made, deleted):
    """Whatever the size of a page, following the pages shows each thing once; what was deleted is not there, what was made is."""
    held, names = Holdings(), sorted(listing(style).names)
    sample = listing(style).entities[names[0]]
    for number in range(made):
        held = held.put(COLLECTION, f"new{number}", {**sample, "id": f"new{number}"}, created=True)
    for name in names[:deleted]:
        held = held.put(COLLECTION, name, None)
    first = f"{BOOKS}?{'page%5Bsize%5D' if style == 'json-api' else 'limit'}={size}"
    listed = [each["id"] for each in followed(style, first, held.of(COLLECTION))]
    assert len(listed) == len(set(listed))
    assert set(listed) == {*names[deleted:], *(f"new{number}" for number in range(made))}


@pytest.mark.parametrize("style", ["cursor", "link", "json-api"])
def test_recorded_cursors_still_lead_on(style):
    """A client that kept a cursor from the tape gets the page that it led to."""
    asked = next(each for each in recorded(style) if "cursor" in each.request.url)
    page = listing(style).page(KNOWN[style].asking(asked.request), ())
    assert items_of(page.response) == items_of(asked.response)


def test_a_filter_is_heard():
    """A parameter that is named like a member leaves only the things that have its value."""
    page = listing("last-id").page(KNOWN["last-id"].asking(ask("GET", f"{BOOKS}?title=Emma&limit=9&unknown=1")), ())
    assert [each["title"] for each in json.loads(page.response.body)["data"]] == ["Emma"]


def test_no_list_no_listing():
    """Where the tapes list nothing there is nothing to list."""
    assert listing_of(KNOWN["page"], {}, f"{HOST}/v1/else") is None
    assert listing_of(KNOWN["page"], {}, f"{COLLECTION}/bk_1Qx7mA1rT9zK4") is None
    assert listing("page").emptied().names == frozenset()


def test_forms_that_lists_do_not_have():
    """A thing with members that no listed one had is shown as far as lists show things; a broken page is passed over."""
    held = Holdings().put(
        COLLECTION, "new", {"id": "new", "title": "t", "pages": 1, "state": "new", "secret": 5}, created=True
    )
    page = listing("last-id").page(KNOWN["last-id"].asking(ask("GET", f"{BOOKS}?limit=50")), held.of(COLLECTION))
    assert json.loads(page.response.body)["data"][-1] == {"id": "new", "title": "t", "pages": 1, "state": "new"}
    other = Holdings().put(COLLECTION, "new", {"id": "new", "title": 5, "pages": "no"}, created=True)
    page = listing("last-id").page(KNOWN["last-id"].asking(ask("GET", f"{BOOKS}?limit=50")), other.of(COLLECTION))
    assert json.loads(page.response.body)["data"][-1]["title"] == 5
    session = [*recorded("page"), Exchange(ask("GET", f"{BOOKS}?page=9"), Response(200, "OK", (), b"{broken"))]
    known = knowledge_of(catalogue(learn(session)), tuple(session))
    assert listing_of(known, kinds_of(known), COLLECTION).names == listing("page").names
