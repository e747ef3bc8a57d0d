"""Pages on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from tapehiss.cli.pages import show
from tapehiss.contracts.blocks import Code, Heading, Lines, Table

PAGE = (
    Heading("T\x1b[2J", 1),
    Heading("A"),
    Lines(("one", "[bold]two")),
    Code("curl 'x'", "sh"),
    Table(("n", "v"), (("k", "1"),)),
)


def test_a_pipe_gets_markdown(capfd):
    """Nothing that only a terminal understands."""
    show(PAGE)
    assert "## A\n\n- one\n- \\[bold\\]two\n\n```sh\ncurl 'x'\n```" in capfd.readouterr().out


def test_a_terminal_gets_text_that_cannot_steer_it():
    """On a real terminal everything is shown as it is, control characters as their names."""
    leader, follower = pty.openpty()
    code = f"from tapehiss.cli.pages import show; from tapehiss.contracts.blocks import *; show({PAGE!r})"
    subprocess.run(
        [sys.executable, "-c", code], stdout=follower, env={**os.environ, "TERM": "dumb", "COLUMNS": "80"}, check=True
    )
    os.close(follower)
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "T\\x1b[2J" in shown
    assert "[bold]two" in shown
    assert "  curl 'x'" in shown
