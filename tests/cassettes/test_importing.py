"""Promises of ``cassettes/importing.py``."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordings import ORDER, write_tape

from tapehiss.cassettes.errors import UnsupportedFormat
from tapehiss.cassettes.exchange import Exchange
from tapehiss.cassettes.importing import (
    EXPECTED,
    NO_RECORDING,
    is_flow_file,
    read_recording,
    read_source,
)
from tapehiss.cassettes.source import Refusal, Source

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://api.vendor.example/v1/things"
MAPPING = {"request": {"url": "/x"}, "response": {"status": 200, "bodyFileName": "body.txt"}}


@pytest.mark.parametrize(
    "text",
    [
        f"interactions:\n- request: {{uri: '{URL}'}}\n  response: {{status: 200}}\n",
        f"--- {{request: {{uri: '{URL}'}}, response: {{status: 200}}}}\n",
        json.dumps({"log": {"entries": [{"request": {"url": URL}, "response": {"status": 200}}]}}),
        json.dumps({"request": {"url": "/v1/things"}, "response": {"status": 200}}),
        json.dumps([{"Request": {"Uri": URL}, "Response": {"Status": {"Code": 200}}}]),
        f"_requre: {{}}\nGET: {{'{URL}': [{{output: {{status_code: 200}}}}]}}\n",
        "https\nGET\napi.vendor.example\nNone\n/v1/things\n{}\nNone\n200\n[]\n\n",
    ],
)
def test_a_file_is_known_by_its_content(text: str) -> None:
    """No name and no ending is needed."""
    (exchange,) = read_source(Source("a", text.encode(), base_url="https://api.vendor.example"))
    assert isinstance(exchange, Exchange)
    assert exchange.request.url == URL


@pytest.mark.parametrize(
    "text", ["", "text", "a: 1", "{}", "[]", "[1]", '{"openapi": "3.1.0"}', "--- {a: 1}\n--- {b: 1}\n"]
)
def test_a_file_that_is_no_recording_says_what_would_be_one(text: str) -> None:
    """It can be parsed, and is something else."""
    with pytest.raises(UnsupportedFormat) as caught:
        read_source(Source("a.json", text.encode()))
    assert caught.value == UnsupportedFormat(NO_RECORDING, "a.json", f"give {EXPECTED}")


def test_several_documents_in_a_file_are_all_read() -> None:
    """An interaction each."""
    one = f"--- {{request: {{uri: '{URL}'}}, response: {{status: 200}}}}\n"
    assert len(list(read_source(Source("a", (one * 3).encode())))) == 3


def test_a_tape_is_read_whole(tmp_path: Path) -> None:
    """Failures too, which other readers of cassettes take for comments."""
    assert tuple(read_recording(write_tape(tmp_path / "tape.yaml"))) == ORDER


def test_a_tape_of_failures_alone(tmp_path: Path) -> None:
    """It has no interaction for vcrpy, and is a tape all the same."""
    assert tuple(read_recording(write_tape(tmp_path / "tape.yaml", ORDER[3:]))) == ORDER[3:]


def test_a_damaged_line_of_a_tape_is_refused_by_its_line(tmp_path: Path) -> None:
    """The others are read."""
    path = write_tape(tmp_path / "tape.yaml")
    lines = path.read_bytes().splitlines(keepends=True)
    number = next(at for at, line in enumerate(lines) if line.startswith(b"- {"))
    path.write_bytes(b"".join([*lines[: number + 1], b"- {oops}\n", *lines[number + 1 :]]))
    refusals = [one for one in read_recording(path) if isinstance(one, Refusal)]
    assert [one.where for one in refusals] == [f"{path}:{number + 2}"]


def test_flows_are_for_the_proxy_room() -> None:
    """Only that room may know mitmproxy."""
    with pytest.raises(UnsupportedFormat, match="mitmproxy flow file"):
        read_source(Source("a", b"1458:9:websocket;0:~"))
    assert not is_flow_file(b"12:30")


def test_bodies_in_other_files_are_found(tmp_path: Path) -> None:
    """WireMock's ``__files`` lie beside its ``mappings``."""
    (tmp_path / "stubs" / "mappings").mkdir(parents=True)
    (tmp_path / "stubs" / "__files").mkdir()
    (tmp_path / "stubs" / "__files" / "body.txt").write_text("hiss")
    path = tmp_path / "stubs" / "mappings" / "a.json"
    path.write_text(json.dumps(MAPPING))
    (exchange,) = read_recording(path)
    assert isinstance(exchange, Exchange)
    assert exchange.response is not None
    assert exchange.response.body == b"hiss"


@pytest.mark.parametrize("name", ["../../../secret.txt", "/etc/hostname", "../up/../../../secret.txt", "link.txt"])
def test_no_file_outside_the_recording_is_opened(tmp_path: Path, name: str) -> None:
    """A recording from elsewhere cannot name a file of this machine and have it put onto a tape."""
    (tmp_path / "secret.txt").write_text("secret")
    folder = tmp_path / "stubs" / "mappings"
    folder.mkdir(parents=True)
    (tmp_path / "stubs" / "__files").mkdir()
    (tmp_path / "stubs" / "__files" / "link.txt").symlink_to(tmp_path / "secret.txt")
    path = folder / "a.json"
    path.write_text(json.dumps({**MAPPING, "response": {"status": 200, "bodyFileName": name}}))
    (refusal,) = read_recording(path)
    assert isinstance(refusal, Refusal)


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit on everything."""
    monkeypatch.setattr("tapehiss.cassettes.importing.FILE_MAX_BYTES", 3)
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    with pytest.raises(UnsupportedFormat, match="5 bytes, 3 are allowed"):
        read_recording(path)


@given(st.binary(max_size=100))
def test_any_file_is_read_or_refused(data: bytes) -> None:
    """No traceback, whatever the bytes."""
    try:
        results = list(read_source(Source("a", data)))
    except UnsupportedFormat:
        return
    assert all(isinstance(one, (Exchange, Refusal)) for one in results)


def test_a_pipe_is_refused_at_once(tmp_path):
    """A recording is read twice, which a pipe cannot be; nobody waits for one that has no writer."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnsupportedFormat, match="not a file"):
        list(read_recording(tmp_path / "pipe"))


def test_a_recording_in_gzip_is_read(tmp_path: Path) -> None:
    """Under any name; damage and mitmproxy's format inside are named."""
    path = tmp_path / "rec.har.gz"
    path.write_bytes(
        gzip.compress(json.dumps({"log": {"entries": [{"request": {"url": URL}, "response": {}}]}}).encode())
    )
    assert len(list(read_recording(path))) == 1
    for content, told in (
        (gzip.compress(b"{}")[:-9], "damaged or holds too much"),
        (gzip.compress(b"[]"), NO_RECORDING),
        (gzip.compress(b"1234:9:websocket;0:~8:response;"), "mitmproxy flow file"),
    ):
        path.write_bytes(content)
        with pytest.raises(UnsupportedFormat, match=told):
            list(read_recording(path))
