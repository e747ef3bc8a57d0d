"""Hypothesis strategies for traffic that a contract can be learnt from: few operations, many shapes, and every kind of mess."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from strategies import exchanges as any_exchanges
from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterable

NAMES = ("id", "a", "b", "", "~", "/", "~*", "~0", "é", "$ref")
WORDS = ("red", "green", "blue", "2026-11-21", "cus_9s6XKzkNRiz8i3", "", "\ud800", "\U0001f600", "x" * 200)


def documents() -> st.SearchStrategy[Any]:
    """JSON values that share few names, so that the same path has many kinds."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.sampled_from(WORDS),
        st.text(max_size=4),
    )
    return st.recursive(
        scalars,
        lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(NAMES), below, max_size=4),
        max_leaves=12,
    )


def bodies() -> st.SearchStrategy[tuple[str, bytes]]:
    """Media type and body: JSON most of the time."""
    text = documents().map(json.dumps)
    several = st.lists(text, max_size=3)
    as_json = text.map(str.encode)
    return st.one_of(
        st.tuples(st.sampled_from(["application/json", "Application/JSON; charset=utf-8", "a/vnd.api+json"]), as_json),
        st.tuples(st.just("application/json"), as_json),
        st.tuples(
            st.just("text/event-stream"), several.map(lambda each: "".join(f"data: {x}\n\n" for x in each).encode())
        ),
        st.tuples(st.just("application/x-ndjson"), several.map(lambda each: "\n".join(each).encode())),
        st.tuples(
            st.just("application/x-www-form-urlencoded"), st.sampled_from([b"a=1&b=x", b"a=true&a=2", b"%ff", b"b"])
        ),
        st.tuples(st.sampled_from(["", "application/json", "text/html"]), st.binary(max_size=8)),
        st.tuples(st.sampled_from(["", "application/json"]), st.just(b"")),
        st.tuples(st.just("application/json"), st.sampled_from([b"NaN", b"[1e999]", b'"\\ud800"', b"[" * 3000, b"{"])),
    )


def urls() -> st.SearchStrategy[str]:
    """A few operations, called with different ids and queries."""
    path = st.sampled_from(
        ["/v1/things", "/v1/things/{}", "/v1/things/{}/parts/{}", "/%7Ex", "/\ud800/a\ud800@b.example", ""]
    )
    number = st.integers(1000, 1010)
    query = st.sampled_from(["", "?a=1", "?a=x&b=true", "?a=1&a=2", "?", "?filter[a]=1", "?\ud800=\ud800"])
    host = st.sampled_from(["https://api.vendor.example", "https://eu.vendor.example:8443"])
    return st.builds(
        lambda host, path, number, query: host + path.format(number, number) + query, host, path, number, query
    )


def exchanges() -> st.SearchStrategy[Clean]:
    """One exchange of any outcome; now and then one that no sane vendor would send."""

    def made(
        method: str, url: str, asked: tuple[str, bytes], status: int, told: tuple[str, bytes], ending: Ending
    ) -> Clean:
        request = Request(method, url, _typed(asked[0]), asked[1])
        return Clean(Exchange(request, Response(status, "", _typed(told[0]), told[1]), ending))

    ordinary = st.builds(
        made,
        st.sampled_from(["GET", "POST"]),
        urls(),
        bodies(),
        st.sampled_from([200, 200, 200, 201, 204, 404, 429, 500]),
        bodies(),
        st.sampled_from([Ending.COMPLETE] * 5 + [Ending.TRUNCATED]),
    )
    return st.one_of(ordinary, ordinary, ordinary, any_exchanges().map(Clean))


def lists(max_size: int = 8) -> st.SearchStrategy[list[Clean]]:
    """Some exchanges."""
    return st.lists(exchanges(), max_size=max_size)


def _typed(media: str) -> tuple[tuple[str, str], ...]:
    return (("Content-Type", media),) if media else ()


def answer(
    body: Any, *, url: str = "https://api.vendor.example/v1/things", status: int = 200, method: str = "GET"
) -> Clean:
    """One exchange that was answered with this JSON value."""
    content = json.dumps(body).encode()
    return Clean(Exchange(Request(method, url), Response(status, "", (("Content-Type", "application/json"),), content)))


def answers(several: Iterable[Any]) -> list[Clean]:
    """One exchange for each JSON value, all of the same operation."""
    return [answer(body) for body in several]
