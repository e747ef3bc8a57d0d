"""What a team has decided about findings."""

from __future__ import annotations

from datetime import date

import pytest

from tapehiss.contracts.acceptance import Acceptance, Entry, acceptance
from tapehiss.contracts.errors import DamagedAcceptance
from tapehiss.contracts.findings import Finding, Severity

TODAY = date(2026, 11, 21)
MISSING = Finding("member-missing", Severity.ERROR, "GET https://h/v1/a", "response 200 application/json", "/b")
NEW = Finding("member-unknown", Severity.INFO, "GET https://h/v1/a", "response 200 application/json", "/c")


def decided(text):
    """Both findings after the decisions of this text."""
    return acceptance(text).decide([MISSING, NEW], TODAY)


def test_nothing_decided_leaves_all_as_it_is():
    """The empty acceptance changes nothing."""
    assert Acceptance().decide([MISSING, NEW], TODAY).findings == (MISSING, NEW)
    assert acceptance("") == Acceptance()


@pytest.mark.parametrize(
    "fields",
    [
        f'fingerprint = "{MISSING.fingerprint}"',
        'id = "member-missing"',
        'place = "GET https://h/v1/a response 200 application/json /b"',
        'place = "*/v1/* /b"',
        f'id = "member-missing"\nplace = "GET *"\nfingerprint = "{MISSING.fingerprint}"',
    ],
)
def test_a_finding_is_accepted_by_fingerprint_id_or_place(fields):
    """Whatever an entry says must fit; accepted findings are kept apart, with the reason."""
    said = decided(f'[[accept]]\n{fields}\nreason = "announced"')
    assert said.findings == (NEW,)
    assert [(finding, entry.reason) for finding, entry in said.accepted] == [(MISSING, "announced")]
    assert (said.expired, said.unused) == ((), ())


def test_other_findings_are_not_accepted():
    """A place is matched as a whole, and regular expressions are not meant."""
    for place in ("/b", "GET https://h/v1/. response 200 application/json /b", "get *"):
        assert len(decided(f'[[accept]]\nplace = "{place}"\nreason = "r"').findings) == 2


def test_an_entry_runs_out():
    """Until its last day it holds; from the next day on the finding counts again, and it is said why."""
    text = '[[accept]]\nid = "member-missing"\nreason = "r"\nuntil = {}'
    assert decided(text.format("2026-11-21")).findings == (NEW,)
    late = decided(text.format("2026-11-20"))
    assert late.findings == (MISSING, NEW)
    assert [(finding, entry.until) for finding, entry in late.expired] == [(MISSING, date(2026, 11, 20))]


def test_severities_are_overridden():
    """A finding becomes what the file says, in both directions."""
    said = decided(
        '[[severity]]\nid = "member-unknown"\nseverity = "warn"\nreason = "r"\n'
        '[[severity]]\nid = "member-missing"\nseverity = "info"\nreason = "r"'
    )
    assert [finding.severity for finding in said.findings] == [Severity.INFO, Severity.WARN]


def test_the_first_entry_that_fits_decides():
    """And one that ran out lets the next one decide."""
    first = '[[accept]]\nid = "member-missing"\nreason = "first"\nuntil = 2020-01-01\n'
    second = '[[accept]]\nplace = "GET *"\nreason = "second"\n'
    assert [entry.reason for _, entry in decided(first + second).accepted] == ["second", "second"]
    assert decided(first + second).expired == ()


def test_entries_that_nothing_needs_are_told():
    """So that the file does not rot."""
    said = decided('[[accept]]\nfingerprint = "000000000000"\nreason = "r"')
    assert said.unused == (Entry("r", fingerprint="000000000000"),)
    assert str(said.unused[0]) == "fingerprint = '000000000000'"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[accept", "not TOML"),
        ("accept = 1", "no list"),
        ("[[ignore]]", "no list"),
        ("accept = [1]", "no table"),
        ('[[accept]]\nid = "member-missing"', "no reason"),
        ('[[accept]]\nreason = "r"', "neither fingerprint nor id nor place"),
        ('[[accept]]\nid = "no-such"\nreason = "r"', "no finding called"),
        ('[[accept]]\nid = 3\nreason = "r"', "id is no text"),
        ('[[accept]]\nid = "member-missing"\nreason = "r"\nseverity = "info"', "unknown field 'severity'"),
        ('[[severity]]\nid = "member-missing"\nreason = "r"', "not a severity"),
        ('[[accept]]\nid = "member-missing"\nreason = "r"\nuntil = "soon"', "until is no date"),
        ('[[accept]]\nid = "member-missing"\nreason = "r"\nuntil = 2026-11-21T10:00:00', "until is no date"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text, words):
    """Which entry, and what about it; never a traceback."""
    with pytest.raises(DamagedAcceptance, match=words) as caught:
        acceptance(text, where="accepted.toml")
    assert caught.value.where == "accepted.toml"
