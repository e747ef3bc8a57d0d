"""``docs/running.md`` is true: every command on it is run."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from recordings import write_tape
from shop import SHOP

from tapehiss.cli.announcement import Announcement
from tapehiss.cli.scenario import command as scenario
from tapehiss.cli.serve import DRAIN_S, command
from tapehiss.mocks.bounds import Bounds
from tapehiss.mocks.feed import LISTENERS_MAX, WAITING_MAX, Kind
from tapehiss.mocks.protocol import HEADERS_MAX, URL_MAX_BYTES
from tapehiss.mocks.protocol import WAITING_MAX as PIPELINED_MAX
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor

FOLDER = Path(__file__).resolve().parents[2] / "docs"
PAGE = (FOLDER / "running.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.+)$", PAGE, re.MULTILINE)
WAIT_S = 60
ELSEWHERE = ("pip ", "cd ", "openssl ", "nginx ", "curl --http2")
"""What tests/examples/test_http2.py tries, and installing."""


@pytest.fixture
def folder(tmp_path):
    """With ``tapes/``, and a ``tapehiss`` on the path."""
    (tmp_path / "tapes").mkdir()
    write_tape(tmp_path / "tapes" / "shop.yaml", SHOP)
    (tmp_path / "bin").mkdir()
    script = tmp_path / "bin" / "tapehiss"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tapehiss.cli "$@"\n')
    script.chmod(0o755)
    return tmp_path


def shell(folder: Path, line: str) -> subprocess.Popen[str]:
    environ = {**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    command = ["bash", "-c", line]
    return subprocess.Popen(command, cwd=folder, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("line", [each for each in COMMANDS if "tapehiss serve" in each])
def test_every_mock_starts(folder, line):
    """With the options of the page, on a port of the system's."""
    line = line.replace(":8000", ":0") if ":8000" in line else f"{line} --port 0"
    with shell(folder, re.sub(r"(^|\s)tapehiss ", r"\1exec tapehiss ", line)) as process:
        try:
            said = [process.stdout.readline() for _ in range(2)]
            assert said[0] == "serving    9 recordings of api.shop.example\n"
            assert said[1].startswith("at         http")
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert process.returncode == 0


@pytest.mark.parametrize("line", [each for each in COMMANDS if each.startswith(("curl", "tapehiss scenario"))])
def test_every_question_is_answered(folder, line):
    """At a mock with the token of the page, over HTTPS where the page says so."""
    if line.startswith(ELSEWHERE) or (line.startswith("curl") and shutil.which("curl") is None):
        pytest.skip("tried elsewhere, or no curl here")
    tls = None
    if "https:" in line:
        from tapehiss.mocks.certificates import certified

        tls, _ = certified(folder, [])
    with Server(Vendor.of(SHOP), tls=tls, token="made-up" if "made-up" in line else None) as server:
        line = line.replace("127.0.0.1:8000", f"127.0.0.1:{server.port}")
        if "events" in line:
            line = f"timeout 2 {line}; true"
        with shell(folder, line) as process:
            out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, bool(out)) == (0, True), err
    assert "Unauthorized" not in out


def test_the_script_works(folder):
    """Port, readiness, and the sums at the end."""
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    [script] = re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL)
    with shell(folder, script) as process:
        out, err = process.communicate(timeout=WAIT_S)
    assert out.startswith('{"ready":true,"recordings":9}{"effects": []'), err


def test_every_option_is_told():
    """Each option of ``serve`` is on this page or another; what holds anyway needs no telling."""
    pages = "".join(path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md"))
    options = {name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts)}
    untold = {name for name in options if name.startswith("--") and not re.search(rf"{name}\b", pages)}
    assert untold <= {"--reload"}


def test_the_lists_are_whole():
    """Kinds of events, verbs of ``scenario``, fields of the first line."""
    assert [kind for kind in Kind if f"`{kind}`" not in PAGE] == []
    assert [verb for verb in scenario.summaries if f"tapehiss scenario {verb}" not in PAGE] == []
    fields = Announcement("", 0, Vendor()).as_data()
    assert [name for name in fields if f"`{name}`" not in PAGE] == []


def test_the_numbers_are_those_of_the_code():
    """What it takes at most."""
    bounds = Bounds()
    mebi = 1024 * 1024
    for text in (
        f"all clients | {bounds.connections} |",
        f"{bounds.head_bytes // 1024} KiB; {URL_MAX_BYTES // 1024} KiB; {HEADERS_MAX} |",
        f"{bounds.body_bytes // mebi} MiB; {bounds.control_body_bytes // mebi} MiB |",
        f"together | {bounds.held_bytes // mebi} MiB |",
        f"one connection | {PIPELINED_MAX} |",
        f"{bounds.head_s:.0f} s; {bounds.request_s:.0f} s |",
        f"not read | {bounds.unread_s:.0f} s |",
        f"without a request | {bounds.idle_s:.0f} s |",
        f"At most {LISTENERS_MAX} listen",
    ):
        assert text in PAGE
    assert len(dataclasses.fields(bounds)) == 9
    assert (DRAIN_S, "five\nseconds" in PAGE) == (5.0, True)
    assert (WAITING_MAX, "a thousand events" in PAGE) == (1000, True)
