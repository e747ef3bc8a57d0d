"""``tapehiss check``."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from recordings import write_tape

from tapehiss.cli import check
from traffic import answer, answers

GOOD = answers([{"a": number} for number in range(50)])
OTHER = answer({"a": 1}, url="https://api.vendor.example/v2")


@pytest.fixture
def contract(tapehiss, tmp_path):
    """A saved contract of fifty exchanges."""
    assert tapehiss("infer", write_tape(tmp_path / "good.yaml", GOOD), "--into", tmp_path / "c.json").code == 0
    return tmp_path / "c.json"


@pytest.fixture
def bad(tmp_path):
    """A tape on which a member is missing twice, and one operation is new."""
    return write_tape(tmp_path / "bad.yaml", [GOOD[0], answer({}), answer({}), OTHER])


def test_what_was_learnt_from_passes(tapehiss, contract, tmp_path):
    """Exit code 0, and one line that says in what nothing was found; a tape is a contract, too."""
    for source in (contract, tmp_path / "good.yaml"):
        said = tapehiss("check", "--contract", source, tmp_path / "good.yaml")
        assert (said.code, said.out) == (0, "nothing found in 50 exchanges of 1 operation\n")


def test_a_finding_fails_and_names_its_line(tapehiss, contract, bad):
    """Exit code 1; file and line of the first witness, counted once; remarks are counted, not shown."""
    said = tapehiss("check", "-c", contract, bad)
    first, last = said.out.splitlines()
    line = int(first.removeprefix(f"{bad}:").partition(":")[0])
    assert '{"a"' not in bad.read_text().splitlines()[line - 1]
    assert "error: member-missing: GET https://api.vendor.example/v1/things response 200 application/json /a:" in first
    assert first.endswith("×2")
    assert (said.code, last) == (1, "1 error, 1 not shown in 4 exchanges of 2 operations")


@pytest.mark.parametrize(("fail_on", "code"), [("info", 1), ("warn", 0), ("error", 0)])
def test_fail_on_draws_the_line(tapehiss, contract, tmp_path, fail_on, code):
    """A remark fails only who wants it to."""
    tape = write_tape(tmp_path / "t.yaml", [GOOD[0], OTHER])
    said = tapehiss("check", "-c", contract, tape, "--fail-on", fail_on)
    assert said.code == code
    assert ("operation-unknown" in said.out) == bool(code)


def test_the_contract_of_another_vendor_judges_nothing(tapehiss, contract, tmp_path):
    """Exit code 2: where no operation is known, silence is no verdict that CI could trust."""
    said = tapehiss("check", "-c", contract, write_tape(tmp_path / "t.yaml", [OTHER]))
    assert said.code == 2
    assert "knows none of the 1 operations that these tapes call" in said.err


def test_show_tells_more(tapehiss, contract, bad):
    """Remarks on demand."""
    assert "info: operation-unknown" in tapehiss("check", "-c", contract, bad, "--show", "info").out


def test_several_formats_at_once(tapehiss, contract, bad, tmp_path):
    """One on standard output or in a file, others beside it; programs get the remarks, too."""
    junit, sarif = tmp_path / "j.xml", tmp_path / "s.sarif"
    said = tapehiss(
        "check", "-c", contract, bad, "-f", "json", "--report", f"junit={junit}", "--report", f"sarif={sarif}"
    )
    told = json.loads(said.out)
    assert (said.code, told["failed"], len(told["findings"])) == (1, True, 2)
    assert "<failure" in junit.read_text()
    assert len(json.loads(sarif.read_text())["runs"][0]["results"]) == 2
    assert tapehiss("check", "-c", contract, bad, "-f", "markdown", "-o", tmp_path / "r.md").out == ""
    assert (tmp_path / "r.md").read_text().startswith("## tapehiss check: failed")


def test_github_gets_annotations_a_summary_and_outputs(tapehiss, contract, bad, tmp_path, monkeypatch):
    """Workflow commands on standard output; the rest where GitHub says."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "outputs"))
    said = tapehiss("check", "-c", contract, bad, "--format", "github")
    assert said.out.startswith("::error file=")
    assert "member-missing" in (tmp_path / "summary.md").read_text()
    assert (tmp_path / "outputs").read_text() == "error_count=1\nwarn_count=0\ninfo_count=0\n"


def test_accepted_findings_do_not_fail(tapehiss, contract, bad, tmp_path):
    """What the file accepts is counted as accepted; what the file does not need is told."""
    accepted = tmp_path / "accepted.toml"
    accepted.write_text(
        '[[accept]]\nid = "member-missing"\nreason = "announced"\n[[accept]]\nid = "value-new"\nreason = "r"\n'
    )
    said = tapehiss("check", "-c", contract, bad, "--accept", accepted)
    assert said.code == 0
    assert "1 accepted" in said.out
    assert "the entry can go: id = 'value-new'" in said.out


def test_what_cannot_be_tried_is_a_clear_error(tapehiss, contract, bad, tmp_path):
    """No contract, no tape, no exchange, a broken or missing file of decisions, a format that is none: code 2 and one line."""
    broken, latin = tmp_path / "broken.toml", tmp_path / "latin.toml"
    broken.write_text("[[accept]]\n")
    latin.write_bytes(b"\xe9")
    for arguments in (
        ("-c", tmp_path / "nowhere.json", bad),
        ("-c", contract, tmp_path / "nowhere.yaml"),
        ("-c", contract, write_tape(tmp_path / "empty.yaml", [])),
        ("-c", contract, bad, "--accept", broken),
        ("-c", contract, bad, "--accept", latin),
        ("-c", contract, bad, "--accept", tmp_path / "nowhere.toml"),
        ("-c", contract, bad, "--report", "pdf=x"),
        ("-c", contract, bad, "--report", "json"),
        ("-c", contract, bad, "-o", tmp_path / "no" / "where"),
    ):
        said = tapehiss("check", *arguments)
        assert (said.code, said.out) == (2, "")
        assert len(said.err.splitlines()) == 1
        assert "->" in said.err


def test_a_flood_of_findings_is_bounded(tapehiss, contract, tmp_path, monkeypatch):
    """More different findings than anybody reads are counted, not kept."""
    monkeypatch.setattr(check, "FINDINGS_MAX", 3)
    tape = write_tape(tmp_path / "t.yaml", [answer({f"n{n}{m}": 1 for n in range(5)}) for m in range(2)])
    said = tapehiss("check", "-c", contract, tape, "--show", "info")
    assert "more than 3 different findings: 8 were not told" in said.out


def test_any_exchange_can_be_checked(tapehiss, contract, tmp_path):
    """Bodies that are not what they say are findings, not crashes."""
    bodies = (
        b"",
        b"{",
        b"NaN",
        b"[" * 100_000,
        b'"\xff"',
        b"1" * 5000,
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b"\xef\xbb\xbf{}",
        b"{}".ljust(10**6),
    )
    tape = write_tape(
        tmp_path / "t.yaml", [replace(GOOD[0], response=replace(GOOD[0].response, body=body)) for body in bodies]
    )
    said = tapehiss("check", "-c", contract, tape, "-f", "json")
    assert said.code == 1
    assert {each["id"] for each in json.loads(said.out)["findings"]} >= {"body-unread", "media-unknown"}


def test_one_odd_answer_of_many_fails_no_run(tapehiss, tmp_path):
    """As much was learnt as is checked, and one answer of two hundred is odd: that is to be expected, and a remark."""
    learnt = write_tape(tmp_path / "learnt.yaml", answers([{"a": 1}] * 200))
    checked = write_tape(tmp_path / "checked.yaml", answers([{"a": 1}] * 199 + [{"a": None}]))
    said = tapehiss("check", "-c", learnt, checked, "--show", "info")
    assert said.code == 0
    assert "info: null-unexpected" in said.out
    assert "without a change the chance of that is 50 %" in said.out
