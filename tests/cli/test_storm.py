"""``tapehiss storm``: from a tape and a program to the smallest outage that breaks it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys

import pytest
from recordings import write_tape
from shop import SHOP

NAIVE = """
import sys, urllib.request as u
for attempt in range(3):
    try:
        u.urlopen(sys.argv[1] + "/v1/orders", b'{"item": "tape", "count": 2}', timeout=5).read()
        break
    except OSError:
        pass
else:
    sys.exit("no order")
"""
CAREFUL = """
import sys, time, urllib.request as u
for attempt in range(3):
    try:
        u.urlopen(sys.argv[1] + "/v1/orders", b'{"item": "tape", "count": 2}', timeout=5).read()
        break
    except u.HTTPError as error:
        if error.code != 429:
            sys.exit("no order")
        time.sleep(float(error.headers.get("Retry-After") or 0.1))
    except Exception as error:
        sys.exit("nobody knows")
else:
    sys.exit("no order")
"""
QUICK = ("--latency", "0.2", "--examples", "30", "--at-once", "4")
ONLY = ("--promise", "effects-once", "--promise", "no-unsafe-resend")
WAIT_S = 60


def python(program: str) -> tuple[str, ...]:
    return ("--", sys.executable, "-S", "-c", program, "{url}")


@pytest.fixture
def tape(tmp_path):
    path = tmp_path / "shop.yaml"
    write_tape(path, SHOP)
    return path


@pytest.fixture
def found(tapehiss, tape, tmp_path):
    """What a storm finds of the naive client."""
    said = tapehiss("storm", tape, *QUICK, *ONLY, "--into", tmp_path / "storms", "--json", *python(NAIVE))
    assert said.code == 1, said.err
    return json.loads(said.out)


def test_a_naive_client_is_broken_by_one_fault_and_again_when_that_is_replayed(tapehiss, tape, found):
    """The smallest outage is one rule at one attempt; its file plays again, in words and as JSON."""
    broken = {each["promise"]: each for each in found["broken"]}
    assert set(broken) == {"effects-once", "no-unsafe-resend"}
    for each in broken.values():
        [rule] = each["schedule"]
        assert rule["first"] == 1
        assert "sent it again" in each["story"][0]
    file = broken["effects-once"]["file"]
    said = tapehiss("storm", tape, "--replay", file, *python(NAIVE))
    assert (said.code, said.out.splitlines()[0]) == (1, "broken     effects-once: 3 of 3 times")
    assert "POST /v1/orders was carried out twice where once was meant." in said.out
    said = tapehiss("storm", tape, "--replay", file, "--json", *python(CAREFUL))
    assert (said.code, json.loads(said.out)) == (0, {"promise": "effects-once", "replays": 3, "broken": 0})


def test_a_careful_client_keeps_its_promises(tapehiss, tape, tmp_path):
    """Exit code 0, and nothing is written."""
    into = tmp_path / "storms"
    said = tapehiss("storm", tape, *QUICK, *ONLY, "--into", into, *python(CAREFUL))
    assert (said.code, said.err) == (0, "")
    assert "kept       no-unsafe-resend, effects-once\n" in said.out
    assert not into.exists()


def test_a_promise_that_nothing_tests_is_not_called_kept(tapehiss, tape):
    """Exit code 3: nobody knows."""
    said = tapehiss("storm", tape, "--latency", "0.2", "--examples", "3", "--promise", "same-key", *python(CAREFUL))
    assert (said.code, said.out.splitlines()[-1]) == (3, "not seen   same-key")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "storm: there is no command -> write it after --"),
        (("--",), "storm: there is no command"),
        (("--promise", "peace", "--", "app"), "--promise: no promise is called 'peace' -> choose of no-unsafe-resend"),
        (("--", "no-such-program"), "no-such-program: cannot be started: No such file or directory"),
        (("--", "true"), "true: it never asked the mock, and ended with exit code 0"),
        (("--deadline", "0.2", "--", "sleep", "60"), "sleep 60: it never asked the mock, and did not end within 0.2 s"),
        (("--replay", "none.storm.json", "--", "app"), "none.storm.json: cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_said_in_one_line(tapehiss, tape, words, told):
    """Exit code 2."""
    said = tapehiss("storm", tape, *words)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith(f"tapehiss: {told}")
    assert said.err.count("\n") == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: data | {"tape": "0" * 64}, "is about other tapes"),
        (lambda data: data | {"storm": 2}, "storm: is format 2 -> this tapehiss reads format 1"),
        (lambda data: data | {"seed": "x", "told": 1}, "told: 1 is not a text (and 1 more)"),
        (lambda _: "{", "is no JSON"),
    ],
)
def test_a_file_that_cannot_be_replayed(tapehiss, tape, tmp_path, change, told):
    """Is refused before the command is started."""
    from tapehiss.cassettes.tape import open_tapes
    from tapehiss.mocks.judge import Terms
    from tapehiss.mocks.stormfile import StormFile, digest_of_recordings, storm_to_json
    from tapehiss.mocks.trace import End, Trace

    [opened] = open_tapes([tape])
    with opened:
        digest = digest_of_recordings(opened)
    good = StormFile("effects-once", "", (), Terms(), digest, 0, Trace((), End(0.0, ok=True)))
    changed = change(storm_to_json(good))
    file = tmp_path / "x.storm.json"
    file.write_text(changed if isinstance(changed, str) else json.dumps(changed))
    said = tapehiss("storm", tape, "--replay", file, "--", "no-such-program")
    assert said.code == 2
    assert told in said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_storm_that_is_interrupted_leaves_nothing_running(tape, tmp_path, number):
    """Exit code 130, and the command is gone."""
    pid = tmp_path / "pid"
    program = f"import os, time; open({str(pid)!r} + '~', 'w').write(str(os.getpid())); os.rename({str(pid)!r} + '~', {str(pid)!r}); time.sleep(60)"
    heard = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); from tapehiss.cli.__main__ import main; sys.exit(main())"
    words = [sys.executable, "-c", heard, "storm", str(tape), *python(program)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        try:
            waited = subprocess.run(
                ["bash", "-c", f"for _ in {{1..600}}; do [ -e {pid} ] && exit; read -t 0.1 <> <(:); done; exit 1"],
                check=False,
            )
            assert waited.returncode == 0
            process.send_signal(number)
            process.communicate(timeout=WAIT_S)
        finally:
            process.kill()
    assert process.returncode == 130
    assert subprocess.run(["kill", "-0", pid.read_text()], check=False, stderr=subprocess.DEVNULL).returncode != 0
