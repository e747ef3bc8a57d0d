"""A part of a contract that is ready to judge documents."""

from __future__ import annotations

from tapehiss.contracts.evidence import learn
from tapehiss.contracts.judges import judge_of
from traffic import answers

BODY = "response 200 application/json"


def judge(*documents):
    """The judge of answers with these bodies."""
    (evidence,) = learn(answers(documents)).operations.values()
    return judge_of(evidence.parts[BODY])


def test_what_is_expected_is_accepted_and_not_walked():
    """The validator answers first; in words is only told what it refuses."""
    of = judge({"a": 1}, {"a": 2, "b": None})
    assert of.accepts({"a": 7})
    assert of.deviations({"a": 7}) == ()
    assert [each.id for each in of.deviations({"b": None})] == ["member-missing"]


def test_what_was_seen_once_is_counted():
    """A member that was absent once, and a kind that came once: more of that is to come."""
    assert judge({"a": 1}, {"a": 2}, {"a": 3}).once == 0
    assert judge({"a": 1}, {"a": 2}, {}).once == 1
    assert judge({"a": 1}, {"a": 2}, {"a": None}).once == 1
    assert judge({"a": 1}).once == 0


def test_its_size_is_known():
    """Every path counts, so that the memory of many judges can be bounded."""
    assert judge({"a": [1], "b": {"c": 1}}).nodes == 5


def test_evidence_is_found_by_path():
    """The field at a path of the contract, and nothing where nothing was seen."""
    of = judge({"a": [1]}, {"a": [2]})
    assert of.seen("/a/~*").numbers == (1, 2)
    assert of.seen("/b") is None
