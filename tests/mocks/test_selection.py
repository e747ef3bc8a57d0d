"""Which entries of a journal are meant."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Exchange, Request
from tapehiss.mocks.journal import Entry, Marks, digest_of
from tapehiss.mocks.outcome import Rung
from tapehiss.mocks.selection import DEPTH_MAX, Selection, lacking, too_deep

ENTRY = Entry(
    7,
    1.0,
    "POST",
    "/v1/a",
    Rung.EXACT,
    503,
    "complete",
    0.0,
    1,
    ("503",),
    "",
    "",
    Marks("t", digest_of("k"), "ab" * 32),
)


def nothing(_: int) -> None:
    """Nothing was kept."""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ({"on": "POST /v1/*"}, {"on": "GET *"}),
        ({"since": 7}, {"since": 8}),
        ({"key": "t"}, {"key": ""}),
        ({"match": Rung.EXACT}, {"match": Rung.MISS}),
        ({"status": 503}, {"status": 200}),
        ({"struck": True}, {"struck": False}),
        ({"limited": False}, {"limited": True}),
        ({"idempotency_key": "k"}, {"idempotency_key": "K"}),
        ({"body_sha256": "AB" * 32}, {"body_sha256": "cd" * 32}),
    ],
)
def test_every_criterion_counts(right, wrong):
    """One that does not hold is named, if it is about the request and not about which are looked at."""
    assert list(Selection(**right).pick([ENTRY], nothing)) == [ENTRY]
    assert list(Selection(**wrong).pick([ENTRY], nothing)) == []
    named = Selection(**wrong).differs(ENTRY, nothing)
    assert named == (() if {"since", "key"} & set(wrong) else tuple(wrong))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=3), each, max_size=3),
    max_leaves=8,
)


@given(JSON, JSON)
def test_what_is_in_a_body_is_not_lacking(data, more):
    """Everything is in itself; members that nobody asked for do not matter, items do."""
    assert list(lacking(data, data)) == []
    if isinstance(data, dict):
        assert list(lacking({**data, "more~/": more}, data)) == (
            [] if "more~/" not in data else list(lacking(more, data["more~/"], "/more~0~1"))
        )
        assert list(lacking(data, {**data, "not there": more})) == ["/not there"] or "not there" in data
    assert list(lacking([data], [data, more])) == [""]


@pytest.mark.parametrize(("data", "wanted"), [(1, True), (True, 1), (0, False), ("1", 1), (None, {}), ([], {})])
def test_other_kinds_are_other_values(data, wanted):
    """A number is no truth value."""
    assert list(lacking(data, wanted)) == [""]


def test_only_json_is_looked_into():
    """What was not kept, and what is none, says so in place of fitting."""
    kept = Exchange(Request("POST", "http://m/", (), json.dumps({"a": {"b": 1}}).encode()))
    selection = Selection(json={"a": {"b": 2}})
    assert selection.differs(ENTRY, nothing) == ("json (the body was not kept)",)
    assert selection.differs(ENTRY, lambda _: Exchange(Request("POST", "http://m/"))) == ("json (the body is none)",)
    assert selection.differs(ENTRY, lambda _: kept) == ("json /a/b",)
    assert Selection(json=[]).differs(ENTRY, lambda _: kept) == ("json as a whole",)


def test_depth_has_an_end():
    """What is deeper than is compared is known to be."""
    deep: object = 1
    for _ in range(DEPTH_MAX):
        deep = {"a": deep}
    assert not too_deep(deep)
    assert too_deep([deep])
    assert list(lacking([deep], [deep])) != []
