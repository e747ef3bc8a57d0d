"""``docs/contracts.md`` is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from tapehiss.cli.infer import command
from tapehiss.contracts import counts, levels, pairs, values

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "contracts.md").read_text(encoding="utf-8")


def test_the_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example in Python runs from the root of a clone."""
    monkeypatch.chdir(ROOT)
    [example] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(compile(example, "docs/contracts.md", "exec"), {})


def test_every_option_is_told() -> None:
    """Each option of ``tapehiss infer`` is on the page."""
    options = {name for parameter in command.params for name in parameter.opts if name.startswith("--")}
    assert [name for name in options if f"`{name}" not in PAGE] == []


def test_the_bounds_are_the_bounds() -> None:
    """The numbers in the table are those in the code."""
    told = [f"{levels.NAMES_MAX:,}; {counts.PARTS_MAX}", f"{counts.FIELDS_MAX:,}; {counts.DEPTH_MAX}",
            f"{counts.VALUES_MAX}; {counts.VALUE_LENGTH_MAX} bytes of JSON", f"{pairs.PARAMETERS_MAX:,}",
            f"at most {values.ENUM_VALUES_MAX} of them"]  # fmt: skip
    assert [words for words in told if words not in PAGE] == []
