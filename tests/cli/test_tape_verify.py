"""``tapehiss tape verify``."""

from __future__ import annotations

import json
from dataclasses import replace

from recordings import CREATED, ORDER, write_tape


def test_a_good_tape_passes(tapehiss, tmp_path):
    """A whole tape without secrets: exit code 0."""
    said = tapehiss("tape", "verify", write_tape(tmp_path / "t.yaml"))
    assert (said.code, said.out) == (0, "4 exchanges on 1 tape, 0 findings\n")


def test_a_damaged_line_fails_with_its_place(tapehiss, tmp_path):
    """A line that is no exchange: exit code 1, file and line are named."""
    tape = write_tape(tmp_path / "t.yaml")
    lines = tape.read_bytes().splitlines(keepends=True)
    lines[4] = lines[4][:40] + b"\n"
    tape.write_bytes(b"".join(lines))
    said = tapehiss("tape", "verify", tape)
    assert said.code == 1
    assert f"{tape}:5: damaged" in said.out
    assert tapehiss("tape", "verify", "--skip-damaged", tape).code == 0


def test_a_torn_tail_fails(tapehiss, tmp_path):
    """A tape that a crash cut short: exit code 1, and the cut is named."""
    tape = write_tape(tmp_path / "t.yaml")
    tape.write_bytes(tape.read_bytes()[:-9])
    said = tapehiss("tape", "verify", tape)
    assert said.code == 1
    assert "torn" in said.out


def test_a_planted_secret_fails_and_is_not_repeated(tapehiss, tmp_path):
    """A secret that somebody put onto a tape: exit code 1, its place is named, the secret is not."""
    secret = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"
    planted = replace(CREATED, request=replace(CREATED.request, headers=(("Authorization", f"Bearer {secret}"),)))
    said = tapehiss("tape", "verify", "--json", write_tape(tmp_path / "t.yaml", [*ORDER, planted]))
    assert said.code == 1
    assert secret not in said.out + said.err
    assert {json.loads(line)["kind"] for line in said.out.splitlines()} == {"secret"}


def test_the_project_says_what_is_no_secret(tapehiss, tmp_path):
    """``keep`` in the project's ``[redaction]`` table holds for ``verify``, too; a field it adds is looked for."""
    marked = replace(CREATED, response=replace(CREATED.response, body=b'{"locker_combination": "k8Zq-41xW-77Pu"}'))
    tape = write_tape(tmp_path / "t.yaml", [marked])
    config = tmp_path / "tapehiss.toml"
    config.write_text('[redaction]\nfields = ["locker_combination"]\n')
    assert tapehiss("tape", "verify", tape).code == 0
    assert tapehiss("tape", "verify", "--config", config, tape).code == 1


def test_what_is_in_quarantine_fails(tapehiss, tmp_path):
    """A quarantined exchange says why it is there, whether or not today's rules still suspect it."""
    noted = CREATED.with_note("quarantined", "shape:random in request.body at byte 9")
    said = tapehiss("tape", "verify", write_tape(tmp_path / "t.yaml", [noted]))
    assert said.code == 1
    assert "quarantined: shape:random in request.body at byte 9" in said.out
