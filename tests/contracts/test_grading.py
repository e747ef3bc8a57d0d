"""How bad a finding is, on the evidence there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.findings import Severity
from tapehiss.contracts.grading import ERROR_CHANCE_MAX, WARN_CHANCE_MAX, WORD_CHANCE_MAX, graded

CHANCES = st.floats(0, 1)


@given(st.sampled_from(Severity), CHANCES, CHANCES, st.booleans())
def test_more_evidence_is_never_milder(most, one, other, words):
    """The less likely a surprise is without a change, the worse it is; never worse than its rule allows."""
    rare, likely = sorted((one, other))
    assert graded(most, likely, words=words) <= graded(most, rare, words=words) <= most


def test_the_bounds():
    """At each bound the finding is still worse than a hair beyond it."""
    error = Severity.ERROR
    assert [graded(error, ERROR_CHANCE_MAX), graded(error, ERROR_CHANCE_MAX * 1.01)] == [error, Severity.WARN]
    assert [graded(error, WARN_CHANCE_MAX), graded(error, WARN_CHANCE_MAX * 1.01)] == [Severity.WARN, Severity.INFO]
    assert graded(error, WORD_CHANCE_MAX * 1.01, words=True) == Severity.INFO
