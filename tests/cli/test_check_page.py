"""``docs/check.md`` is true."""

from __future__ import annotations

import re
from pathlib import Path

from tapehiss.cli.check import command
from tapehiss.contracts.acceptance import acceptance
from tapehiss.contracts.findings import Severity
from tapehiss.contracts.grading import ERROR_CHANCE_MAX, WARN_CHANCE_MAX, WORD_CHANCE_MAX
from tapehiss.contracts.wording import CHECK

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")


def test_every_option_is_told():
    """Each option of ``tapehiss check`` is on the page."""
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    assert [name for name in sorted(options) if f"`{name}" not in PAGE] == []


def test_every_finding_is_told_with_its_severity():
    """The table is the table of prose, row by row."""
    told = dict(re.findall(r"^\| `([a-z-]+)` \| (info|warn|error) \|", PAGE, re.MULTILINE))
    assert told == {name: rule.severity.word for name, rule in CHECK.items()}
    assert set(told.values()) == {severity.word for severity in Severity}


def test_the_bounds_are_the_bounds():
    """The chances on the page are those in the code."""
    told = [float(number) / 100 for number in re.findall(r"(?:at most|from) (\d+) %", PAGE)]
    assert {ERROR_CHANCE_MAX, WARN_CHANCE_MAX, WORD_CHANCE_MAX} <= set(told)


def test_the_file_of_decisions_is_one():
    """The example can be read."""
    [example] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(acceptance(example).entries) == 3


def test_the_example_in_a_test_runs(tapehiss, tmp_path, monkeypatch, capfd):
    """With the contract of a tape of the library, on whatever port it was recorded."""
    assert tapehiss("infer", ROOT / "cassettes" / "library" / "stripe", "--into", tmp_path / "stripe.json").code == 0
    monkeypatch.chdir(tmp_path)
    [example] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    said = tapehiss("infer", ROOT / "cassettes" / "library" / "stripe").out
    origin = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
    exec(compile(re.sub(r"http://127\.0\.0\.1:\d+", origin, example), "docs/check.md", "exec"), {})
    assert "member-missing" in capfd.readouterr().out
