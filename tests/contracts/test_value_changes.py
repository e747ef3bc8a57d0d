"""What changed in documents: each kind of change is found where it is, with the severity that its direction gives it."""

from __future__ import annotations

import pytest

from tapehiss.contracts.counts import Part
from tapehiss.contracts.drift import drift
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.value_changes import request_changes, value_changes
from traffic import answer, answers

MANY = 60


def changed(old, new):
    """The decided changes and the harmless ones of an answer that was like this and is like that, sixty times each."""
    found = drift(learn(answers(old * MANY)), learn(answers(new * MANY))).findings
    return {(each.id, each.severity.word, each.pointer, each.subject) for each in found}


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ([{"a": 1}], [{}], ("response-required-property-removed", "error", "/a", "")),
        ([{"a": 1}, {}], [{}], ("response-optional-property-removed", "warn", "/a", "")),
        ([{"a": 1}], [{"a": 1}, {}], ("response-property-became-optional", "error", "/a", "")),
        ([[{"a": 1}, {"a": 2}]], [[{"a": 1}, {}]], ("response-property-became-optional", "error", "/~*/a", "")),
        ([[{"a": 1}, {"a": 2}]], [[{}, {}]], ("response-required-property-removed", "error", "/~*/a", "")),
        ([{}], [{"a": 1}], ("response-optional-property-added", "info", "/a", "")),
        ([{"a": 1}], [{"a": None}], ("response-property-became-nullable", "error", "/a", "null")),
        ([{"a": 1}], [{"a": "1"}], ("response-property-type-changed", "error", "/a", "string")),
        ([{"a": [1]}], [{"a": [1, [2]]}], ("response-property-type-changed", "error", "/a/~*", "array")),
        ([{"a": 1}], [{"a": 1.5}], ("response-property-type-generalized", "warn", "/a", "number")),
        ([{"a": "on"}], [{"a": "on"}, {"a": "idle"}], ("response-property-enum-value-added", "warn", "/a", "idle")),
        ([{"a": "2026-11-21"}], [{"a": "21.11."}], ("response-property-format-changed", "error", "/a", "date")),
        (
            [[{"a": "2026-11-21"}] * 2],
            [[{"a": "21.11."}] * 2],
            ("response-property-format-changed", "error", "/~*/a", "date"),
        ),
        ([{"a": 3}, {"a": 9}], [{"a": 3000}, {"a": 9000}], ("response-property-scale-changed", "warn", "/a", "")),
    ],
)
def test_each_change(old, new, change):
    """One change in sixty answers, one finding: its id, severity and place."""
    assert changed(old, new) == {change}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ([{"a": 1}, {"a": 1.5}], [{"a": 1}]),
        ([{"a": 1.5}], [{"a": 1}]),
        ([{"a": None}, {"a": 1}], [{"a": 1}]),
        ([{"a": "on"}, {"a": "off"}], [{"a": "on"}]),
        ([{"a": 1}, {}], [{"a": 1}]),
        ([{"a": []}], [{"a": [1]}]),
        ([{"a": 3}], [{"a": 30}]),
        ([{"a": "x y, z"}], [{"a": "other, text"}]),
        ([{"a": "2026-11-21"}, {"a": "soon"}], [{"a": "later, or never"}]),
    ],
)
def test_what_breaks_nobody(old, new):
    """Narrower answers, other texts, larger numbers and first items are no findings."""
    assert changed(old, new) == set()


def test_words_of_many_texts_are_not_told():
    """Where every other answer brought a new word, another one is nothing to tell."""
    old = learn(answers([{"a": word} for word in ("anna", "berta", "carla", "dora")]))
    assert drift(old, learn(answers([{"a": "emma"}]))).findings == ()
    old = learn(answers([{"a": "on"}] * 30))
    (finding,) = drift(old, learn(answers([{"a": "off"}]))).findings
    assert finding.severity.word == "info"


def test_requests_only_show_what_else_is_taken():
    """Accepted requests that lack a member, have another one or another kind are told, and break nobody."""
    url = "https://api.vendor.example/v1"
    old = learn([answer({}, url=f"{url}?a=1&b=1")] * MANY)
    new = learn([answer({}, url=f"{url}?a=x&c=1")] * MANY)
    found = {(each.id, each.severity.word, each.part, each.pointer) for each in drift(old, new).findings}
    assert found == {
        ("request-property-type-generalized", "info", "query", "/a"),
        ("request-property-became-optional", "info", "query", "/b"),
        ("new-optional-request-property", "info", "query", "/c"),
    }


def test_parts_without_documents():
    """Nothing is asked where there is nothing."""
    assert list(value_changes(Part(), Part(), Part())) == list(request_changes(Part(), Part(), Part())) == []
