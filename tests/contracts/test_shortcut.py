"""The short way to "it fits"."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tapehiss.cassettes.exchange import Cut, Ending
from tapehiss.contracts import shortcut
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.judges import judge_of
from tapehiss.contracts.shortcut import Shortcut
from traffic import answer, answers

LINE = "GET https://api.vendor.example/v1/things"
FITS = answer({"a": 1})


@pytest.fixture
def known():
    """A shortcut that remembers one exchange."""
    (evidence,) = learn(answers([{"a": 1}])).operations.values()
    known = Shortcut()
    known.remember(FITS, LINE, judge_of(evidence.parts["response 200 application/json"]))
    return known


def test_what_is_remembered_is_accepted_again(known):
    """The same question with a body that is as expected fits; nothing fits for one who knows nothing."""
    assert known.accepts(answer({"a": 2}))
    assert not Shortcut().accepts(FITS)


def test_the_operation_of_a_known_question_is_known(known):
    """Of one that was asked before, in the same way."""
    assert known.operation(FITS.request) == LINE
    assert known.operation(replace(FITS.request, method="POST")) == ""
    assert known.operation(replace(FITS.request, body=b"{}")) == ""
    assert known.operation(replace(FITS.request, headers=(("X-Amz-Target", "Other"),))) == ""


@pytest.mark.parametrize(
    "other",
    [
        answer({"a": "x"}),
        answer({"a": 1}, url=LINE[4:] + "?b=1"),
        answer({"a": 1}, status=201),
        answer({"a": 1}, method="POST"),
        replace(FITS, ending=Ending.TRUNCATED),
        replace(FITS, response=None),
        replace(FITS, request=replace(FITS.request, body=b"{}")),
        replace(FITS, request=replace(FITS.request, cut=Cut(1, ""))),
        replace(FITS, request=replace(FITS.request, headers=(("x-amz-target", "Other"),))),
        replace(FITS, response=replace(FITS.response, body=b"")),
        replace(FITS, response=replace(FITS.response, body=b"{")),
        replace(FITS, response=replace(FITS.response, cut=Cut(1, ""))),
        replace(FITS, response=replace(FITS.response, undecoded=True)),
        replace(FITS, response=replace(FITS.response, headers=())),
        replace(FITS, response=replace(FITS.response, headers=(("content-type", "application/json;x"),))),
    ],
)
def test_whatever_is_not_as_simple_is_not_known(known, other):
    """Another question, another kind of answer, a body that is not as expected: all go the long way."""
    assert not known.accepts(other)


@pytest.mark.parametrize(
    "other",
    [
        answer({"a": 1}, status=404),
        replace(FITS, request=replace(FITS.request, body=b"{}")),
        replace(FITS, response=None),
        replace(FITS, ending=Ending.TRUNCATED),
        replace(FITS, response=replace(FITS.response, cut=Cut(1, ""))),
        replace(FITS, response=replace(FITS.response, headers=(("Content-Type", "text/event-stream"),))),
    ],
)
def test_only_the_simple_is_remembered(other):
    """How a rejected request was made is not known to be right, and only JSON bodies are one document."""
    (evidence,) = learn(answers([{"a": 1}])).operations.values()
    knows = Shortcut()
    knows.remember(other, LINE, judge_of(evidence.parts["response 200 application/json"]))
    assert knows == Shortcut()


def test_memory_is_bounded(known, monkeypatch):
    """When there is too much, all is forgotten, and learnt anew."""
    monkeypatch.setattr(shortcut, "KNOWN_MAX", 1)
    other = answer({"a": 1}, url=LINE[4:] + "?b=1")
    (evidence,) = learn(answers([{"a": 1}])).operations.values()
    known.remember(other, LINE, judge_of(evidence.parts["response 200 application/json"]))
    assert (known.accepts(FITS), known.accepts(other)) == (False, True)


def test_conformance_takes_it_the_second_time():
    """The first exchange goes the long way, the next ones the short one; with the same result."""
    conformance = Conformance(learn(answers([{"a": 1}])))
    assert conformance.findings(FITS) == ()
    assert conformance.findings(FITS) == conformance.explained(FITS) == ()
    assert [each.id for each in conformance.findings(answer({"a": "x"}))] == ["kind-unexpected"]
