"""``docs/storm.md`` is true: every command on it is run, and what it names is there."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from tapehiss.cli.storm import INTO
from tapehiss.cli.storm import command as storm
from tapehiss.mocks.promises import PROMISES

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "storm.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ tapehiss (.+)$", PAGE, re.MULTILINE)
BRIEFLY = ("--examples", "1", "--shrink", "0", "--latency", "0.2", "--promise", "effects-once")


def test_every_command_finds_what_the_page_says(tapehiss, tmp_path, monkeypatch):
    """In their order, as briefly as can be: the answer that was lost, and its file."""
    for name in ("cassettes", "examples"):
        (tmp_path / name).symlink_to(ROOT / name)
    monkeypatch.chdir(tmp_path)
    assert len(COMMANDS) == 3
    for line in COMMANDS:
        if shutil.which(line.partition("-- ")[2].split()[0].replace("python", sys.executable)) is None:
            continue
        words = [sys.executable if word == "python" else word for word in shlex.split(line)]
        cut = words.index("--")
        brief = () if "--replay" in words else BRIEFLY
        said = tapehiss(*words[:cut], *brief, "--json", *words[cut:])
        assert said.code == 1, said
        found = json.loads(said.out)
        if "--replay" in words:
            assert found == {"promise": "effects-once", "replays": 3, "broken": 3}
        else:
            [broken] = found["broken"]
            assert broken["schedule"] == [{"lose": True, "on": "POST /v1/customers", "first": 1}]
            assert broken["file"] == str(INTO / "effects-once.storm.json")


def test_the_table_has_every_promise():
    """In the words of the code."""
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", PAGE, re.MULTILINE))
    assert rows == {name: promise.says for name, promise in PROMISES.items()}


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`(--[a-z-]+)", PAGE)) - {"--fault", "--"}))
def test_every_option_exists(option):
    """None is invented."""
    assert option in {name for parameter in storm.params for name in parameter.opts}


@pytest.mark.parametrize(("option", "said"), re.findall(r"`--([a-z-]+)` \((\d+)(?: s)?\b", PAGE))
def test_defaults_are_as_told(option, said):
    """The numbers of the page are those of the command."""
    [parameter] = [each for each in storm.params if f"--{option}" in each.opts]
    assert float(parameter.default) == float(said)
