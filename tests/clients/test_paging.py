"""Lists that come page by page."""

from __future__ import annotations

import asyncio
import json
from random import Random
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowds import Crowd
from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.clients import errors
from tapehiss.clients.answer import Answer
from tapehiss.clients.calling import Settings, calling, request_of
from tapehiss.clients.httpx_adapter import AsyncClient, Client
from tapehiss.clients.paging import Paging, Place, Walk
from tapehiss.clients.retry import RetryPolicy
from tapehiss.clients.sendable import same_origin
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn

HOST = "https://api.vendor.example"
JSON = (("Content-Type", "application/json"),)


class Lister:
    """A vendor with a list, that pages as it is told; ``empty`` numbers of pages have nothing on them."""

    def __init__(self, items, size, style, empty=()):
        self.items, self.size, self.style, self.empty = items, size, style, empty

    def __call__(self, url):
        """The page of a URL."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        begin = {
            "link": lambda: int(query.get("at", 0)),
            "url": lambda: int(query.get("at", 0)),
            "cursor": lambda: int(query.get("cursor", "cursor-0").removeprefix("cursor-")),
            "last id": lambda: int(query["after"]) + 1 if "after" in query else 0,
            "page": lambda: (int(query.get("page", 1)) - 1) * self.size,
            "offset": lambda: int(query.get("offset", 0)),
        }[self.style]()
        page = self.items[begin : begin + self.size]
        then = begin + self.size if begin + self.size < len(self.items) else None
        headers, said = JSON, {"data": [{"id": begin + number, "value": value} for number, value in enumerate(page)]}
        if self.style == "link" and then is not None:
            headers = (*JSON, ("Link", f'</list?at={then}>; rel="next"'))
        if self.style == "url":
            said["next"] = None if then is None else f"{HOST}/list?at={then}"
        if self.style == "cursor":
            said["next"] = None if then is None else f"cursor-{then}"
        if self.style == "last id":
            said["has_more"] = then is not None
        return Response(200, "", headers, json.dumps(said).encode())


PAGING = {
    "link": Paging(),
    "url": Paging("cursor", field="/next"),
    "cursor": Paging("cursor", "cursor", "/next"),
    "last id": Paging("cursor", "after", "/data/~-/id", more="/has_more"),
    "page": Paging("page", "page"),
    "offset": Paging("offset", "offset", items="/data", begin=0),
}


def fetching(vendor, asked=None):
    """Ask the vendor, without weather."""

    def fetch(url, params):
        request = request_of(Settings(HOST), "GET", url or "/list", {"params": params}, str)
        if asked is not None:
            asked.append(request.url)
        return Answer(request, vendor(request.url))

    return fetch


@given(st.lists(st.integers(), max_size=30), st.integers(1, 7), st.sampled_from(sorted(PAGING)))
def test_each_item_once_in_order(items, size, style):
    """In every style the walk gives the server's list (P1)."""
    walk = Walk(fetching(Lister(items, size, style)), PAGING[style], {"filter": "x"})
    assert [item["value"] for item in walk] == items
    assert walk.place == ""


@given(st.lists(st.integers(), min_size=1, max_size=30), st.integers(1, 7), st.sampled_from(sorted(PAGING)), st.data())
def test_going_on_from_a_place(items, size, style, data):
    """A walk that was left is taken up, in another process too: together each item once (P2)."""
    vendor, taken = fetching(Lister(items, size, style)), []
    stop = data.draw(st.integers(0, len(items) - 1))
    walk = Walk(vendor, PAGING[style], {})
    for number, item in enumerate(walk):
        if number == stop:
            break
        taken.append(item["value"])
    rest = [item["value"] for item in Walk(vendor, PAGING[style], {}, walk.place)]
    assert taken + rest == items


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(), min_size=1, max_size=12),
    st.integers(1, 4),
    st.sampled_from(sorted(PAGING)),
    st.lists(st.sampled_from([None, None, 429, 500, 503]), max_size=30),
    st.integers(0, 9),
)
def test_through_any_weather(items, size, style, weather, seed):
    """What a walk gives is a beginning of the list; whenever it breaks off it goes on, and in the end each item came once (P1, P2)."""
    vendor, faults, got, place = Lister(items, size, style), list(weather), [], ""

    def answer(request, _now):
        fault = faults.pop(0) if faults else None
        return (vendor(request.url) if fault is None else Response(fault)), 0.1

    def fetch(url, params):
        crowd = Crowd(answer)
        request = request_of(Settings(HOST), "GET", url or "/list", {"params": params}, str)
        caller = crowd.start(
            0.0, lambda now: calling(request, Settings(), {"policy": RetryPolicy(2)}, now=now, dice=Random(seed))
        )
        crowd.run()
        if caller.error is not None:
            raise caller.error
        return caller.result

    for _ in range(60):
        walk = Walk(fetch, PAGING[style], {}, place)
        try:
            got.extend(item["value"] for item in walk)
        except errors.ApiError:
            assert got == items[: len(got)]
            place = walk.place
        else:
            break
    assert got == items


def test_an_empty_page_is_no_end():
    """A page with nothing on it that says what comes next is followed (P4)."""
    pages = {"": ([1], "b"), "b": ([], "c"), "c": ([2], None)}

    def fetch(_url, params):
        items, then = pages[params.get("cursor", "")]
        return Answer(
            Request("GET", f"{HOST}/list"), Response(200, body=json.dumps({"items": items, "next": then}).encode())
        )

    assert list(Walk(fetch, Paging("cursor", "cursor", "/next"), {})) == [1, 2]


def test_a_circle_is_noticed():
    """A vendor that gives the same page for the same cursor for ever is an error that says where (P3); one that moves on is not."""
    same = Response(200, body=b'{"items": [1], "next": "c"}')
    asked = []

    def fetch(_url, params):
        asked.append(params)
        assert len(asked) < 10
        return Answer(Request("GET", f"{HOST}/list"), same)

    walk, got = Walk(fetch, Paging("cursor", "cursor", "/next"), {}), []
    with pytest.raises(errors.PaginationStuck) as caught:
        got.extend(walk)
    assert len(asked) == 3
    assert Place.from_text(caught.value.cursor) == Place(value="c")
    bodies = [b'{"items": [%d], "next": "c"}' % number for number in range(50)] + [b'{"items": [50], "next": ""}']
    scroll = Walk(
        lambda *_: Answer(Request("GET", HOST), Response(200, body=bodies.pop(0))),
        Paging("cursor", "cursor", "/next"),
        {},
    )
    assert list(scroll) == list(range(51))


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/list?at=2",
        "http://api.vendor.example/list",
        "//evil.example/x",
        "https://api.vendor.example:444/",
        "https://[bad",
    ],
)
def test_a_next_page_elsewhere_is_refused(there):
    """Another host, port or scheme would get our credential (P5)."""
    for paging, headers, body in (
        (Paging(), (("Link", f'<{there}>; rel="next"'),), b"[1]"),
        (Paging("cursor", field="/next"), (), json.dumps({"items": [1], "next": there}).encode()),
    ):
        walk = Walk(
            lambda *_, h=headers, b=body: Answer(Request("GET", f"{HOST}/list"), Response(200, "", h, b)), paging, {}
        )
        with pytest.raises(errors.PaginationStuck) as caught:
            list(walk)
        assert "origin" in caught.value.what
        assert "evil" not in str(caught.value)


@pytest.mark.parametrize("body", [b"{}", b'{"items": {}}', b"7", b"null"])
def test_an_answer_without_a_list(body):
    """An answer in which there is no list is an error of ours, not an empty list."""
    walk = Walk(lambda *_: Answer(Request("GET", HOST), Response(200, body=body)), Paging(items="/items"), {})
    with pytest.raises(errors.BodyInvalid):
        list(walk)


def test_a_contract_knows_how_to_walk():
    """What tapes prove about paging is enough to walk the list."""
    items = list(range(60))
    for style in ("link", "url", "cursor"):
        vendor, seen = Lister(items, 10, style), []
        urls = []
        list(Walk(fetching(vendor, urls), PAGING[style], {"limit": "10"} if style != "link" else {}))
        seen = [Exchange(Request("GET", url), vendor(url)) for url in urls]
        known = [fact for fact in facts(catalogue(learn(seen))) if fact.topic == "pagination"]
        assert [item["value"] for item in Walk(fetching(vendor), Paging.of(known[0]), {})] == items


@pytest.mark.parametrize("text", ["", "x", "[]", "[1, 2, 3]", '["", null, -1]', '["", null, "1"]', "[" * 9999])
def test_a_place_that_is_none(text):
    """Any text that no walk has given is refused."""
    with pytest.raises(Misuse):
        Place.from_text(text)


@pytest.mark.parametrize("given_", [("cursor",), ("page",), ("offset",), ("magic", "x", "/y")])
def test_what_cannot_be_meant_is_refused(given_):
    """A style without what it needs."""
    with pytest.raises(Misuse):
        Paging(*given_)


def test_both_clients_walk():
    """``walk`` of both clients gives the same items, by calls with all policies."""
    vendor = Lister(list(range(7)), 3, "cursor")

    def serve(request):
        response = vendor(str(request.url))
        return httpx.Response(200, headers=list(response.headers), content=response.body)

    paging = PAGING["cursor"]
    with Client(HOST, transport=httpx.MockTransport(serve)) as client:
        here = [item["value"] for item in client.walk("/list", paging, params={"filter": "x"})]

    async def main():
        async with AsyncClient(HOST, transport=httpx.MockTransport(serve)) as client:
            return [item["value"] async for item in client.walk("/list", paging)]

    assert here == asyncio.run(main()) == list(range(7))


def test_what_leads_nowhere_is_the_end():
    """A next page that is an object leads nowhere; a number that the answer tells is sent back as it is."""
    for said, ends in (({"page": 2}, True), (7, False)):
        body = json.dumps({"items": [1], "next": said}).encode()
        asked = []

        def fetch(_url, params, asked=asked, body=body):
            asked.append(params)
            return Answer(Request("GET", HOST), Response(200, body=body if len(asked) == 1 else b'{"items": []}'))

        assert list(Walk(fetch, Paging("cursor", "page", "/next"), {})) == [1]
        assert asked[1:] == ([] if ends else [{"page": 7}])


@pytest.mark.parametrize("style", ["page", "offset"])
def test_a_vendor_that_does_not_look_at_the_parameter(style):
    """A parameter of which the vendor does not know gives the first page for ever: an error after a few, and no endless list (P3)."""
    page = Response(200, "", JSON, b'{"data": [{"id": 1}]}')
    got = []
    with pytest.raises(errors.PaginationStuck) as caught:
        got.extend(Walk(fetching(lambda _: page), Paging(style, "misspelt", begin=0), {}))
    assert (len(got), "the same" in caught.value.what) == (2, True)


def test_a_walk_is_taken_up_where_it_was_left():
    """Left and iterated over again, the same walk goes on: the page that is asked for once more is no circle."""
    walk = Walk(fetching(Lister(list(range(7)), 3, "cursor")), PAGING["cursor"], {})
    first = next(iter(walk))
    assert [item["value"] for item in [first, *walk]][:3] == [0, 0, 1]


def test_a_default_port_is_no_other_origin():
    """``https://host:443`` is ``https://host``, and hosts have no case; another port, scheme or userinfo is somebody else."""
    assert same_origin("https://h.example:443/a", "https://H.example/b")
    for other in ("https://h.example:8443/", "http://h.example/", "https://u:p@h.example/", "/a", "https://[half"):
        assert not same_origin(other, "https://h.example/")


def test_an_error_about_pages_says_no_query():
    """Where to go on may be a URL with a key in its query: it is in the error, and not in its text (L1)."""
    error = errors.PaginationStuck("x", cursor=str(Place(f"{HOST}/list?api_key=sesame")))
    assert "sesame" in error.cursor
    assert "sesame" not in f"{error}{error!r}"


def test_a_circle_of_several_pages_is_noticed():
    """Pages that lead to each other, no two in a row the same, end when the first comes again (P3)."""
    left = iter(range(20))

    def fetch(url, _params):
        assert next(left) < 19, "it goes round and round"
        there = "a" if url.endswith("b") else "b"
        return Answer(Request("GET", url or f"{HOST}/a"), Response(200, "", (("Link", f'</{there}>; rel="next"'),), f'["{there}"]'.encode()))  # fmt: skip

    with pytest.raises(errors.PaginationStuck) as caught:
        list(Walk(fetch, Paging(), {}))
    assert "circle" in caught.value.what
