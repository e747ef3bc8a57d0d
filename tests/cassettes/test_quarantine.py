"""Promises of ``cassettes/quarantine.py``."""

from __future__ import annotations

import stat
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tapehiss.cassettes.errors import Weather
from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.cassettes.quarantine import quarantine
from tapehiss.cassettes.redaction import Quarantined, Suspicion
from tapehiss.cassettes.tape import open_tape

if TYPE_CHECKING:
    from pathlib import Path

ASKED = Request("POST", "https://api.vendor.example/v1/tokens", body=b"something odd")
HELD = Quarantined(
    Exchange(ASKED, Response(200, "OK", body=b"hiss"), started_at=1e9),
    (Suspicion("entropy", "request.body", "byte 10"), Suspicion("prefix", "response.body", "$.a")),
)


def test_a_quarantined_exchange_is_a_tape_of_its_own(tmp_path: Path) -> None:
    """What was kept can be opened, and says what was suspected and where."""
    with open_tape(quarantine(tmp_path, HELD)) as tape:
        assert len(tape) == 1
        words = "entropy in request.body at byte 10; prefix in response.body at $.a"
        assert tape[0] == HELD.exchange.with_note("quarantined", words)


def test_a_failure_can_be_quarantined(tmp_path: Path) -> None:
    """An exchange without a response may hold a secret too."""
    failed = replace(HELD, exchange=Exchange(ASKED, ending=Ending.RESET, started_at=1e9))
    with open_tape(quarantine(tmp_path, failed)) as tape:
        assert tape[0].ending is Ending.RESET


def test_only_its_owner_may_read_it_and_git_never_sees_it(tmp_path: Path) -> None:
    """The folder is closed to others, the file too, and everything in it is ignored by git."""
    path = quarantine(tmp_path, HELD)
    assert path.parent == tmp_path / "quarantine"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert (path.parent / ".gitignore").read_text() == "*\n"


def test_the_same_exchange_is_kept_once(tmp_path: Path) -> None:
    """Importing a recording twice does not fill the disk."""
    assert quarantine(tmp_path, HELD) == quarantine(tmp_path, HELD)
    assert len(list((tmp_path / "quarantine").glob("*.yaml"))) == 1


def test_a_disk_that_does_not_take_it_is_told(tmp_path: Path) -> None:
    """A quarantine that cannot be written is an error, never a silent loss."""
    (tmp_path / "quarantine").write_text("a file in the way")
    with pytest.raises(Weather, match="cannot keep"):
        quarantine(tmp_path, HELD)
