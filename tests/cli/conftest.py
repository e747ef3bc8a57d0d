"""The command line as its user meets it: arguments in, exit code and two streams out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tapehiss.cli.main import run

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Said:
    """What a command said and how it left."""

    code: int
    out: str
    err: str


@pytest.fixture
def tapehiss(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run one command line in this process."""

    def call(*words: object) -> Said:
        code = run([str(word) for word in words])
        captured = capfd.readouterr()
        return Said(code, captured.out, captured.err)

    return call
