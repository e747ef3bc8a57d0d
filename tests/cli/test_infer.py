"""``tapehiss infer``."""

from __future__ import annotations

import json

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from recordings import ORDER, write_tape

from tapehiss.cassettes.tape import open_tapes
from tapehiss.cli.knowledge import taped
from tapehiss.contracts.evidence import from_json, learn
from traffic import answer, answers


@pytest.fixture
def tape(tmp_path):
    return write_tape(tmp_path / "t.yaml")


def known(*paths, templates=()):
    """What these tapes prove."""
    return learn(taped(open_tapes(paths)), templates=templates)


def test_one_line_an_operation(tapehiss, tape):
    """In a pipe each operation is a tab-separated line: operation, statuses, exchanges, fields, and what to doubt."""
    said = tapehiss("infer", tape)
    rows = [line.split("\t") for line in said.out.splitlines()]
    assert said.code == 0
    assert "POST https://api.vendor.example/v1/orders" in [row[0] for row in rows]
    assert {row[0]: row[1] for row in rows}["POST https://api.vendor.example/v1/orders"].startswith("201×1")
    assert len(ORDER) == sum(int(row[2]) for row in rows)
    assert all("thin" in row[4] for row in rows)


def test_a_saved_contract_is_resumed(tapehiss, tape, tmp_path):
    """``--into`` saves what ``--from`` begins with: twice the same tape is twice the counts."""
    once, twice = tmp_path / "once.json", tmp_path / "twice.json"
    assert tapehiss("infer", tape, "--into", once).code == 0
    assert tapehiss("infer", tape, "--from", once, "-o", twice).code == 0
    contract = from_json(once.read_text())
    assert contract == known(tape)
    assert from_json(twice.read_text()) == contract + contract


def test_json_is_the_contract(tapehiss, tape):
    """``--json`` prints what ``--into`` saves."""
    assert from_json(tapehiss("infer", tape, "--json").out) == known(tape)


def test_openapi_is_valid(tapehiss, tape, tmp_path):
    """``--openapi`` writes a valid document of version 3.1."""
    assert tapehiss("infer", tape, "--openapi", tmp_path / "openapi.json").code == 0
    OpenAPIV31SpecValidator(json.loads((tmp_path / "openapi.json").read_text())).validate()


def test_doubts_are_told(tapehiss, tmp_path):
    """Bodies that could not be read and bounds that were reached are named."""
    deep: object = 1
    for _ in range(60):
        deep = [deep]
    said = tapehiss("infer", write_tape(tmp_path / "t.yaml", answers([deep] * 5)))
    assert said.code == 0
    assert said.out.rstrip().endswith("beyond bounds")
    assert "depth" in said.err


def test_what_cannot_be_tried_is_a_clear_error(tapehiss, tape, tmp_path):
    """A file that is no contract, that is not there or cannot be written, and tapes without exchanges: code 2, one line, a remedy."""
    (tmp_path / "no.json").write_text("{}")
    empty = write_tape(tmp_path / "empty.yaml", [])
    for arguments in (
        (tape, "--from", tmp_path / "no.json"),
        (tape, "--from", tmp_path / "nowhere.json"),
        (tape, "--into", tmp_path / "nowhere" / "c.json"),
        (tape, "--openapi", tmp_path / "nowhere" / "c.json"),
        (empty,),
        (tmp_path / "nowhere.yaml",),
    ):
        said = tapehiss("infer", *arguments)
        assert (said.code, said.out) == (2, "")
        assert len(said.err.splitlines()) == 1
        assert "->" in said.err


def test_a_dash_is_standard_output(tapehiss, tape):
    """``--openapi -`` writes the description, and nothing but it, to standard output."""
    said = tapehiss("infer", tape, "--openapi", "-")
    assert json.loads(said.out)["openapi"].startswith("3.1")


def test_many_tapes_in_any_order_are_one_contract(tapehiss, tmp_path):
    """Files and folders, in any order and split, and saved contracts that are merged: the same text."""
    (tmp_path / "folder").mkdir()
    first = write_tape(tmp_path / "folder" / "a.yaml", ORDER)
    second = write_tape(tmp_path / "b.yaml", answers([{"a": 1}, {"a": None}]))
    whole = tapehiss("infer", first.parent, second, "--json").out
    assert whole == tapehiss("infer", second, first, "--json").out
    one, two = tmp_path / "1.json", tmp_path / "2.json"
    assert tapehiss("infer", first, "-o", one).code == tapehiss("infer", second, "-o", two).code == 0
    assert whole == tapehiss("infer", "--from", two, "--from", one, "--json").out
    assert whole == tapehiss("infer", second, "--from", one, "--json").out


def test_overrides_become_a_part_of_the_contract(tapehiss, tmp_path):
    """What a user knows better is honoured, saved with the contract and still there when it is resumed without the file."""
    tape = write_tape(tmp_path / "t.yaml", [answer({"a": 1}, url="https://h/users/ada")])
    (tmp_path / "mine.toml").write_text('templates = ["/users/{nick}"]')
    saved = tmp_path / "c.json"
    said = tapehiss("infer", tape, "--overrides", tmp_path / "mine.toml")
    assert said.out.startswith("GET https://h/users/{nick}\t")
    assert tapehiss("infer", tape, "--overrides", tmp_path / "mine.toml", "-o", saved).code == 0
    assert tapehiss("infer", tape, "--from", saved).out.startswith("GET https://h/users/{nick}\t200×2\t2")
    (tmp_path / "bad.toml").write_text("templates = 3")
    said = tapehiss("infer", tape, "--overrides", tmp_path / "bad.toml")
    assert (said.code, said.out) == (2, "")
    assert "bad.toml" in said.err


def test_nothing_to_infer_from_is_a_usage_error(tapehiss):
    """Neither a tape nor a saved contract: usage, code 2."""
    said = tapehiss("infer")
    assert said.code == 2
    assert "TAPE" in said.err


def test_in_a_pipe_there_is_no_progress(tapehiss, tape):
    """Nothing moves where nobody watches."""
    assert tapehiss("infer", tape).err == ""
