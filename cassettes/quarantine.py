"""Shell: where an exchange goes that may hold a secret: a folder beside the tape that git never sees.

One exchange a file, in the format of the tape, readable by its owner alone; named by its content, so that the same exchange
quarantined twice is one file. To release it: write the rule that takes the secret out, then import the file.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Weather
from tapehiss.cassettes.exchange import Clean
from tapehiss.cassettes.line import FORMAT_LINE, HEADER, encode_line

if TYPE_CHECKING:
    from pathlib import Path

    from tapehiss.cassettes.redaction import Quarantined

FOLDER = "quarantine"
SUSPICIONS_MAX = 20
"""How many suspicions are written down; one would do."""
_YEAR_9999_S = 253_402_300_799.0


def quarantine(folder: Path, quarantined: Quarantined) -> Path:
    """Keep the exchange in ``folder/quarantine`` and say where; a note on it tells what was suspected, never the secret.

    Raises ``Weather`` when the disk does not take it.
    """
    words = "; ".join(f"{one.rule} in {one.part} at {one.pointer}" for one in quarantined.suspicions[:SUSPICIONS_MAX])
    noted = quarantined.exchange.with_note("quarantined", words)
    line = encode_line(Clean(noted))  # the one file that takes what did not pass the door
    started_at = datetime.fromtimestamp(min(max(noted.started_at, 0.0), _YEAR_9999_S), UTC)
    name = f"{started_at:%Y%m%dT%H%M%SZ}-{hashlib.sha256(line).hexdigest()[:12]}.yaml"
    path = folder / FOLDER / name
    try:
        _prepare(path.parent)
        _write(path, FORMAT_LINE + HEADER + line if noted.replayable else FORMAT_LINE + line)
    except OSError as error:
        raise Weather(f"cannot keep a quarantined exchange ({error.strerror})", str(path)) from error
    return path


def _prepare(folder: Path) -> None:
    """The folder for its owner alone, and out of git's sight."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = folder / ".gitignore"
    if not ignore.exists():
        ignore.write_text("*\n", encoding="ascii")


def _write(path: Path, data: bytes) -> None:
    """All of it or nothing: first under another name."""
    part = path.with_suffix(".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
