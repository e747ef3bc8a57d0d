"""Promises of ``cassettes/vcr_body.py``."""

from __future__ import annotations

import gzip
import zlib
from base64 import b64encode
from typing import Any

import pytest

from tapehiss.cassettes.source import Source, Unreadable
from tapehiss.cassettes.vcr_body import stored_body

FILES = {"big.bin": b"\x00\xff", "../big.bin": b"up"}
SOURCE = Source("tape", b"", FILES.get)


def stored(message: dict[Any, Any]) -> bytes:
    return stored_body(message, "response_body", SOURCE)[0]


@pytest.mark.parametrize(
    ("body", "held"),
    [
        (None, b""),
        ("hiss", b"hiss"),
        (b"\xff", b"\xff"),
        (12, b"12"),
        ({"string": "hiss"}, b"hiss"),
        ({"string": b"\xff"}, b"\xff"),
        ({"string": None}, b""),
        ({"encoding": "utf-8"}, b""),
        ({}, b""),
        ({"encoding": "ASCII-8BIT", "string": "é"}, b"\xc3\xa9"),
        ({"encoding": "ISO-8859-1", "string": "é"}, b"\xe9"),
        ({"encoding": "UTF-8", "base64_string": "aGlz\ncw=="}, b"hiss"),
        ({"string": {"base64_string": "aGlzcw=="}}, b"hiss"),
        ({"base64": "aGlzcw=="}, b"hiss"),
        ({"base64": True, "string": "aGlzcw=="}, b"hiss"),
        ({"base64": False, "string": "aGlzcw=="}, b"aGlzcw=="),
        ({"raw_gzip": b64encode(gzip.compress(b"hiss")).decode()}, b"hiss"),
        ({"raw_gzip": b64encode(zlib.compress(b"hiss")).decode()}, b"hiss"),
        ({"raw_gzip": "aGlzcw=="}, b"hiss"),
        ({"file": "no", "string": "hiss"}, b"hiss"),
        ({"file": False, "string": "hiss"}, b"hiss"),
        ({"file": "big.bin"}, b"\x00\xff"),
        ({"file": True, "string": "big.bin"}, b"\x00\xff"),
    ],
)
def test_a_body_is_found_wherever_it_is_kept(body: Any, held: bytes) -> None:
    """Every shape in which the family writes one."""
    assert stored({"body": body}) == held


def test_old_httpx_bodies_are_called_content() -> None:
    """vcrpy 5 and earlier."""
    assert stored({"content": "hiss"}) == b"hiss"
    assert stored({}) == b""


@pytest.mark.parametrize("shape", [{"parsed_body": {"a": [1]}}, {"body": {"a": [1]}}, {"body": {"string": {"a": [1]}}}])
def test_parsed_bodies_are_rebuilt_with_a_note(shape: dict[str, Any]) -> None:
    """The bytes of the original are lost, and the tape says so."""
    body, notes = stored_body(shape, "request_body", SOURCE)
    assert body == b'{"a": [1]}'
    assert [key for key, _ in notes] == ["request_body"]


def test_a_parsed_list_is_rebuilt_too() -> None:
    """A body may be a list."""
    assert stored_body({"body": [1, "b"]}, "request_body", SOURCE)[0] == b'[1, "b"]'


def test_a_parsed_form_is_a_form_again() -> None:
    """The request says what it was."""
    headers = {"Content-Type": ["application/x-www-form-urlencoded"]}
    assert stored({"headers": headers, "parsed_body": {"a": ["1", "2"], "b": "x y"}}) == b"a=1&a=2&b=x+y"


def test_a_parsed_text_is_that_text() -> None:
    """What was no JSON was kept as it was: no note."""
    assert stored_body({"parsed_body": "hiss"}, "request_body", SOURCE) == (b"hiss", ())


def test_a_body_in_a_missing_file_is_refused() -> None:
    """An empty body would be a lie."""
    with pytest.raises(Unreadable, match=r"gone\.bin, which is not there"):
        stored({"body": {"file": "gone.bin"}})


def test_a_packed_body_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bomb is refused."""
    monkeypatch.setattr("tapehiss.cassettes.vcr_body.INFLATED_MAX_BYTES", 1000)
    with pytest.raises(Unreadable, match="larger than 1,000 bytes"):
        stored({"body": {"raw_gzip": b64encode(gzip.compress(b"a" * 100_000)).decode()}})
