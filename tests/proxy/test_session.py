"""A recording as a person starts it; what the whole process does is held in tests/cli/test_record.py."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from recorders import KEY
from vendors import vendor

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import Address, target
from tapehiss.cassettes.tape import open_tapes
from tapehiss.proxy.loop import run
from tapehiss.proxy.session import Plan, Session
from tapehiss.proxy.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ASK = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"


def settings(url: str, where: Path) -> Settings:
    """A reverse recorder on a free port."""
    return Settings(
        to=target(url), listen=Address("127.0.0.1", 0), into=where / "tapes", key=KEY, ca_folder=where / "conf"
    )


def test_a_session_ends_with_its_command(tmp_path, capfd):
    """What the command said and how it left; what it asked is on the tape."""
    with vendor(lambda visit: visit.answer(b"hello")) as there:
        plan = Plan(settings(there.url, tmp_path), (sys.executable, "-c", f"{ASK}; sys.exit(3)", "{url}/a"))
        outcome = run(Session(plan).run())
    said = capfd.readouterr()
    assert (outcome.command, outcome.exit_code, outcome.summary.tally.exchanges) == (3, 3, 1)
    assert said.out == "hello\n"
    assert [line.partition(" ")[0] for line in said.err.splitlines()] == ["tapehiss:"] * 2
    assert [entry.url for tape in open_tapes([tmp_path / "tapes"]) for entry in tape.index] == [f"{there.url}/a"]


def test_a_quiet_session_says_nothing(tmp_path, capfd):
    """Not even that the vendor is down."""
    plan = Plan(
        settings("http://127.0.0.1:1", tmp_path), (sys.executable, "-c", "import time; time.sleep(0.5)"), quiet=True
    )
    assert run(Session(plan).run()).exit_code == 0
    assert capfd.readouterr() == ("", "")


def test_a_signal_is_handed_to_the_command(tmp_path):
    """SIGTERM for the recorder ends the command first, and the recording with it."""
    script = f"import os, time; os.kill({os.getpid()}, {int(signal.SIGTERM)}); time.sleep(60)"
    plan = Plan(settings("http://127.0.0.1:1", tmp_path), (sys.executable, "-c", script), quiet=True)
    assert run(Session(plan).run()).exit_code == 128 + signal.SIGTERM


@pytest.mark.parametrize(
    ("word", "line"), [("no-such-command", "there is no such command"), ("/", "the command cannot be run")]
)
def test_a_command_that_cannot_be_run_is_misuse(tmp_path, word, line):
    """The recorder ends, too."""
    with pytest.raises(Misuse, match=line):
        run(Session(Plan(settings("http://127.0.0.1:1", tmp_path), (word,), quiet=True)).run())
