"""``tapehiss tape export``."""

from __future__ import annotations

import json

from recordings import CREATED, ORDER, READ, write_tape
from vcr.serialize import deserialize
from vcr.serializers import yamlserializer

from tapehiss.cassettes.importing import read_recording


def test_vcrpy_plays_the_export(tapehiss, tmp_path):
    """Everything that vcrpy can hold; what it cannot is counted on standard error."""
    said = tapehiss("tape", "export", "--as", "vcrpy", write_tape(tmp_path / "tape.yaml"))
    requests, responses = deserialize(said.out, yamlserializer)[:2]
    assert [request.method for request in requests] == ["POST", "GET", "GET"]
    assert responses[1]["body"]["string"] == READ.response.body
    assert (said.code, "1 of 4 exchanges left out" in said.err) == (0, True)


def test_har_holds_everything(tapehiss, tmp_path):
    """Failures too; standard error stays silent."""
    said = tapehiss("tape", "export", "--as", "har", write_tape(tmp_path / "tape.yaml"), "-o", tmp_path / "out.har")
    assert (said.code, said.out, said.err) == (0, "", "")
    assert json.loads((tmp_path / "out.har").read_text())["log"]["creator"]["name"] == "tapehiss"
    assert tuple(read_recording(tmp_path / "out.har")) == ORDER


def test_a_cassette_that_vcrpy_would_be_slow_with_is_warned_of(tapehiss, tmp_path):
    """Beyond 500 interactions it searches too long."""
    tape = write_tape(tmp_path / "tape.yaml", [CREATED] * 501)
    said = tapehiss("tape", "export", "--as", "vcrpy", tape, "-o", tmp_path / "out.yaml")
    assert "501 interactions" in said.err
    assert "tape split" in said.err


def test_an_existing_file_is_left_alone(tapehiss, tmp_path):
    """Exit code 2, and nothing changes."""
    tape = write_tape(tmp_path / "tape.yaml")
    before = tape.read_bytes()
    assert tapehiss("tape", "export", "--as", "har", tape, "-o", tape).code == 2
    assert tape.read_bytes() == before
