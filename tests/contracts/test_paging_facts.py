"""How an operation is paged, against vendors whose way of paging is known."""

from __future__ import annotations

from typing import Any

import pytest

from habits import HOST, told
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn

ITEMS = [{"id": f"item_{number:04}", "name": f"thing {number}"} for number in range(50)]
SIZE = 10


def token(at: int) -> str:
    return f"c2lnbmVk{at * 7919:08d}"


def link(url: str) -> dict[str, str]:
    return {"Link": f'<{HOST}/v1/things?page=1>; rel="prev", <{url}>; rel="next"'}


def page_of(at: int) -> list[Any]:
    return ITEMS[at : at + SIZE]


def by_link(at):
    number = at // SIZE + 1
    return told(
        f"/v1/things?page={number}&per_page={SIZE}",
        page_of(at),
        headers=link(f"{HOST}/v1/things?page={number + 1}&per_page={SIZE}"),
    )


def by_next_url(at):
    return told(f"/v1/things?page[cursor]={token(at)}&page[size]={SIZE}", {"data": page_of(at), "links": {"self": "x", "next": f"{HOST}/v1/things?page[cursor]={token(at + SIZE)}&page[size]={SIZE}"}})  # fmt: skip


def by_cursor(at):
    asked = f"&cursor={token(at)}" if at else ""
    return told(
        f"/v1/things?limit={SIZE}{asked}", {"results": page_of(at), "next_cursor": token(at + SIZE), "has_more": True}
    )


def by_last_id(at):
    asked = f"&starting_after={ITEMS[at - 1]['id']}" if at else ""
    return told(f"/v1/things?limit={SIZE}{asked}", {"data": page_of(at), "has_more": at < 40})


def by_next_page(at):
    number = at // SIZE + 1
    return told(f"/v1/things?page={number}", {"items": page_of(at), "next_page": number + 1, "total": 50})


def by_offset(at):
    return told(
        f"/v1/things?offset={at}&limit={SIZE}", {"items": page_of(at), "offset": at, "limit": SIZE, "total": 50}
    )


def by_body(at):
    sent = {"query": "x", "page_size": SIZE, **({"start_cursor": token(at)} if at else {})}
    return told("/v1/search", {"results": page_of(at), "next_cursor": token(at + SIZE)}, method="POST", sent=sent)


def by_numbers(at):
    return told(f"/v1/things?page={at // SIZE + 1}&per_page={SIZE}", page_of(at))


def by_header(at):
    asked = f"&_token={token(at)}" if at else ""
    url = f"{HOST}/v1/things?_limit={SIZE}&_token={token(at + SIZE)}"
    return told(
        f"/v1/things?_limit={SIZE}{asked}", {"data": page_of(at)}, headers={"Next-Page": url, "Total-Records": "50"}
    )


def by_name_only(_at):
    return told("/v1/things", {"value": page_of(0), "@odata.nextLink": "opaque-and-never-followed"})


@pytest.mark.parametrize(
    ("vendor", "fact_id", "parameter", "place", "field", "proof", "size"),
    [
        (by_link, "pagination-link", "page", "query", None, "offered", "per_page"),
        (by_next_url, "pagination-cursor", "page[cursor]", "query", "/links/next", "offered", "page[size]"),
        (by_cursor, "pagination-cursor", "cursor", "query", "/next_cursor", "followed", "limit"),
        (by_last_id, "pagination-cursor", "starting_after", "query", "/data/~-/id", "followed", "limit"),
        (by_next_page, "pagination-page", "page", "query", "/next_page", "offered", None),
        (by_offset, "pagination-offset", "offset", "query", "/offset", "echoed", "limit"),
        (by_body, "pagination-cursor", "start_cursor", "body", "/next_cursor", "followed", "page_size"),
        (by_numbers, "pagination-page", "page", "query", None, "asked", "per_page"),
        (by_header, "pagination-cursor", "_token", "query", None, "offered", "_limit"),
        (by_name_only, "pagination-cursor", None, None, "/@odata.nextLink", "named", None),
    ],
)  # fmt: skip
def test_a_way_of_paging_is_recognised_and_proved(vendor, fact_id, parameter, place, field, proof, size):
    """Style, parameter, place of the next one in the answer, proof and page size are those of the vendor."""
    known = [
        fact for fact in facts(catalogue(learn([vendor(at) for at in (0, 10, 20, 30)]))) if fact.topic == "pagination"
    ]
    [fact] = known
    assert (fact.id, fact["parameter"], fact["in"], fact["field"], fact["proof"], fact["size_parameter"]) == (
        fact_id, parameter, place, field, proof, size,
    )  # fmt: skip
    assert 0 < fact.seen <= fact.of == 4


@pytest.mark.parametrize(
    "exchange",
    [
        told("/v1/things?limit=10&query=abcdef", {"items": [{"id": 1}], "limit": 10, "query": "abcdef"}),
        told(
            "/v1/things/1", {"id": 1, "next_run_at": "2026-11-21", "next_action": {"type": "redirect"}, "tags": ["a"]}
        ),
        told(
            "/v1/orders",
            {"order_number": 7, "number": 7, "items": [{"id": 1}]},
            method="POST",
            sent={"order_number": 7},
        ),
        told("/v1/login", {"token": "abcdefgh", "roles": ["admin"]}),
        told("/v1/things?limit=everything", {"items": [{"id": "everything"}], "current_page": 1}),
        told("/v1/things", {"data": {"deep": {"things": [{"id": 1}], "has_more": True}}}),
    ],
)
def test_what_only_looks_like_paging_is_none(exchange):
    """Echoes of other parameters, schedules, numbers of orders and tokens are no pages."""
    assert [fact for fact in facts(catalogue(learn([exchange] * 3))) if fact.topic == "pagination"] == []


def test_a_size_is_no_position():
    """One item a page, and page 2 is next: by chance the size is one less, and is not taken for the number of the page."""
    exchanges = [told("/v1/things?limit=1", {"items": [{"id": 1}], "next_page": 2})] * 3
    [fact] = [fact for fact in facts(catalogue(learn(exchanges))) if fact.topic == "pagination"]
    assert (fact["parameter"], fact["field"]) == (None, "/next_page")


def test_one_equal_value_in_many_proves_nothing():
    """A parameter most of whose values no answer held was not handed out, even if one was by chance."""
    exchanges = [
        told(f"/v1/things?after=some-{number}-date", {"items": [], "sync": "some-1-date", "note": "x"})
        for number in range(9)
    ]
    assert [fact for fact in facts(catalogue(learn(exchanges))) if fact.topic == "pagination"] == []


def test_two_proven_ways_are_both_told():
    """A vendor that offers the next page's number in two places, under two parameters."""

    def vendor(at):
        number = at // SIZE + 1
        return told(
            f"/v1/things?page={number}&offset={at}&limit={SIZE}",
            {"items": page_of(at), "next_page": number + 1, "next_offset": at + SIZE},
        )

    known = [fact for fact in facts(catalogue(learn([vendor(at) for at in (0, 10, 20)]))) if fact.topic == "pagination"]
    assert {(fact.id, fact["parameter"], fact["field"]) for fact in known} == {
        ("pagination-offset", "offset", "/next_offset"),
        ("pagination-page", "page", "/next_page"),
    }


def test_which_page_this_is_without_a_way_to_another():
    """A number of the page beside a total, where nobody asked for a page: named, and no parameter is invented."""
    exchanges = [told(body={"data": [{"id": 1}], "pagination": {"current_page": 1, "total_pages": 1}})] * 2
    [fact] = [fact for fact in facts(catalogue(learn(exchanges))) if fact.topic == "pagination"]
    assert (fact.id, fact["parameter"], fact["field"], fact["proof"]) == (
        "pagination-page",
        None,
        "/pagination/current_page",
        "named",
    )
    assert fact["total_field"] == "/pagination/total_pages"


def test_the_last_page_alone():
    """Where no tape has another page, it is told how the last one is recognised, and nothing more."""
    exchanges = [told(body={"data": [{"id": 1}], "has_more": False, "next_cursor": None})] * 2
    known = {fact.id: fact for fact in facts(catalogue(learn(exchanges))) if fact.topic == "pagination"}
    assert set(known) == {"pagination-end", "pagination-more"}
    assert known["pagination-end"]["field"] == "/next_cursor"
    assert known["pagination-more"]["more_field"] == "/has_more"


@pytest.mark.parametrize(
    ("vendor", "words"),
    [
        (by_link, "query parameter page takes the number of the page; the URL of the next page is in the header link (rel=next); per_page is how many items there are at most"),
        (by_next_url, "query parameter page[cursor] takes a cursor; the URL of the next page is in links.next; page[size] is how many items there are at most"),
        (by_cursor, "query parameter cursor takes a cursor; callers took it from next_cursor; limit is how many items there are at most; has_more says whether there is more"),
        (by_last_id, "query parameter starting_after takes a cursor; callers took it from data[].id of the last item; limit is how many items there are at most; has_more says whether there is more"),
        (by_next_page, "query parameter page takes the number of the page; the answer tells the next one in next_page"),
        (by_offset, "query parameter offset takes the number of items to leave out before the page; the answer repeats it as offset; limit is how many items there are at most"),
        (by_numbers, "query parameter page takes the number of the page; several pages were asked for, and no answer tells the next one; per_page is how many items there are at most"),
        (by_header, "query parameter _token takes a cursor; the URL of the next page is in the header next-page; _limit is how many items there are at most"),
        (by_name_only, "the answer's @odata.nextLink is named like a cursor; no tape has the request that sends it back"),
    ],
)  # fmt: skip
def test_paging_is_told_in_words_that_need_no_glossary(vendor, words):
    """What takes what, where the next one comes from, and the size of a page by its name."""
    known = [each for each in facts(catalogue(learn([vendor(at) for at in (0, 10, 20, 30)]))) if each.words == words]
    assert [each.topic for each in known] == ["pagination"]


def linked(path, at, following):
    url = f"{HOST}{path}?max_id={following}"
    return told(f"{path}?max_id={at}", page_of(0), headers={"Link": f'<{url}>; rel="next"'})


def paging(*exchanges):
    return {
        each.operation.split("/")[-1]: each for each in facts(catalogue(learn(exchanges))) if each.topic == "pagination"
    }


def test_one_answer_does_not_contradict_the_vendor():
    """A cursor that by chance is one more than the last is a cursor, where the vendor's other operations say so."""
    others = [linked("/v1/homes", 7_000 + at, 9_000 - 13 * at) for at in range(6)]
    assert paging(linked("/v1/bookmarks", 4, 5))["bookmarks"]["style"] == "page"
    assert paging(linked("/v1/bookmarks", 4, 5), *others)["bookmarks"]["style"] == "cursor"
    numbers = [linked("/v1/bookmarks", at, at + 1) for at in range(5)]
    assert paging(*numbers, *others)["bookmarks"]["style"] == "page"


def test_what_another_operation_proves_is_told_as_such():
    """A cursor that nobody sent back stands where another operation's does: its parameter is named with that operation."""
    alone = told("/v1/parts", {"results": page_of(0), "next_cursor": None})
    known = paging(alone, *(by_cursor(at) for at in (0, 10, 20)))
    assert known["parts"]["parameter"] is None
    assert known["parts"].words == (
        "the answer's next_cursor is empty on the last page; no tape has another; at GET /v1/things query parameter cursor takes it"
    )
    assert "at GET" not in paging(alone)["parts"].words
