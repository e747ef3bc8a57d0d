"""What README.md shows works as shown."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_passes(tmp_path: Path) -> None:
    """The example is a pytest file that passes with the plugin that an installation brings, from the root of a clone."""
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    (tmp_path / "test_readme_example.py").write_text(example, encoding="utf-8")
    (tmp_path / "cassettes").symlink_to(ROOT / "cassettes")
    plugin = ("-p", "no:cacheprovider", "-p", "tapehiss.cli.pytest_plugin", "-p", "no:tapehiss", "-q")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugin, "--rootdir", tmp_path, tmp_path],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def commands() -> list[str]:
    return re.findall(r"^    (tapehiss [^#\n]*)", README, re.MULTILINE)


@pytest.mark.parametrize("command", commands())
def test_the_commands_exist(command: str, tapehiss_words) -> None:
    """Every verb and option that README.md shows is one that the command line knows."""
    verbs, options = tapehiss_words(shlex.split(command)[1:])
    assert options <= verbs


@pytest.fixture
def tapehiss_words():
    """From a command line: the options that its verb has, and the options that it uses."""

    def split(words: list[str]) -> tuple[set[str], set[str]]:
        import click

        from tapehiss.cli.main import tapehiss

        command: click.Command = tapehiss
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), words.pop(0))
        ours = words[: words.index("--")] if "--" in words else words
        known = {name for parameter in command.params for name in parameter.opts}
        return known, {word for word in ours if word.startswith("--")}

    return split


def test_the_links_lead_somewhere() -> None:
    """Every relative link is a file."""
    missing = [link for link in re.findall(r"\]\(([^)]+)\)", README) if not (ROOT / link).exists()]
    assert missing == []


def test_it_is_short() -> None:
    """A stranger reads four hundred words before supper, not more."""
    assert len(README.split()) <= 400
