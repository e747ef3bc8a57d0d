"""What check and drift find, as a value."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from tapehiss.contracts.findings import SHOWN_LENGTH_MAX, Finding, Ledger, Severity, Witness, gathered, shown
from tapehiss.contracts.wording import RULES

FINDINGS = st.builds(
    Finding,
    st.sampled_from(sorted(RULES)),
    st.sampled_from(Severity),
    texts(5),
    texts(5),
    texts(5),
    texts(5),
    st.just((("of", 3),)),
    st.builds(Witness, texts(5), st.integers(0, 5), texts(5)),
    st.integers(1, 5),
)


def test_severities_compare_and_have_words():
    """info < warn < error, and each is found again by its word."""
    assert Severity.INFO < Severity.WARN < Severity.ERROR
    assert [Severity.of(each.word) for each in Severity] == list(Severity)
    with pytest.raises(ValueError, match="fatal"):
        Severity.of("fatal")


@given(FINDINGS, st.integers(1, 9))
def test_a_fingerprint_is_of_what_and_where(finding, count):
    """Evidence, severity, count and witness change; the fingerprint does not. Another subject is another fingerprint."""
    again = Finding(
        finding.id, Severity.INFO, finding.operation, finding.part, finding.pointer, finding.subject, count=count
    )
    other = Finding(finding.id, Severity.INFO, finding.operation, finding.part, finding.pointer, f"{finding.subject}x")
    assert again.fingerprint == finding.fingerprint != other.fingerprint
    assert len(finding.fingerprint) == 12


def test_a_fingerprint_stays():
    """People keep fingerprints in files: this one must be the same next year."""
    finding = Finding("member-missing", Severity.ERROR, "GET https://h/a", "response 200 application/json", "/b")
    assert finding.fingerprint == "7bbfa4cce96b"


@given(FINDINGS)
def test_a_finding_is_json(finding):
    """Everything of a finding fits into JSON."""
    assert json.loads(json.dumps(finding.to_json()))["fingerprint"] == finding.fingerprint


@given(st.lists(FINDINGS, max_size=8))
def test_gathered_findings_are_counted_once(several):
    """Each thing is told once, the worst first, and no exchange is lost from the counts."""
    once = gathered(several)
    assert {each.fingerprint for each in once} == {each.fingerprint for each in several}
    assert len({each.fingerprint for each in once}) == len(once)
    assert sum(each.count for each in once) == sum(each.count for each in several)
    assert [each.severity for each in once] == sorted((each.severity for each in once), reverse=True)


def test_a_ledger_is_bounded():
    """What comes when it is full is counted, and what is known already is still added up."""
    ledger = Ledger(1)
    first, other = (Finding("member-missing", Severity.WARN, "GET https://h/a", pointer=path) for path in ("/a", "/b"))
    ledger.add([first, other, first, other])
    assert ([each.count for each in ledger.findings()], ledger.dropped) == ([2], 2)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.integers() | texts(200), st.lists, max_leaves=3))
def test_what_is_shown_is_short(value):
    """No value fills a page, and nothing shown steers a terminal."""
    assert len(shown(value)) <= SHOWN_LENGTH_MAX
    assert shown(value).isprintable()


def test_structures_are_shown_by_size():
    """What is in an object or an array is not repeated."""
    assert shown({"a": 1}) == "an object of 1 members"
    assert shown(10**5000) == "an integer of 16610 bits"
    assert shown([1, 2]) == "an array of 2 items"
    assert shown("x" * 200).endswith("…")


def test_a_place_is_one_line():
    """Operation, part and path, as far as there are any; and a witness as editors open it."""
    assert Finding("operation-unknown", Severity.INFO, "GET https://h/a").place == "GET https://h/a"
    assert (
        Finding("member-missing", Severity.INFO, "GET https://h/a", "query", "/b").place == "GET https://h/a query /b"
    )
    assert Finding("member-missing", Severity.INFO, "", "", "/a\n\x1b[31m").place == "/a\\n\\x1b[31m"
    assert [str(Witness("t.yaml", 3)), str(Witness("https://h")), str(Witness())] == ["t.yaml:3", "https://h", ""]
