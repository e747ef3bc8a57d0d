"""A command in a storm."""

from __future__ import annotations

import signal
import sys
import threading
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import SHOP

from tapehiss.cassettes.exchange import Ending
from tapehiss.mocks.contestant import CRASH_MAX_CHARS, Contestant, at_once, crash_of, since
from tapehiss.mocks.errors import BadCommand
from tapehiss.mocks.faults import Latency, Reset
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.trace import Attempt, End, Fate, Trace
from tapehiss.mocks.vendor import Vendor

VENDOR = Vendor.of(SHOP)
ASK = "import os, sys, urllib.request as u; print(u.urlopen(sys.argv[1] + '/v1/orders/1', timeout=20).read())"


def python(program: str, *words: str, deadline_s: float = 20.0) -> Contestant:
    return Contestant((sys.executable, "-S", "-c", program, *words), deadline_s)


def test_a_command_gets_the_url_of_its_own_mock():
    """As a word and in its environment; what it wrote and how it ended is known."""
    program = f"{ASK}; assert os.environ['TAPEHISS_URL'] == sys.argv[1]"
    run = python(program, "{url}").run(VENDOR)
    [attempt] = run.trace.attempts
    assert (attempt.operation, attempt.fate, run.exit_code) == ("GET /v1/orders/{id}", Fate.DONE, 0)
    assert run.stdout == 'b\'{"status": "new"}\'\n'
    assert run.trace.end.ok
    assert 0 < attempt.at_s <= attempt.known_at_s <= run.trace.end.at_s
    assert (run.missed, run.struck, run.stopped) == ((), frozenset(), False)


def test_what_a_storm_does_to_it():
    """The attempt shows what became of it, the rules that struck are known, and nobody caught the error."""
    rule = Rule(Reset(), first=1)
    run = python(ASK, "{url}").run(replace(VENDOR, schedule=(rule,)))
    [attempt] = run.trace.attempts
    assert (attempt.fate, attempt.ending) == (Fate.AMBIGUOUS, Ending.RESET)
    assert (run.trace.end.ok, run.struck) == (False, {rule})
    assert run.trace.end.crash.startswith(("ConnectionResetError", "http.client.RemoteDisconnected", "urllib.error"))


def test_who_gives_up_has_no_answer():
    """The vendor had done it all the same."""
    program = 'import sys, urllib.request as u; u.urlopen(sys.argv[1] + \'/v1/orders\', b\'{"item": "tape", "count": 2}\', timeout=0.2)'
    run = python(program, "{url}").run(replace(VENDOR, schedule=(Rule(Latency(30.0)),)))
    [attempt] = run.trace.attempts
    assert (attempt.ending, attempt.fate, attempt.carried_out) == (Ending.TIMED_OUT, Fate.AMBIGUOUS, True)
    assert attempt.known_at_s <= run.trace.end.at_s < 30


def test_what_no_tape_knows_is_told_with_what_is_near():
    """Each once."""
    program = "import sys, urllib.request as u\nfor _ in range(2):\n try: u.urlopen(sys.argv[1] + '/v1/ordres/1')\n except Exception: pass"
    run = python(program, "{url}").run(VENDOR)
    [line] = run.missed
    assert line.startswith("GET /v1/ordres/1 is on no tape; nearest is GET /v1/orders")


FORKING = "import os, time\nif os.fork(): print(os.getpid(), flush=True)\ntime.sleep(60)"


@pytest.mark.parametrize(
    "program",
    ["import time; time.sleep(60)", FORKING, "import signal, time; signal.signal(15, lambda *_: 0); time.sleep(60)"],
)
def test_what_does_not_end_is_ended(program):
    """With its children, whatever it does about signals; the run is late, and it did not crash."""
    run = python(program, deadline_s=0.3).run(VENDOR)
    assert run.stopped
    assert run.trace.end.at_s > 0.3
    assert run.trace.end == End(run.trace.end.at_s, ok=False, stopped=True)


def test_no_process_is_left_behind():
    """What a command started and did not wait for is ended with it."""
    program = "import os, time\npid = os.fork()\nif pid: print(pid)\nelse: time.sleep(60)"
    run = python(program).run(VENDOR)
    assert not run.stopped
    assert not alive(int(run.stdout))


def alive(pid: int) -> bool:
    """Whether it runs; who waits to be reaped does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] not in {"Z", "X"}
    except OSError:
        return False


@pytest.mark.parametrize("command", [("no-such-program-anywhere",), ("/",), ("a\0b",)])
def test_what_does_not_start(command):
    """Is said in one line that names it."""
    with pytest.raises(BadCommand) as caught:
        Contestant(command).run(VENDOR)
    assert "cannot be started" in str(caught.value)


def test_who_stops_reading_leaves_nothing_running():
    """An interrupted storm ends its commands at once."""
    slow = python("import time; time.sleep(60)", deadline_s=60.0)

    def run(number: int) -> int:
        if number:
            slow.run(VENDOR)
        return number

    results = at_once(run, range(5), 2, slow.leave)
    assert next(results) == 0
    results.close()
    assert slow.leave.is_set()


@given(st.lists(st.integers()), st.integers(1, 4))
def test_results_come_in_order(items, count):
    """However many run at a time."""
    assert list(at_once(lambda item: -item, items, count, threading.Event())) == [-item for item in items]


@pytest.mark.parametrize(
    ("code", "stderr", "crash"),
    [
        (0, "Traceback (most recent call last):\n  File\nValueError: x\n", ""),
        (1, "sorry, the vendor is busy\n", ""),
        (-signal.SIGSEGV, "", "SIGSEGV"),
        (-63, "", "signal 63"),
        (1, "a\nTraceback (most recent call last):\n  File x\n    y\nmod.Odd: more\n", "mod.Odd: more"),
        (
            1,
            "Traceback (most recent call last):\n  File x\nA: 1\n\nDuring ...\n\nTraceback (most recent call last):\n  File y\nB: 2\n",
            "B: 2",
        ),
        (1, "x.js:1\n\nTypeError: fetch failed\n    at x\n\nNode.js v22.1.0\n", "TypeError: fetch failed"),
        (2, "panic: runtime error\n\ngoroutine 1\n", "panic: runtime error"),
        (1, 'Exception in thread "main" java.io.IOException: x\n\tat', "java.io.IOException: x"),
    ],
)
def test_how_a_crash_is_told(code, stderr, crash):
    """A signal, or the error that nobody caught; an error of the client's own is none."""
    assert crash_of(code, stderr) == crash


@given(st.integers(-64, 255), st.text())
def test_whatever_is_written_is_no_trouble(code, stderr):
    """A crash is one short line."""
    assert len(crash_of(code, f"Traceback (most recent call last):\n{stderr}")) <= CRASH_MAX_CHARS


def test_time_begins_with_the_command():
    """Not with its mock."""
    trace = Trace((Attempt("GET /", 1, 5.0, 6.0, Fate.DONE),), End(7.0, ok=True))
    assert since(trace, 5.0) == Trace((Attempt("GET /", 1, 0.0, 1.0, Fate.DONE),), End(2.0, ok=True))
