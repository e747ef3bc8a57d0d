"""``tapehiss tape ls``."""

from __future__ import annotations

import json

from recordings import LOST, ORDER, READ, write_tape

from tapehiss.cli.tape_ls import COLUMNS, narrowed, outcome


def test_one_line_an_exchange_in_the_order_of_the_requests(tapehiss, tmp_path):
    """In a pipe each exchange is a tab-separated line: number, time, method, status, size, duration, type, URL, label."""
    said = tapehiss("tape", "ls", write_tape(tmp_path / "t.yaml", reversed(ORDER)))
    rows = [line.split("\t") for line in said.out.splitlines()]
    assert said.code == 0
    assert [row[7] for row in rows] == [exchange.request.url for exchange in ORDER]
    assert rows[0] == [
        "1", "2023-11-14T22:13:20.250Z", "POST", "201", "41 B", "14 ms",
        "application/json", "https://api.vendor.example/v1/orders", "create",
    ]  # fmt: skip


def test_json_has_the_place_in_the_file(tapehiss, tmp_path):
    """``--json`` names file and line, so that a person can go there."""
    tape = write_tape(tmp_path / "t.yaml")
    records = [json.loads(line) for line in tapehiss("tape", "ls", "--json", tape).out.splitlines()]
    lines = tape.read_bytes().splitlines()
    for record, exchange in zip(records, ORDER, strict=True):
        line = int(record["at"].rpartition(":")[2])
        assert exchange.request.url.encode() in lines[line - 1]


def test_match_narrows(tapehiss, tmp_path):
    """``--match`` keeps the URLs that fit the pattern, with their numbers."""
    said = tapehiss("tape", "ls", "--match", "https://cdn.*", write_tape(tmp_path / "t.yaml"))
    assert [line.split("\t")[0] for line in said.out.splitlines()] == ["3"]


def test_a_failure_is_listed_as_what_it_was():
    """An exchange without a response shows its ending instead of a status."""
    assert (outcome(LOST), outcome(READ)) == ("reset", "200")


def test_no_tape_is_a_clear_error(tapehiss, tmp_path):
    """A path with nothing on it: exit code 2, one line, a remedy."""
    said = tapehiss("tape", "ls", tmp_path / "nowhere.yaml")
    assert said.code == 2
    assert "nowhere.yaml" in said.err
    assert "Traceback" not in said.err


def test_an_empty_folder_is_a_clear_error(tapehiss, tmp_path):
    """A folder without tapes: exit code 2 and what to name instead."""
    said = tapehiss("tape", "ls", tmp_path)
    assert said.code == 2
    assert "->" in said.err


def test_what_all_rows_share_stands_above_them_on_a_terminal():
    """One origin and one day are said once, media types lose their trunk, and a column that nobody fills is left out."""
    row = ("1", "2023-11-14T22:13:20.250Z", "GET", "200", "9 B", "", "image/png", "https://api.vendor.example/v1/a", "")
    heading, columns, rows = narrowed([row, ("2", *row[1:])])
    assert heading == "https://api.vendor.example  2023-11-14"
    assert columns == ("#", "when", "method", "status", "size", "type", "url")
    assert rows[0] == ("1", "22:13:20.250", "GET", "200", "9 B", "png", "/v1/a")
    assert "type" not in narrowed([row], width=80)[1]


def test_what_rows_do_not_share_stays_in_them():
    """Two origins and two days stay in the rows."""
    one = ("1", "2023-11-14T22:13:20.250Z", "GET", "200", "9 B", "1 ms", "text/html", "https://a.example/", "x")
    two = ("2", "2023-11-15T22:13:20.250Z", "GET", "200", "9 B", "1 ms", "text/html", "https://b.example/", "y")
    heading, columns, rows = narrowed([one, two])
    assert (heading, columns) == ("", COLUMNS)
    assert rows[1][1] == two[1].rstrip("Z")
    assert rows[1][7] == two[7]
