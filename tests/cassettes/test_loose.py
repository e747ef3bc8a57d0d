"""Promises of ``cassettes/loose.py``."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes import loose
from tapehiss.cassettes.document import Written
from tapehiss.cassettes.source import Unreadable

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.just(Written("1.10"))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=9), inner), max_leaves=9
)


@given(VALUES)
def test_every_value_has_a_text_bytes_and_headers(value: Any) -> None:
    """The readings are total: a strange file ends in a strange exchange or a refusal, never in a traceback."""
    assert isinstance(loose.text(value), str)
    assert isinstance(loose.octets(value), bytes)
    for name, held in loose.headers(value):
        name.encode("latin-1")
        held.encode("latin-1")
        assert name
        assert not set(held) & {"\r", "\n"}


@given(VALUES)
def test_every_value_has_a_moment_or_none(value: Any) -> None:
    """A time is a finite number of seconds, or unknown."""
    for read in (loose.moment, loose.duration):
        seconds = read(value)
        assert seconds is None or math.isfinite(seconds)
    assert loose.http_version(value).startswith("HTTP/")
    assert loose.method(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (12, "12"), (1.5, "1.5"), (Written("1.10"), "1.10"), (b"\xe9", "é"), ([1], "[1]")],
)
def test_text_is_as_the_file_writes_it(value: object, text: str) -> None:
    """A header value that YAML takes for a number keeps its zeros."""
    assert loose.text(value) == text


@pytest.mark.parametrize(
    ("text", "encoding", "octets"),
    [
        ("é", "utf-8", b"\xc3\xa9"),
        ("é", "ISO-8859-1", b"\xe9"),
        ("€", "ISO-8859-1", b"\xe2\x82\xac"),
        ("é", "no such codec", b"\xc3\xa9"),
        ("a\udcff", "utf-8", b"a\xff"),
        ("a\ud800", "utf-8", b"a\xed\xa0\x80"),
    ],
)
def test_a_body_has_the_bytes_of_its_encoding(text: str, encoding: str, octets: bytes) -> None:
    """Ruby and betamax name the encoding of a text; UTF-8 is what remains where that cannot be."""
    assert loose.octets(text, encoding) == octets


def test_a_parsed_body_is_json_again() -> None:
    """In UTF-8, in the order of the file."""
    assert loose.octets({"b": "é", "a": [1, None]}) == '{"b": "é", "a": [1, null]}'.encode()


def test_a_body_nested_beyond_measure_is_refused() -> None:
    """A value that no JSON writer takes is no body."""
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(Unreadable, match="nested too deeply"):
        loose.rebuilt(deep)


@pytest.mark.parametrize(
    "value",
    [
        {"A": ["1", "2"], "B": "3"},
        {"A": [["1"], "2"], "B": 3},
        [("A", "1"), ["A", "2"], ("B", "3")],
        [{"name": "A", "value": "1"}, {"Name": "A", "Value": "2"}, {"key": "B", "value": 3}],
        ["A: 1", "A:2", "B: 3"],
        [{"A": ["1", "2"]}, {"B": "3"}],
        [["A", "1", "2"], ["B", "3"]],
    ],
)
def test_headers_are_read_in_every_shape(value: Any) -> None:
    """Duplicates and order are kept."""
    assert loose.headers(value) == (("A", "1"), ("A", "2"), ("B", "3"))


def test_headers_are_what_was_on_the_wire() -> None:
    """One latin-1 character for each byte: text beyond latin-1 went as UTF-8, bytes as they are."""
    assert loose.headers({"A": "é", "B": "€", "C": b"\xe2\x82\xac"}) == (("A", "é"), ("B", "â\x82¬"), ("C", "â\x82¬"))


def test_pseudo_headers_are_left_out() -> None:
    """HTTP/2 tells the method and the URL as headers; we have them."""
    assert loose.headers({":method": "GET", "": "nothing", "A": "1"}) == (("A", "1"),)


def test_line_breaks_fold_or_part() -> None:
    """Chrome joins cookies with line breaks; everywhere else a line break is a fold."""
    assert loose.headers({"Set-Cookie": "a=1\nb=2"}) == (("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    assert loose.headers({"A": "one\r\n two"}) == (("A", "one two"),)


@pytest.mark.parametrize(
    ("value", "name"), [(":get", "GET"), ("post", "POST"), (None, "GET"), ("ANY", "GET"), ("PURGE", "PURGE")]
)
def test_methods(value: object, name: str) -> None:
    """Ruby writes symbols, others lower case, WireMock ANY."""
    assert loose.method(value) == name


@pytest.mark.parametrize(
    ("written", "base_url", "url"),
    [
        ("https://a.example/x?y=1#z", None, "https://a.example/x?y=1#z"),
        ("/x", "https://a.example/v1/", "https://a.example/v1/x"),
        ("x", "https://a.example", "https://a.example/x"),
        ("?y=1", "https://a.example/v1", "https://a.example/v1?y=1"),
        ("//b.example/x", "https://a.example", "https://b.example/x"),
        ("/x", None, "http://recording.invalid/x"),
        ("http:///var/run/docker.sock/_ping", None, "http:///var/run/docker.sock/_ping"),
        ("https://<<HOST>>/x", None, "https://<<HOST>>/x"),
        ("  https://a.example/x\n", None, "https://a.example/x"),
    ],
)
def test_urls_are_absolute(written: str, base_url: str | None, url: str) -> None:
    """What has a host keeps it, however odd; what has none gets the base, or a host that can never be."""
    assert loose.absolute(written, base_url) == url


@pytest.mark.parametrize("written", ["", None, "https://[FILTERED]/x", "https://a.example:port/x"])
def test_what_cannot_be_a_url_is_refused(written: object) -> None:
    """A placeholder in brackets is no host, and no URL parser takes it for one."""
    with pytest.raises(Unreadable):
        loose.absolute(written, None)


@pytest.mark.parametrize(
    ("candidates", "read"),
    [
        ([200], (200, "")),
        (["404 Not Found"], (404, "Not Found")),
        (["HTTP/1.1 503 Busy"], (503, "Busy")),
        ([{"code": "201", "message": "Created"}], (201, "Created")),
        ([{"status_code": 200.0, "message": None}], (200, "")),
        ([{"Code": {"code": 202}}], (202, "")),
        ([None, 0, "OK", "204"], (204, "")),
    ],
)
def test_a_status_is_read_in_every_shape(candidates: list[Any], read: tuple[int, str]) -> None:
    """The first candidate that holds a code counts."""
    assert loose.status(*candidates) == read


@pytest.mark.parametrize("candidates", [[], [None], ["OK"], [0], [99], [{"code": None}], [[200]], ["20000"]])
def test_no_status_is_refused(candidates: list[Any]) -> None:
    """A response without a code is none."""
    with pytest.raises(Unreadable, match="no status code"):
        loose.status(*candidates)


@pytest.mark.parametrize(
    ("value", "version"),
    [("HTTP/1.1", "HTTP/1.1"), ("1.0", "HTTP/1.0"), ("h2", "HTTP/2"), ("http/2.0", "HTTP/2"), ("h3", "HTTP/3"), (None, "HTTP/1.1"), ("unknown", "HTTP/1.1"), (2.0, "HTTP/2")],
)  # fmt: skip
def test_versions(value: object, version: str) -> None:
    """However it was written; HTTP/1.1 where nobody said."""
    assert loose.http_version(value) == version


@pytest.mark.parametrize(
    "value",
    [
        "2009-02-13T23:31:30Z",
        "2009-02-13T23:31:30+00:00",
        "2009-02-14T00:31:30.000+01:00",
        "2009-02-13 23:31:30 GMT",
        "2009-02-13 23:31:30",
        "2009-02-13 18:31:30 -0500",
        "2009-02-13T23:31:30.000000000Z",
        "Fri, 13 Feb 2009 23:31:30 GMT",
        1234567890,
        1234567890000,
        "1234567890",
    ],
)
def test_moments(value: object) -> None:
    """Every notation in which recorders write the time; without a zone it is UTC."""
    assert loose.moment(value) == 1234567890.0


@pytest.mark.parametrize("value", [None, "", "soon", "nan", "inf", "-5", "2009-13-99", [1], "0000-00-00"])
def test_no_moment(value: object) -> None:
    """What is no time is unknown."""
    assert loose.moment(value) is None


@pytest.mark.parametrize(
    ("value", "seconds"), [("250ms", 0.25), ("1m3.5s", 63.5), ("12.5µs", 1.25e-5), ("", None), (None, None), ("fast", None), ("1s?", None)]
)  # fmt: skip
def test_durations(value: object, seconds: float | None) -> None:
    """Go's notation; anything else is unknown."""
    assert loose.duration(value) == pytest.approx(seconds)
