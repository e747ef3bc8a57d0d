"""The table of prose."""

from __future__ import annotations

import re

import pytest

from tapehiss.contracts.findings import Finding, Severity
from tapehiss.contracts.wording import CHECK, DRIFT, RULES, message_of, remedy_of


def test_ids_are_stable_words():
    """An id is kebab case, and check and drift share none."""
    assert [name for name in RULES if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)] == []
    assert not set(CHECK) & set(DRIFT)


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_row_makes_a_line(name):
    """With its arguments a row is one line of prose without a full stop; title and remedy likewise."""
    rule = RULES[name]
    finding = Finding(name, rule.severity, subject="S", arguments=tuple((each, 1) for each in sorted(rule.arguments)))
    for text in (message_of(finding), rule.title, remedy_of(finding)):
        assert "\n" not in text
        assert not text.endswith(".")
    assert message_of(finding)
    assert rule.title
    assert rule.severity in Severity
