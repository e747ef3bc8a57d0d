"""``tapehiss tape merge``."""

from __future__ import annotations

from recordings import CREATED, LOST, ORDER, READ, write_tape

from tapehiss.cassettes.tape import open_tape


def test_merging_keeps_every_exchange_in_request_order(tapehiss, tmp_path):
    """The merged tape holds all exchanges of all sources, ordered by when the requests began."""
    one = write_tape(tmp_path / "one.yaml", [CREATED, LOST])
    two = write_tape(tmp_path / "two.yaml", [ORDER[2], READ])
    assert tapehiss("tape", "merge", one, two, "--into", tmp_path / "all.yaml").code == 0
    with open_tape(tmp_path / "all.yaml") as merged:
        assert tuple(merged) == ORDER


def test_an_existing_file_is_never_added_to(tapehiss, tmp_path):
    """A target that exists is refused, and stays as it was."""
    tape = write_tape(tmp_path / "one.yaml")
    before = tape.read_bytes()
    said = tapehiss("tape", "merge", tape, "--into", tape)
    assert said.code == 2
    assert tape.read_bytes() == before
