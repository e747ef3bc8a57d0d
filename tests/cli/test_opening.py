"""Opening what a command line names."""

from __future__ import annotations

from recordings import ORDER, write_tape

from tapehiss.cli.opening import numbered, opened, ordered


def test_numbers_run_through_all_tapes(tmp_path):
    """The numbers that ``tape ls`` prints find the same exchange in every other verb."""
    tapes = opened([write_tape(tmp_path / "a.yaml"), write_tape(tmp_path / "b.yaml")], skip_damaged=False)
    assert [(number, exchange) for number, _, _, exchange in numbered(tapes)] == list(enumerate(ORDER * 2, start=1))


def test_order_is_by_request_then_by_tape(tmp_path):
    """Exchanges of several tapes come by the time of their requests; equal times keep the order of the tapes."""
    tapes = opened([write_tape(tmp_path / "a.yaml"), write_tape(tmp_path / "b.yaml")], skip_damaged=False)
    assert list(ordered(tapes)) == [exchange for exchange in ORDER for _ in "ab"]


def test_skipped_lines_are_named(tmp_path, capsys):
    """``--skip-damaged`` is never silent."""
    tape = write_tape(tmp_path / "a.yaml")
    tape.write_bytes(tape.read_bytes() + b"- {oops\n")
    opened([tape], skip_damaged=True)
    assert f"{tape}:" in capsys.readouterr().err
