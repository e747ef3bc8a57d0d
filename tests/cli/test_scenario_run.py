"""``tapehiss scenario run``: a scenario is played."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest
from recordings import write_tape
from shop import SHOP

from tapehiss.cli.scenario_run import difference
from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text, rule_to_text
from tapehiss.mocks.vendor import Vendor

WAIT_S = 60
RUN = [sys.executable, "-m", "tapehiss.cli", "scenario", "run"]


@pytest.fixture
def mock():
    with Server(Vendor.of(SHOP, (rule_from_text("latency=0.001"),))) as server:
        yield server


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=WAIT_S) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def rules(mock: Server) -> list[str]:
    return mock.ask(lambda live, now_s: [rule_to_text(rule) for rule in live.sandbox("", now_s).vendor.schedule])


def test_a_running_mock_gets_the_weather_and_keeps_it(tapehiss, mock):
    """Without an end: it is set, and how to end it is said."""
    said = tapehiss("scenario", "run", "rate-limited", mock.url, "--seed", 3)
    assert said.code == 0
    assert said.out.startswith("playing    rate-limited: ")
    assert f"curl -X DELETE {mock.url}/_tapehiss/schedule" in said.out
    assert [status(f"{mock.url}/v1/orders/1") for _ in range(3)] == [429, 429, 200]


def test_it_ends_and_says_what_it_did(tapehiss, mock):
    """What happened meanwhile is told apart from what happened before, and the earlier weather is back."""
    status(f"{mock.url}/v1/orders/1")
    said = tapehiss("scenario", "run", "rate-limited", mock.url, "--for", "0.2")
    assert said.out.splitlines()[-1] == "over       no request came"
    assert rules(mock) == ["latency=0.001"]


def test_a_file_is_played_too(tapehiss, mock, tmp_path):
    """With its own rules."""
    (tmp_path / "own.yaml").write_text("about: mine\nrules: [503 on=GET /v1/*]\n")
    said = tapehiss("scenario", "run", tmp_path / "own.yaml", mock.url, "--json")
    assert json.loads(said.out)["short"] == ["503 on=GET /v1/*"] == rules(mock)


def test_ctrl_c_brings_the_earlier_weather_back(mock):
    """At once, and what happened until then is told; exit code 0, because it was done."""
    with subprocess.Popen(
        [*RUN, "rate-limited", mock.url, "--for", "600"], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout.readline().startswith("playing    rate-limited")
            rule = process.stdout.readline().split(maxsplit=0)[0].strip()
            assert status(f"{mock.url}/v1/orders/1") == 429
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert (process.returncode, rules(mock)) == (0, ["latency=0.001"])
    assert out.splitlines()[:2] == ["over       1 request met it", "answers    1 × 429"]
    assert f"struck     1 × {rule}" in out


def test_a_mock_is_started_for_it(tmp_path):
    """With tapes in place of a URL; it ends by itself."""
    tape = write_tape(tmp_path / "shop.yaml", SHOP)
    command = [*RUN, "rate-limited", tape, "--port", "0", "--for", "0.5", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            told = json.loads(process.stdout.readline())
            assert status(f"{told['url']}/v1/orders/1") == 429
            out, _ = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert (process.returncode, json.loads(out)["statuses"]) == (0, {"429": 1})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sunshine", "http://127.0.0.1:1"], "choose one of"),
        (["outage", "http://127.0.0.1:1"], "no mock answers"),
        (["outage", "http://127.0.0.1:1", "tape.yaml"], "give one URL, or tapes"),
        (["outage", "none.yaml"], "none.yaml"),
        (["outage"], "Missing argument"),
        (["outage", "http://127.0.0.1:1", "--for", "-1"], "not in the range"),
    ],
)
def test_what_cannot_be_played_is_said(tapehiss, words, said):
    """Exit code 2, with what is allowed."""
    answer = tapehiss("scenario", "run", *words)
    assert (answer.code, said in answer.err) == (2, True)


def test_what_happened_in_between_is_a_difference():
    """Only what grew; after a reset everything."""
    before = {"requests": 3, "statuses": {"200": 3}, "struck": {}}
    after = {"requests": 5, "statuses": {"200": 4, "503": 1}, "struck": {"503": 1}, "new": {"a": 1}}
    assert difference(before, after) == {"requests": 2, "statuses": {"200": 1, "503": 1}, "struck": {"503": 1}}
    assert difference(after, before) == before
