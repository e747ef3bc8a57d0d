"""How pages follow each other."""

from __future__ import annotations

import json

import pytest
from shelf import BOOKS, HOST, STYLES, recorded

from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.mocks.turning import Page, Turning, turning_of


def turning(style: str) -> Turning:
    session = recorded(style)
    lists = [each.response for each in session if each.request.method == "GET" and f"{BOOKS}?" in each.request.url]
    pages = [(json.loads(each.body), each.headers) for each in lists]
    fact = next(each for each in facts(catalogue(learn(session))) if each.topic == "pagination")
    return turning_of(pages, fact, 3, 1)


URL = f"{HOST}{BOOKS}?limit=2"
LAST = Page(HOST + BOOKS, {"limit": "2"}, 4, 2, 6, None)
FIRST = Page(HOST + BOOKS, {"limit": "2"}, 0, 2, 6, (2, "b"))
EMPTY: dict[str, tuple[object, object]] = {
    "last-id": ({"object": "list", "data": [], "has_more": None}, None),
    "offset": ({"books": [], "total": 0, "next_offset": 0}, None),
    "page": ({"books": [], "page": 0, "next_page": 0}, None),
    "cursor": ({"items": [], "next_cursor": "?"}, None),
    "link": ([], None),
    "header": ([], None),
    "json-api": ({"data": [], "links": {"next": "?"}}, None),
}
SAID = {
    "last-id": ({"has_more": True}, {"has_more": False}),
    "offset": ({"total": 6, "next_offset": 2}, {"total": 6, "next_offset": None}),
    "page": ({"page": 1, "next_page": 2}, {"page": 3, "next_page": None}),
    "cursor": ({"next_cursor": "tapehiss-2"}, {"next_cursor": ""}),
    "link": ({"Link": f'<{URL}&cursor=tapehiss-2>; rel="next"'}, {}),
    "header": ({"X-Next-Page": "2"}, {}),
    "json-api": (
        {"links": {"next": f"{URL}&page%5Bcursor%5D=tapehiss-2"}},
        {"links": {"next": None}},
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_pages_speak_as_the_vendor_does(style):
    """The first page names the next one where and how recorded pages did; the last one says that there is none."""
    way = turning(style)
    document = EMPTY[style][0]
    told = [way.told(document, page) for page in (FIRST, LAST)]
    if style in {"link", "header"}:
        assert [dict(way.headed((), page)) for page in (FIRST, LAST)] == list(SAID[style])
    else:
        assert told == [{**document, **said} for said in SAID[style]]


@pytest.mark.parametrize(
    ("style", "query", "begin"),
    [
        ("last-id", {"starting_after": "b"}, 2),
        ("last-id", {"starting_after": "unknown"}, 4),
        ("offset", {"offset": "3"}, 3),
        ("page", {"page": "2"}, 2),
        ("page", {"page": "0"}, 0),
        ("cursor", {"cursor": "tapehiss-3"}, 3),
        ("cursor", {"cursor": "recorded"}, 2),
        ("cursor", {"cursor": "9" * 99}, 4),
        ("cursor", {}, 0),
    ],
)
def test_where_a_page_begins(style, query, begin):
    """By number, offset, name, our own cursor, a recorded one; a cursor that nobody gave is behind the last page."""
    assert turning(style).begin(query, ["a", "b", "c", "d"], {"recorded": "c"}, 2) == begin


def test_sizes():
    """The size that is asked for, within a bound; else the usual one; without paging everything."""
    way = turning("page")
    assert [way.size({"limit": text}) for text in ("5", "0", "x", "99999999", "9" * 30)] == [5, 3, 3, 10_000, 3]
    assert turning_of([], None, 3, 1).size({"limit": "5"}) == 0


def test_other_forms():
    """Members that come only with a next page, "done", totals of pages, numbers as texts, and nothing where there is no object."""
    pages = [
        ({"data": [{}], "next": "/v1?page=2", "done": False, "total_pages": "3"}, ()),
        ({"data": [{}], "done": True}, ()),
    ]
    fact = next(each for each in facts(catalogue(learn(recorded("page")))) if each.topic == "pagination")
    way = turning_of(pages, fact, 3, 1)
    said = way.told({"data": [], "next": "x", "done": False, "total_pages": "9"}, LAST)
    assert said == {"data": [], "done": True, "total_pages": "3"}
    assert way.told([], LAST) == []
    assert way.told({"links": 1}, FIRST)["next"] == f"{URL}&page=2"
    pages = [({"data": [{}], "next": None}, ()), ({"data": [{}], "links": {"next": "/v1?page=3"}}, ())]
    assert [saying.place for saying in turning_of(pages, fact, 3, 1).members] == ["/links/next"]
    assert turning_of(pages, fact, 3, 1).told({"data": []}, FIRST) == {"data": []}
