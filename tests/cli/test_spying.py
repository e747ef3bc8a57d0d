"""``tapehiss serve --spy``: misses go to the real vendor, which here is another mock."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import click
import pytest
from click.testing import CliRunner
from recordings import write_tape
from shop import SHOP

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import target
from tapehiss.cassettes.tape import open_tapes
from tapehiss.cli.serve import command as serve
from tapehiss.cli.spying import Spy, Spying, spy_options
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S = 60


@pytest.fixture
def real() -> Iterator[str]:
    """A vendor that knows everything."""
    with Server(Vendor.of(SHOP)) as server:
        yield server.url


@pytest.fixture
def tape(tmp_path) -> Path:
    """A tape that knows one order."""
    return write_tape(tmp_path / "one.yaml", SHOP[:1])


def fetched(url: str, method: str = "GET", body: bytes | None = None) -> tuple[int, str, bytes]:
    """Status, rung and body."""
    request = urllib.request.Request(url, body, {"X-Api-Key": "made-up-key-4242"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=WAIT_S) as response:
            return response.status, response.headers["x-tapehiss-match"], response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers["x-tapehiss-match"], error.read()


def spying_on(*words: object, ask: list[tuple[str, str]], cwd: Path) -> tuple[list[tuple[int, str, bytes]], str]:
    """What a mock answers while it spies, and what it says on standard error."""
    command = [sys.executable, "-m", "tapehiss.cli", "serve", *map(str, words), "--port", "0", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd) as process:
        try:
            assert process.stdout is not None
            url = json.loads(process.stdout.readline())["url"]
            answers = [fetched(url + target, method, b"{}" if method == "POST" else None) for method, target in ask]
            process.terminate()
            return answers, process.communicate(timeout=WAIT_S)[1]
        finally:
            process.kill()


def test_misses_go_to_the_vendor_and_onto_a_tape(real, tape, tmp_path):
    """What the tape knows is played, a read that it does not know is asked and recorded redacted, a write stays a miss."""
    into = tmp_path / "spied"
    target = SHOP[2].request.url.removeprefix("https://api.shop.example")
    known = SHOP[0].request.url.removeprefix("https://api.shop.example")
    asked = [(SHOP[0].request.method, known), ("GET", target), ("POST", "/v1/unheard"), ("GET", "/_tapehiss/health")]
    answers, told = spying_on(tape, "--spy", real, "--into", into, ask=asked, cwd=tmp_path)
    assert [rung for _, rung, _ in answers[:3]] == ["exact", "spied", "miss"]
    assert answers[1][2] == SHOP[2].response.body
    assert f"goes to {real}" in told
    assert "GET, HEAD and OPTIONS" in told
    assert "spied      1 exchange into" in told
    (recorded,) = open_tapes([into])
    with recorded:
        (exchange,) = recorded
        assert exchange.request.url == real + target
        assert exchange.response.body == SHOP[2].response.body
    assert "made-up-key-4242" not in recorded.path.read_text()


def test_writes_and_bounds_are_asked_for(real, tape, tmp_path):
    """``--spy-writes`` passes writes on, ``--spy-most`` ends it; a vendor that cannot be reached is what the client sees."""
    asked = [("POST", "/v1/orders"), ("GET", "/v1/nothing"), ("GET", "/v1/nothing")]
    words = (tape, "--spy", real, "--into", tmp_path / "a", "--spy-writes", "--spy-most", "2")
    answers, _ = spying_on(*words, ask=asked, cwd=tmp_path)
    assert [rung for _, rung, _ in answers] == ["spied", "spied", "miss"]


def test_what_is_missing_is_named():
    """Both options or none; a URL that is one."""
    assert Spying().spy() is None
    for half in (Spying(url="https://a.example"), Spying(into="x")):
        with pytest.raises(Misuse):
            half.spy()
    with pytest.raises(Misuse):
        Spying(url="a.example", into="x").spy()


def test_a_file_is_no_folder_for_tapes(tape):
    """It is refused at the start, not when the first request is lost."""
    done = CliRunner().invoke(serve, [str(tape), "--spy", "https://a.example", "--into", str(tape), "--port", "0"])
    assert (done.exit_code, "is a file" in done.stderr) == (2, True)


def test_options_become_one_argument(tmp_path):
    """By name."""
    told: list[Spying] = []

    def noted(spying: Spying) -> None:
        told.append(spying)

    command = click.command()(spy_options(noted))
    CliRunner().invoke(
        command, ["--spy", "https://a.example", "--into", str(tmp_path), "--spy-writes"], catch_exceptions=False
    )
    assert (told[0].writes, told[0].most, told[0].into) == (True, 1000, tmp_path)


def test_what_went_to_quarantine_is_told_though_there_is_no_tape(tmp_path):
    """It may have a secret in it, and lies there."""
    there = target("https://api.shop.example", "--spy")
    assert list(Spy(there, tmp_path, quarantined=2).close()) == ["spied      nothing onto a tape; 2 in quarantine"]
    assert list(Spy(there, tmp_path).close()) == ["spied      nothing onto a tape"]
