"""Verbs are imported when they are used."""

from __future__ import annotations

import subprocess
import sys

import click

from tapehiss.cli.lazy import LazyGroup


def test_help_imports_no_verb():
    """``tapehiss tape --help`` does not pay for the rooms behind the verbs."""
    code = (
        "import sys; from tapehiss.cli.main import run; run(['tape', '--help']); "
        "print([name for name in sys.modules if name.startswith('tapehiss.cli.tape_')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_an_unknown_verb_is_nobodys():
    """A name outside the table is no command, even if a module of that name exists."""
    group = LazyGroup(module="tapehiss.cli.", summaries={"tape": "tapes"})
    context = click.Context(group)
    assert group.get_command(context, "main") is None
    assert group.list_commands(context) == ["tape"]
