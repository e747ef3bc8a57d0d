"""``tapehiss tape show``."""

from __future__ import annotations

import json
from dataclasses import replace

from recordings import LOGO, READ, write_tape

from tapehiss.cassettes.exchange import Cut, Message
from tapehiss.cli.console import visible
from tapehiss.cli.tape_show import body_lines, message_line


def test_the_exchange_reads_like_the_wire(tapehiss, tmp_path):
    """Request line, headers, body laid out, status line, headers, body laid out."""
    said = tapehiss("tape", "show", write_tape(tmp_path / "t.yaml"), "-n", "1")
    assert said.code == 0
    lines = said.out.splitlines()
    assert "POST https://api.vendor.example/v1/orders HTTP/1.1" in lines
    assert "HTTP/1.1 201 Created" in lines
    assert '  "item": "tape",' in lines


def test_bytes_are_counted_not_printed(tapehiss, tmp_path):
    """A body that is no text is named by size and type, and ``--body`` writes it as it is."""
    tape = write_tape(tmp_path / "t.yaml")
    assert "# 10 B of image/png" in tapehiss("tape", "show", tape, "-n", "3").out
    assert tapehiss("tape", "show", tape, "-n", "2", "--body").out == READ.response.body.decode()


def test_json_holds_everything(tapehiss, tmp_path):
    """``--json`` has headers and bodies; bytes that are no text come as base64."""
    record = json.loads(tapehiss("tape", "show", write_tape(tmp_path / "t.yaml"), "-n", "3", "--json").out)
    assert record["response_body"] == {"base64": "iVBORw0KGgoA/w=="}
    assert record["url"] == LOGO.request.url


def test_a_bad_ending_is_said(tapehiss, tmp_path):
    """How an exchange without a response ended stands in the last line."""
    assert "# ended: reset: connection reset by peer" in tapehiss("tape", "show", write_tape(tmp_path / "t"), "-n4").out


def test_a_number_too_high_names_the_range(tapehiss, tmp_path):
    """Asking for an exchange that is not there says which there are."""
    said = tapehiss("tape", "show", write_tape(tmp_path / "t.yaml"), "-n", "9")
    assert said.code == 2
    assert "1 … 4" in said.err


def test_a_recorded_body_cannot_steer_the_terminal():
    """Escape sequences in what the vendor sent are shown, not obeyed."""
    assert visible("\x1b[31mred\tx\u202e") == "\\x1b[31mred\tx\\u202e"


def test_long_bodies_are_cut_and_counted():
    """``--body-max`` characters are shown, and the rest is counted."""
    assert list(body_lines((), b"abcdef", 4)) == ["abcd", "# … 2 more characters; --body-max shows more", ""]


def test_broken_json_is_shown_as_it_is():
    """A body that claims to be JSON and is not is shown as text."""
    assert list(body_lines((("Content-Type", "application/json"),), b"{oops", 99)) == ["{oops", ""]


def test_messages_have_a_direction_and_a_time():
    """WebSocket messages show who sent them and when."""
    assert message_line(Message(from_client=True, text=True, content=b"hi", at_s=0.5)) == ">> 0.500 s  hi"
    assert message_line(Message(from_client=False, text=False, content=b"\0" * 3, at_s=1.0)) == "<< 1.000 s  3 B"


def test_less_than_nothing_of_a_body_is_refused(tapehiss, tmp_path):
    """``--body-max`` below zero would show a body without its end, as if that were all."""
    tape = write_tape(tmp_path / "t.yaml")
    assert tapehiss("tape", "show", tape, "--body-max", "-5").code == 2
    assert "more characters" in tapehiss("tape", "show", tape, "--body-max", "0").out


def test_a_body_kept_in_part_says_so(tapehiss, tmp_path):
    """Of a cut body the whole length and digest are shown, and ``--body`` warns beside the bytes."""
    cut = replace(READ, response=replace(READ.response, cut=Cut(5000, "ab" * 32)))
    tape = write_tape(tmp_path / "t.yaml", [cut])
    assert "# only the beginning was kept of 5.0 kB, SHA-256 abab" in tapehiss("tape", "show", tape).out
    said = tapehiss("tape", "show", tape, "--body")
    assert said.out == READ.response.body.decode()
    assert "only the beginning" in said.err
