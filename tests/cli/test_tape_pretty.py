"""``tapehiss tape pretty``."""

from __future__ import annotations

from dataclasses import replace

from recordings import CREATED, LOST, READ, write_tape

from tapehiss.cassettes.importing import read_recording


def test_a_tape_is_rendered_whole(tapehiss, tmp_path):
    """Readable, and read back as it was; a comment stands for the failure."""
    tape = write_tape(tmp_path / "tape.yaml", [READ, CREATED, LOST])
    assert tapehiss("tape", "pretty", tape, "-o", tmp_path / "pretty.yaml").code == 0
    assert list(read_recording(tmp_path / "pretty.yaml")) == [CREATED, READ]
    text = (tmp_path / "pretty.yaml").read_text()
    assert "# not replayable: POST https://api.vendor.example/v1/orders: reset (connection reset by peer)\n" in text


def test_two_recordings_of_the_same_look_the_same(tapehiss, tmp_path):
    """With --normalise a second recording on another day differs in nothing."""
    dated = replace(READ.response, headers=(("Date", "Fri, 13 Feb 2009 23:31:30 GMT"), ("X-Request-Id", "a1b2")))
    later = replace(READ.response, headers=(("Date", "Sat, 14 Feb 2009 23:31:30 GMT"), ("X-Request-Id", "c3d4")))
    write_tape(tmp_path / "one.yaml", [replace(READ, response=dated)])
    write_tape(tmp_path / "two.yaml", [replace(READ, response=later, started_at=2e9)])
    one, two = (tapehiss("tape", "pretty", "--normalise", tmp_path / name) for name in ("one.yaml", "two.yaml"))
    assert one.out == two.out
    assert "Thu, 01 Jan 1970 00:00:00 GMT" in one.out
