"""``tapehiss serve`` as its user meets it: a process, a port, signals, two streams."""

from __future__ import annotations

import contextlib
import json
import os
import re
import resource
import shlex
import signal
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest
from recordings import write_tape
from shop import SHOP, get
from wires import Wire, read
from wires import get as wire_get

from tapehiss.cli.serve import more_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT_S = 60


@pytest.fixture
def tape(tmp_path) -> Path:
    return write_tape(tmp_path / "shop.yaml", SHOP)


@contextlib.contextmanager
def serving(*words: object) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running ``tapehiss serve`` and the first line that it says."""
    command = [sys.executable, "-m", "tapehiss.cli", "serve", *map(str, words), "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            process.kill()


def fetched(url: str | urllib.request.Request) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(url, timeout=WAIT_S) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_tape_is_served_and_an_account_given(tape):
    """It says where it listens, answers, obeys a schedule, and at the end tells what happened and what never did."""
    with serving(tape, "--fault", "429 retry-after=2 first=1 on=GET *", "--fault", "503 on=PUT *") as (process, first):
        assert first == "serving    9 recordings of api.shop.example\n"
        url = process.stdout.readline().split()[-1]
        assert [fetched(f"{url}/v1/orders/1")[0] for _ in range(2)] == [429, 200]
        assert fetched(f"{url}/v1/none")[0] == 429
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, err) == (0, "")
    assert out.splitlines()[-7:] == [
        "3 requests: 2 exact, 1 miss",
        "answers    2 429, 1 200",
        "struck     2 × 429 retry-after=2 first=1 on=GET *",
        "never      503 on=PUT *: planned, and no request met it",
        "missed     1 × GET /v1/none",
        "look       `missed`: on no tape; the 404 named the nearest recordings and what differed",
        "look       `never`: does its on= name the path as the client sends it, and did its time come?",
    ]


def test_a_program_gets_json(tape):
    """``--json``: one line when it listens, one at the end; SIGTERM ends it as Ctrl-C does."""
    with serving(tape, "--json", "--latency", "x0.001", "--seed", 7) as (process, first):
        told = json.loads(first)
        assert (told["recordings"], told["hosts"], told["rules"]) == (9, ["api.shop.example"], [])
        assert fetched(f"{told['url']}/v1/orders/1")[0] == 200
        assert json.loads(fetched(f"{told['control']}schedule")[1])["seed"] == 7
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=WAIT_S)
    assert json.loads(out) == {
        "requests": 1,
        "matches": {"exact": 1},
        "statuses": {"200": 1},
        "struck": {},
        "limited": {},
        "missed": [],
        "effects": [],
    }


def test_a_vendors_limits_are_kept(tape):
    """``--limits klaviyo:XS``: the second call in a second is turned away, and the end says by which limit."""
    with serving(tape, "--limits", "klaviyo:XS") as (process, _):
        lines = [process.stdout.readline() for _ in range(3)]
        url = lines[0].split()[-1]
        assert lines[2].startswith("limits     Klaviyo, plan XS (official, read 2026-11-01: https://")
        statuses = [fetched(f"{url}/v1/orders/1")[0] for _ in range(20)]
        assert set(statuses) == {200, 429}
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=WAIT_S)
    assert f"limited    {statuses.count(429)} × " in out


def test_a_profile_that_nobody_has_is_said(tapehiss, tape):
    """With those that there are."""
    said = tapehiss("serve", tape, "--limits", "nobody")
    assert said.code == 2
    assert "choose one of amazon-sp-api" in said.err


def test_a_person_sees_a_line_that_moves(tape):
    """On a terminal one line is written anew as requests come; it is gone at the end."""
    terminal, stderr = os.openpty()
    command = [sys.executable, "-m", "tapehiss.cli", "serve", tape, "--listen", "127.0.0.1:0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process:
        try:
            os.close(stderr)
            url = [process.stdout.readline() for _ in range(2)][1].split()[-1]
            fetched(f"{url}/v1/orders/1")
            seen = b""
            while b"1 request  1 200" not in seen:
                seen += os.read(terminal, 4096)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=WAIT_S)[0].endswith("answers    1 200\n")
        finally:
            process.kill()
            os.close(terminal)


def test_quiet_is_quiet(tape):
    """``--quiet`` says nothing on either stream."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tapehiss.cli", "serve", tape, "--quiet", "--listen", f"127.0.0.1:{port}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            while process.poll() is None:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=WAIT_S).close()
                    break
                except ConnectionRefusedError:
                    continue
            process.send_signal(signal.SIGTERM)
            assert process.communicate(timeout=WAIT_S) == ("", "")
        finally:
            process.kill()


def test_errors_are_one_line_with_a_remedy(tapehiss, tape, tmp_path):
    """No tape, a damaged one, a taken port, a bad schedule: exit code 2 and what to do."""
    (tmp_path / "odd.yaml").write_text("hello")
    (tmp_path / "storm.yaml").write_text("- 503\n- status: 503\n  first: often\n")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = [
            tapehiss("serve", tmp_path / "none.yaml"),
            tapehiss("serve", tmp_path / "odd.yaml"),
            tapehiss("serve", tape, "--listen", f"127.0.0.1:{port}"),
            tapehiss("serve", tape, "--schedule", tmp_path / "storm.yaml"),
            tapehiss("serve", tape, "--scenario", "sunshine"),
            tapehiss("serve", tape, "--fault", "teapot"),
            tapehiss("serve", tape, "--listen", "here"),
        ]
    assert [each.code for each in said] == [2] * len(said)
    assert all(len(each.err.splitlines()) == 1 and " -> " in each.err for each in said)
    assert "the port is taken" in said[2].err
    assert "storm.yaml:3: first: 'often' is not a count" in said[3].err


def test_what_is_wrong_with_a_tape_is_said(tape, tmp_path):
    """A torn tail is a warning; a damaged line is an error, or with ``--skip-damaged`` a warning."""
    content = tape.read_bytes()
    tape.write_bytes(content[:-10])
    lines = content.splitlines(keepends=True)
    damaged = tmp_path / "damaged.yaml"
    damaged.write_bytes(b"".join([*lines[:3], b'- {"broken\n', *lines[3:]]))
    for words, served in (((tape,), 8), ((damaged, "--skip-damaged"), 9)):
        with serving(*words) as (process, first):
            assert first.startswith(f"serving    {served} recordings")
            process.send_signal(signal.SIGTERM)
            assert str(words[0]) in process.communicate(timeout=WAIT_S)[1]


@pytest.mark.parametrize("factor", ["slow", "0.5", "x", "x-1", "xnan", "x1e9"])
def test_a_latency_is_off_recorded_or_a_factor(tapehiss, tape, factor):
    """Anything else is a usage error that says what is allowed."""
    said = tapehiss("serve", tape, "--latency", factor)
    assert said.code == 2
    assert "off, recorded, x0.5" in said.err


@pytest.mark.parametrize(("choice", "statuses"), [("stripe", [201, 400]), ("ietf", [201, 422]), ("off", [201, 201])])
def test_what_repeated_keys_mean_can_be_chosen(tape, choice, statuses):
    """A key that comes with another body: refused as the vendor does it, or not looked at."""
    with serving(tape, "--json", "--idempotency", choice) as (_, first):
        url, got = json.loads(first)["url"], []
        for body in (b'{"item": "tape", "count": 2}', b'{"item": "reel", "count": 1}'):
            headers = {"Idempotency-Key": "k", "Content-Type": "application/json"}
            got.append(fetched(urllib.request.Request(f"{url}/v1/orders", body, headers))[0])
    assert got == statuses


def wait_for(process, words: str) -> str:
    """The line on standard error that has these words."""
    while words not in (line := process.stderr.readline()):
        assert line, f"it ended without {words!r}"
    return line


def test_what_changes_is_read_again(tape, tmp_path):
    """Tapes, rules and limits, while it runs; what cannot be read leaves everything as it was and is said with its place."""
    storm, limits = tmp_path / "storm.yml", tmp_path / "mine.yml"
    storm.write_text("[]")
    limit = "{vendor: X, source: 'https://x.example', read: 2026-11-01, confidence: ours, limits: {m: {fixed: {quota: %d, window_s: 3600}}}}"
    limits.write_text(limit % 1000)
    words = (tape.parent / "shop.yaml", "--json", "--schedule", storm, "--limits", limits)
    with serving(*words) as (process, first):
        url = json.loads(first)["url"]
        assert fetched(f"{url}/v1/new")[0] == 404
        write_tape(tmp_path / "grown.yaml", [*SHOP, get("/v1/new", body=b'{"new": true}')]).replace(tape)
        assert wait_for(process, "tapes").startswith("tapehiss: tapes read again: 9 recordings before, 10 now")
        assert fetched(f"{url}/v1/new") == (200, b'{"new": true}')
        storm.write_text("- 503 on=GET /v1/new\n- 503 fist=2\n")
        assert f"rules stay as they were: {storm}:2: " in wait_for(process, "rules")
        assert fetched(f"{url}/v1/new")[0] == 200
        storm.write_text("- 503 on=GET /v1/new\n")
        assert "1 rule from now on" in wait_for(process, "rules")
        assert fetched(f"{url}/v1/new")[0] == 503
        limits.write_text(limit % 0)
        assert f"limits stay as they were: {limits}:" in wait_for(process, "limits")
        tape.write_text("version: 1\ninteractions:\n- {\n- {}\n")
        assert f"tapes stay as they were: {tape}:3: " in wait_for(process, "tapes")
        assert fetched(f"{url}/v1/orders/1")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert json.loads(process.communicate(timeout=WAIT_S)[0])["requests"] == 5


def test_it_is_said_how_to_point_a_client_at_it(tape):
    """A command that works, and what the URL stands for."""
    with serving(tape) as (process, _):
        lines = [process.stdout.readline() for _ in range(6)]
        url = lines[0].split()[-1]
        assert lines[2] == f"try        curl {url}/v1/orders/1\n"
        assert lines[3] == f"client     give it {url} in place of https://api.shop.example\n"
        assert fetched(lines[2].split()[-1])[0] == 200


def test_it_ends_by_itself(tape):
    """``--for``: after so long, with its summary."""
    with serving(tape, "--json", "--for", "0.2", "--no-reload") as (process, first):
        assert json.loads(first)["port"]
        out, err = process.communicate(timeout=WAIT_S)
    assert (process.returncode, json.loads(out)["requests"], err) == (0, 0, "")


def test_sigterm_lets_answers_end(tape):
    """What was asked before is answered whole; a second signal does not wait."""
    with serving(tape, "--json", "--fault", "latency=1 on=GET /v1/orders/1", "--fault", "hang on=GET /v1/report") as (
        process,
        first,
    ):
        port = json.loads(first)["port"]
        with Wire(port) as wire, Wire(port) as hanging:
            hanging.send(wire_get("/v1/report"))
            wire.send(wire_get("/v1/orders/1"))
            wait_until_asked(port, 2)
            process.send_signal(signal.SIGTERM)
            assert read(wire.rest())[1] == b'{"status": "new"}'
            process.send_signal(signal.SIGTERM)
            assert hanging.rest() == b""
        process.communicate(timeout=WAIT_S)
    assert process.returncode == 130


def wait_until_asked(port: int, count: int) -> None:
    while json.loads(fetched(f"http://127.0.0.1:{port}/_tapehiss/totals")[1])["requests"] < count:
        pass


def test_others_need_the_token(tape):
    """One that was made is told once; one that was given is not repeated, nor is it in the journal or an error."""
    with serving(tape, "--listen", "0.0.0.0:0", "--json", "--port", "0") as (_, first):
        assert json.loads(first)["token"] is None
    command = [sys.executable, "-m", "tapehiss.cli", "serve", tape, "--listen", "0.0.0.0:0"]
    for token, more in (("", {}), ("made-up-token", {"TAPEHISS_TOKEN": "made-up-token"})):
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=os.environ | more
        ) as process:
            try:
                said = "".join(process.stdout.readline() for _ in range(7))
                url = re.search(r"at +(\S+)", said)[1]
                shown = re.search(r"Bearer (\S+)", said)[1]
                assert (shown == "TOKEN") == bool(token)
                steer = urllib.request.Request(
                    f"{url}/_tapehiss/health", headers={"Authorization": f"Bearer {token or shown}"}
                )
                assert [fetched(each)[0] for each in (f"{url}/_tapehiss/health", steer, f"{url}/v1/orders/1")] == [
                    401,
                    200,
                    200,
                ]
                process.send_signal(signal.SIGINT)
                out, err = process.communicate(timeout=WAIT_S)
            finally:
                process.kill()
        assert (token or shown) not in out + err
        assert "can be reached from other machines" in err


def test_https_is_one_option(tape, tmp_path):
    """The certificate's authority lies in the folder, and the command that is printed works."""
    command = [sys.executable, "-m", "tapehiss.cli", "serve", tape, "--https", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        try:
            said = "".join(process.stdout.readline() for _ in range(10))
            assert str(tmp_path / ".tapehiss" / "mock-ca.pem") in said
            tried = shlex.split(re.search(r"try +(.+)", said)[1])
            assert tried[-1].startswith("https://127.0.0.1:")
            context = ssl.create_default_context(cafile=tried[2])
            with urllib.request.urlopen(tried[-1], timeout=WAIT_S, context=context) as response:
                assert json.load(response) == {"status": "new"}
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--colour"], "No such option"),
        (["--port", "70000"], "70000 is not in the range"),
        (["--listen", "nowhere"], "no address to listen on"),
        (["--state-by", "moon"], "write header:NAME"),
        (["--for", "0"], "0.0 is not in the range"),
        (["--scenario", "sunshine"], "choose one of"),
    ],
)
def test_unknown_options_are_refused(tapehiss, tape, words, said):
    """With what is allowed, before anything listens."""
    answer = tapehiss("serve", tape, *words)
    assert answer.code == 2
    assert said in answer.err


@pytest.mark.parametrize("loop", ["", "import sys; sys.modules['uvloop'] = None; "], ids=["any", "asyncio"])
def test_when_open_files_run_out_who_comes_late_waits(tape, loop):
    """More connections than files: nothing ends, nothing is complained of, and when some leave others are served."""
    program = f"{loop}from tapehiss.cli.__main__ import main; main()"
    command = f"ulimit -n 64; exec '{sys.executable}' -c \"{program}\" serve '{tape.parent}' --port 0 --json"
    with subprocess.Popen(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            port = json.loads(process.stdout.readline())["port"]
            crowd = [Wire(port) for _ in range(120)]
            assert crowd[0].send(wire_get("/v1/orders/1", "Connection: close")).rest().startswith(b"HTTP/1.1 200")
            for wire in crowd:
                wire.socket.close()
            assert asked_until_answered(port).startswith(b"HTTP/1.1 200")
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert (process.returncode, json.loads(out)["statuses"], err) == (0, {"200": 2}, "")


def asked_until_answered(port: int) -> bytes:
    """Where connections that found no file are closed, one asks again."""
    answer = b""
    while not answer:
        with Wire(port) as wire, contextlib.suppress(ConnectionError):
            answer = wire.send(wire_get("/v1/orders/1", "Connection: close")).rest()
    return answer


def test_files_for_all_connections_are_asked_for():
    """As many as are wanted or allowed, and never fewer than before."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        for wanted, given in ((300, 300), (200, 300)):
            more_files(wanted)
            assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == given
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_further_ports_lead_to_states_and_vendors(tape):
    """They are told as JSON; the state of a port begins anew, and everybody's is another."""
    with serving(tape, "--json", "--state-by", "port:1", "--port-per-host") as (_, first):
        told = json.loads(first)
        assert set(told["ports"]) == {"port-1", "api.shop.example"}
        for port in told["ports"].values():
            assert fetched(f"http://127.0.0.1:{port}/v1/orders/1") == (200, b'{"status": "new"}')
