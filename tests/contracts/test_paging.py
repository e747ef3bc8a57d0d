"""What one exchange shows of paging."""

from __future__ import annotations

import pytest

from tapehiss.contracts.paging import PARAMETERS_MAX, URL_LENGTH_MAX, digest, digests, page, signs

URL = "https://api.vendor.example/v1/things"


def shown(document, query=None, *, body=None, headers=(), method="GET", url=URL):
    asked = "&".join(f"{name}={value}" for name, value in (query or {}).items())
    return list(signs(page(method, f"{url}?{asked}", query or {}, body or {}, headers, document)))


@pytest.mark.parametrize(
    ("here", "there", "expected"),
    [
        ({"page": 1}, "?page=2", "query:page page"),
        ({}, "?page=2", "query:page page"),
        ({"offset": 20, "limit": 10}, "?offset=30&limit=10", "query:offset offset"),
        ({}, "?offset=25", "query:offset offset"),
        ({"page": "abc"}, "?page=def", "query:page cursor"),
        ({"max_id": 117020457910000}, "?max_id=117020457000000", "query:max_id cursor"),
        ({"q": "x"}, "/v1/things?q=x&after=f&sort=up", "query:after cursor"),
        ({"since": 5}, "?since=46&until=9", "query:since cursor"),
        ({"v": 1}, "?v=2&utm=3", "query:v page"),
        ({}, "?opaque=zzz&limit=5", "query:opaque cursor"),
    ],
)
def test_the_next_url_says_which_parameter_moves(here, there, expected):
    """The telling parameter of a next URL, and whether it is a page, an offset or a cursor."""
    found = shown({"items": [1], "next": there}, here)
    moved = [sign.removeprefix("paging next-url /next ") for sign in found if sign.startswith("paging next-url")]
    assert moved[0] == expected


def test_a_link_header_needs_no_list():
    """RFC 8288: the relation ``next`` among others, in one header or in several; other relations say nothing."""
    links = (("Link", f'<{URL}?page=1>; rel="prev", <{URL}?page=3>; rel="next last"'), ("link", "<x>; title=next"))
    assert shown(None, {"page": 2}, headers=links) == ["paging next-url header:link query:page page"]
    assert shown(None, {"page": 2}, headers=(("Link", f"<{URL}?page=1>; rel=prev"),)) == []


@pytest.mark.parametrize("url", ["http://[::1", "https://[/?page=2", "?" + "page=2&" * 300])
def test_a_bad_url_says_nothing(url):
    """What is no URL, or has too many parameters, is passed over."""
    assert [sign for sign in shown({"items": [], "next": url}) if "next-url" in sign] == []
    assert shown({"items": [], "next": "https://h/?page=2"}, url="http://[::1") == ["paging lists /items"]


def test_what_scalars_say():
    """Booleans say whether there is more, nulls that there is none, numbers how many; fractions say nothing."""
    document = {
        "items": [{}],
        "has_more": True,
        "next": None,
        "total": 7,
        "page": 3,
        "count": 1.5,
        "next_cursor": "abcdef",
        "last": False,
    }
    assert shown(document) == [
        "paging lists /items",
        "paging more /has_more true",
        "paging end /next",
        "paging total /total",
        "paging at /page",
        "paging cursor /next_cursor",
        "paging more /last false",
    ]
    assert "paging total header:x-total-count" in shown([1], headers=(("X-Total-Count", "9"),))


def test_next_numbers_are_compared_with_what_was_asked():
    """The parameter plus one is the next page; plus the size, the next offset; a text is compared as a number, too."""
    assert "paging plus-one /next_page query:page" in shown({"items": [], "next_page": "4"}, {"page": 3})
    assert "paging plus-size /next_offset query:offset" in shown(
        {"items": [], "next_offset": 30}, {"offset": 20, "limit": 10}
    )
    assert "paging cursor /next_offset" in shown({"items": [], "next_offset": "x1y2"}, {"offset": 20})


def test_a_size_is_held_or_broken():
    """As many items as were asked for, fewer, or more."""
    assert "paging-size full query:limit" in shown([1, 2], {"limit": 2})
    assert "paging-size held query:limit" in shown([1], {"limit": 2})
    assert "paging-size broken query:limit" in shown([1, 2, 3], {"limit": 2})


def test_a_write_is_looked_into_only_with_a_hint():
    """A search that is a POST is paged where it asks for a page, or its answer is about pages."""
    assert shown({"items": [{"id": 1}], "total": 3}, method="POST") == []
    assert shown({"items": [], "total": 3}, method="POST", body={"page_size": 5}) != []
    assert shown({"items": [], "meta": {"total": 3}}, method="POST") != []


def test_values_are_kept_as_digests():
    """What was sent and what could be sent back: cursors, texts beside the list, the last item's id; never a URL."""
    told = page(
        "GET", URL, {"page": {"after": "abcdef"}, "limit": 5}, {}, (),
        {"items": [{"id": 7}, {"id": "item_9", "name": "x"}], "sync": "s1t2", "next": "tok_1", "next_page_url": "https://h/", "n": [[1]]},
    )  # fmt: skip
    assert list(digests(told)) == [
        ("asked query:page[after]", digest("abcdef")),
        ("offered /items/~-/id", digest("item_9")),
        ("offered /next", digest("tok_1")),
        ("offered /sync", digest("s1t2")),
    ]
    assert digest(5) == digest("5")
    assert len(digest("x" * 9_999)) == 12


def test_what_was_sent_is_not_offered_by_its_echo():
    """An answer that repeats the cursor it was asked with hands out nothing."""
    told = page("GET", URL, {"cursor": "abcdef"}, {}, (), {"items": [], "cursor": "abcdef"})
    assert list(digests(told)) == [("asked query:cursor", digest("abcdef"))]


def test_parameters_are_bounded():
    """Of too many parameters the first by name are looked at, in any order."""
    many = {f"a{number}_page": number for number in range(2 * PARAMETERS_MAX)}
    backwards = dict(reversed(many.items()))
    assert len(page("GET", URL, many, {}, (), None).parameters) == PARAMETERS_MAX
    assert page("GET", URL, many, {}, (), None).parameters == page("GET", URL, backwards, {}, (), None).parameters
    assert shown({"items": [], "next": "https://h/?page=" + "9" * URL_LENGTH_MAX}) == [
        "paging lists /items",
        "paging cursor /next",
    ]
