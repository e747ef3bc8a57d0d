"""Damaged bodies."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Response, header
from tapehiss.mocks.damage import KINDS, POINTED, damaged

BODY = b'{"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}'
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def of(kind: str, at: str = "", body: bytes = BODY) -> bytes:
    return damaged(Response(200, "OK", (("Content-Type", "application/json"),), body), kind, at).body


@given(st.sampled_from(KINDS), JSON.map(lambda data: json.dumps(data).encode()) | st.binary(min_size=1, max_size=40))
@example("missing", b"null")
def test_damage_is_always_done_and_always_the_same(kind, body):
    """Whatever the body: it is another one afterwards (or has another type), and the same one every time."""
    before = Response(200, "OK", (("Content-Type", "application/json"),), body)
    value = "7" if kind == "set" else ""
    after = damaged(before, kind, "", value)
    assert after == damaged(before, kind, "", value)
    if kind not in {"null", "extra", "set", "short-page", "empty-page", "repeated-cursor"}:
        assert after != before


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("nan", BODY.replace(b"7", b"NaN")),
        ("duplicate-key", BODY.replace(b"{", b'{"id":null,', 1)),
        ("bad-utf8", BODY.replace(b'"x"', b'"\xffx"')),
        ("half", BODY[: len(BODY) // 2]),
    ],
)
def test_broken_json(kind, body):
    """The number that is none, the key that is there twice, the byte that is no text, the half that is all."""
    assert of(kind) == body


@pytest.mark.parametrize(
    ("kind", "body"), [("nan", b"NaN"), ("duplicate-key", b"te"), ("bad-utf8", b"text\xff"), ("null", b"te")]
)
def test_what_is_no_json_is_damaged_in_the_plainest_way(kind, body):
    """A rule that strikes is never without effect."""
    assert of(kind, body=b"text") == body


def test_another_type():
    """An HTML page where JSON was promised; JSON where HTML is said to be."""
    assert of("html").startswith(b"<html>")
    after = damaged(Response(200, "OK", (("Content-Type", "application/json"),), BODY), "content-type", "")
    assert (after.body, header(after.headers, "content-type")) == (BODY, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("kind", "at", "found"),
    [
        ("missing", "", {"name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("missing", "/tags/0", {"id": 7, "name": "x", "tags": ["b"], "of": {"a/b": 1}}),
        ("null", "/name", {"id": 7, "name": None, "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("type", "/name", {"id": 7, "name": 0, "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("type", "/tags", {"id": 7, "name": "x", "tags": "unexpected", "of": {"a/b": 1}}),
        ("unseen", "/tags/1", {"id": 7, "name": "x", "tags": ["a", "b-unseen"], "of": {"a/b": 1}}),
        ("extra", "/of/a~1b", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": {"unexpected": 1}}}),
        ("extra", "/of", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1, "unexpected": True}}),
        ("short-page", "/tags", {"id": 7, "name": "x", "tags": ["a"], "of": {"a/b": 1}}),
        ("empty-page", "/tags", {"id": 7, "name": "x", "tags": [], "of": {"a/b": 1}}),
        ("empty-page", "/name", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("repeated-cursor", "/name", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("unseen", "/new", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("null", "/tags/9", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("null", "/name/first", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
        ("null", "/tags/x/y", {"id": 7, "name": "x", "tags": ["a", "b"], "of": {"a/b": 1}}),
    ],
)
def test_one_place_of_a_document(kind, at, found):
    """Gone, null, of another type, never seen, wrapped: at a pointer, or at the first leaf; a pointer to nowhere changes nothing."""
    assert json.loads(of(kind, at)) == found


@pytest.mark.parametrize("kind", sorted(set(POINTED) - {"set", "short-page", "empty-page", "repeated-cursor"}))
def test_a_document_without_places(kind):
    """A lone value is replaced as a whole."""
    assert of(kind, body=b"7") in {b"null", b'"unexpected"', b"-1", b'{"unexpected":7}'}


def test_a_value_that_the_rule_brings():
    """``set`` puts any JSON at a place, also one that is new."""
    response = Response(200, "OK", (), BODY)
    found = json.loads(damaged(response, "set", "/of/new", '{"a":[1]}').body)
    assert found["of"] == {"a/b": 1, "new": {"a": [1]}}
