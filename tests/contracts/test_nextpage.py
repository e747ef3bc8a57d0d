"""The second page, as a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from habits import HOST, told
from tapehiss.contracts.asking import Asking, as_curl, asking
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.nextpage import next_page, paging_lines

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Clean

ITEMS = [{"id": f"item_{number:04}"} for number in range(50)]


def second(*exchanges: Clean) -> tuple[Asking, str] | None:
    known = catalogue(learn(exchanges))
    [(operation, evidence)] = known.entries
    told_of = facts(known)
    return next_page(asking(operation, evidence, told_of), evidence, told_of)


def cursors(at, more=""):
    asked = f"&cursor=c2lnbmVk{at * 7919:08d}" if at else more
    return told(f"/v1/things?limit=10{asked}", {"results": ITEMS[at : at + 10], "next_cursor": f"c2lnbmVk{(at + 10) * 7919:08d}"})  # fmt: skip


def numbers(number, first="page"):
    return told(f"/v1/things?{first}={number}&per_page=10", {"items": ITEMS[:10], "next_page": number + 1})


def offsets(at):
    return told(f"/v1/things?offset={at}&limit=10", {"items": ITEMS[at : at + 10], "offset": at, "total": 50})


def test_a_cursor_is_a_variable_and_has_a_source():
    """The shell puts the cursor into the URL, escaped by curl; where it comes from is told."""
    asked, note = second(cursors(0), cursors(10), cursors(20))
    assert asked.url == f"{HOST}/v1/things?limit=10"
    assert as_curl(asked).endswith('-G --data-urlencode "cursor=$CURSOR"')
    assert note == "CURSOR: next_cursor of the answer before"


def test_what_only_first_pages_are_asked_with_is_left_out():
    """Where requests with a cursor never had a parameter of the first page, the second page has not, either."""
    asked, _ = second(*[cursors(0, "&initial=true")] * 3, cursors(10), cursors(20))
    assert asked.url == f"{HOST}/v1/things?limit=10"


def test_numbers_are_written_out():
    """Page 2 after page 1, page 1 after page 0, and as many items as one page has."""
    assert second(*map(numbers, (1, 2, 3)))[0].url == f"{HOST}/v1/things?per_page=10&page=2"
    assert second(*map(numbers, (0, 1, 2)))[0].url == f"{HOST}/v1/things?per_page=10&page=1"
    assert second(*map(offsets, (0, 10, 20)))[0].url == f"{HOST}/v1/things?limit=10&offset=10"


def test_an_offset_without_a_size_is_one_that_was_seen():
    """The smallest number of items that was left out."""
    several = [told(f"/v1/things?skip={at}", {"items": ITEMS[:5], "skip": at, "total": 9}) for at in (0, 7, 22)]
    assert second(*several)[0].url == f"{HOST}/v1/things?skip=7"


def test_a_cursor_in_a_body_has_its_place():
    """A search that is sent as JSON takes the cursor as a member."""

    def search(at):
        sent = {"query": "x", **({"start_cursor": f"c2lnbmVk{at * 7919:08d}"} if at else {})}
        body = {"results": ITEMS[at : at + 10], "next_cursor": f"c2lnbmVk{(at + 10) * 7919:08d}"}
        return told("/v1/search", body, method="POST", sent=sent)

    asked, note = second(*map(search, (0, 10, 20)))
    assert asked.body == {"query": "x", "start_cursor": "<next_cursor of the answer before>"}
    assert note == ""


def test_a_link_is_a_source():
    """The URL of the next page has the cursor."""

    def linked(at):
        url = f"{HOST}/v1/things?max_id={90_000 - 130 * at}"
        return told(f"/v1/things?max_id={90_000 - 130 * at + 55}", ITEMS[:9], headers={"Link": f'<{url}>; rel="next"'})

    asked, note = second(*map(linked, range(4)))
    assert (asked.url, asked.cursor) == (f"{HOST}/v1/things", "max_id")
    assert note == "CURSOR: max_id of the URL in the header link (rel=next)"


def test_what_is_not_proven_is_not_written():
    """A cursor that nobody sent back has no request."""
    assert second(*[told("/v1/things", {"items": ITEMS[:3], "next_cursor": "abcdefgh"})] * 3) is None


def test_a_vendors_ways_are_told_once():
    """Operations that are paged alike are one line; what has no second page on any tape is counted."""
    other = told("/v1/parts", {"items": ITEMS[:3], "has_more": True})
    known = facts(catalogue(learn([*map(numbers, (1, 2, 3)), other])))
    paged, unknown = paging_lines(known, short=True)
    assert paged.startswith("Query parameter page takes the number of the page; ")
    assert paged.endswith("(at GET /v1/things)")
    assert unknown == "No tape has a second page of GET /v1/parts (1 in all), though the answers speak of pages"
    assert f"(at GET {HOST}/v1/things)" in next(paging_lines(known))
