"""``tapehiss drift``."""

from __future__ import annotations

import json

import pytest
from recordings import write_tape

from tapehiss.contracts.evidence import Contract, to_json
from traffic import answer, answers

WAS = answers([{"a": number, "b": "x"} for number in range(60)])
NOW = answers([{"a": number} for number in range(40)])


@pytest.fixture
def old(tmp_path):
    """A tape of sixty exchanges with a member."""
    return write_tape(tmp_path / "old.yaml", WAS)


@pytest.fixture
def new(tmp_path):
    """A tape of forty exchanges without it."""
    return write_tape(tmp_path / "new.yaml", NOW)


def test_nothing_changed(tapehiss, old):
    """Exit code 0, and what was compared."""
    said = tapehiss("drift", old, old)
    assert (said.code, said.out.splitlines()[-1][:13]) == (0, "nothing found")


def test_a_change_fails_with_its_evidence(tapehiss, old, new):
    """Exit code 1; the counts of both sides, the chance, and the line of OLD that shows what is gone."""
    said = tapehiss("drift", old, new)
    assert said.code == 1
    assert "error: response-required-property-removed" in said.out
    assert "old.yaml" in said.out
    assert (
        "in NEW in 0 of 40 exchanges, in OLD in 60 of 60 (decided: without a change the chance of that is < 1e-28"
        in said.out
    )


def test_contracts_and_tapes_alike(tapehiss, old, new, tmp_path):
    """A saved contract says the same as the tapes it was learnt from."""
    assert tapehiss("infer", old, "--into", tmp_path / "old.json").code == 0
    assert tapehiss("infer", new, "--into", tmp_path / "new.json").code == 0
    saved = tapehiss("drift", tmp_path / "old.json", tmp_path / "new.json", "--format", "json")
    taped = tapehiss("drift", old, new, "--format", "json")
    told = [
        {each["fingerprint"]: each["message"] for each in json.loads(said.out)["findings"]} for said in (saved, taped)
    ]
    assert told[0] == told[1] != {}


def test_too_little_evidence_is_undecided(tapehiss, old, tmp_path):
    """One exchange without the member decides nothing: a remark that says so, and exit code 0."""
    one = write_tape(tmp_path / "one.yaml", NOW[:1])
    said = tapehiss("drift", old, one, "--show", "info")
    assert said.code == 0
    assert "info: response-required-property-removed" in said.out
    assert "(undecided: without a change the chance of that is 1.7 %" in said.out
    assert "undecided for want of evidence: 1" in said.out + said.err


def test_alpha(tapehiss, old, tmp_path):
    """A smaller alpha wants more evidence."""
    few = write_tape(tmp_path / "few.yaml", NOW[:4])
    assert tapehiss("drift", old, few).code == 1
    assert tapehiss("drift", old, few, "--alpha", "1e-8").code == 0
    assert tapehiss("drift", old, few, "--alpha", "2").code == 2


def test_accepted(tapehiss, old, new, tmp_path):
    """The file of decisions of `tapehiss check` holds here, too."""
    decisions = tmp_path / "accepted.toml"
    decisions.write_text('[[accept]]\nid = "response-required-property-removed"\nreason = "announced"\n')
    said = tapehiss("drift", old, new, "--accept", decisions)
    assert said.code == 0
    assert "1 accepted" in said.out


def test_what_is_undecided_stays_a_remark(tapehiss, old, tmp_path):
    """Another severity in the file of decisions holds for what is decided."""
    one = write_tape(tmp_path / "one.yaml", NOW[:1])
    decisions = tmp_path / "severities.toml"
    id_ = "response-required-property-removed"
    decisions.write_text(f'[[severity]]\nid = "{id_}"\nseverity = "error"\nreason = "we mean it"\n')
    assert tapehiss("drift", old, one, "--accept", decisions).code == 0


@pytest.mark.parametrize("form", ["json", "junit", "sarif", "github", "markdown"])
def test_every_format(tapehiss, old, new, form):
    """Each format names the finding."""
    assert "response-required-property-removed" in tapehiss("drift", old, new, "-f", form).out


def test_nothing_to_compare(tapehiss, old, tmp_path):
    """A file that is not there, or has nothing, is bad input: exit code 2 and what to do."""
    empty = tmp_path / "empty.json"
    empty.write_text(to_json(Contract()))
    assert tapehiss("drift", old, tmp_path / "none.json").code == 2
    said = tapehiss("drift", old, empty)
    assert said.code == 2
    assert "there is no exchange in it" in said.err


def test_two_vendors_cannot_be_compared(tapehiss, old, tmp_path):
    """Exit code 2 and no report: where no operation is in common, silence is no verdict that CI could trust."""
    other = write_tape(tmp_path / "other.yaml", [answer({"a": 1}, url="https://api.other.example/v1")] * 9)
    said = tapehiss("drift", old, other, "-f", "markdown")
    assert (said.code, said.out) == (2, "")
    assert "have no operation in common: nothing could be compared" in said.err


def test_what_was_compared_is_told_in_plain_words(tapehiss, old, new):
    """How much of both sides was compared, and how often such a run is wrong."""
    assert (
        "compared with 60 exchanges of OLD, in 1 operation that both called; if the vendor changed nothing, at most 1 % of such "
        "runs report a change"
    ) in tapehiss("drift", old, new).out.splitlines()
