"""Shell: the project's key, which makes pseudonyms: kept outside every tape, never committed."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from tapehiss.cassettes.errors import Misuse, Weather, remedy_for

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VARIABLE = "TAPEHISS_KEY"
_LENGTH_MIN = 16


def project_key(folder: Path, environ: Mapping[str, str]) -> bytes:
    """``TAPEHISS_KEY`` if it is set, else ``.tapehiss/key`` below ``folder``, made with mode 0600 when it is missing.

    Raises ``Misuse`` when the key is too short to keep a pseudonym from being guessed back, ``Weather`` when it cannot be read or written.
    """
    given = environ.get(VARIABLE)
    if given:
        return _long_enough(given.encode(), VARIABLE)
    path = folder / ".tapehiss" / "key"
    try:
        kept = path.read_bytes() if path.exists() else made_once(path, secrets.token_hex(32).encode() + b"\n")
        return _long_enough(kept.strip(), str(path))
    except OSError as error:
        raise Weather(
            f"the project key cannot be used ({error.strerror})", str(path), f"{remedy_for(error)}, or set {VARIABLE}"
        ) from error


def made_once(path: Path, content: bytes) -> bytes:
    """What a private file in ``.tapehiss`` holds: ``content`` if it was missing, with mode 0600 and out of git's sight.

    Of two processes that make it at the same time, both use the one that was there first. Raises ``OSError``.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    ignore = path.parent / ".gitignore"
    if not ignore.exists() or not ignore.stat().st_size:  # empty: the disk was full
        ignore.write_text("*\n")
    new = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        with suppress(FileExistsError):
            os.link(new, path)
    finally:
        new.unlink(missing_ok=True)
    return path.read_bytes()


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < _LENGTH_MIN:
        raise Misuse(
            f"the project key has {len(key)} characters, it needs {_LENGTH_MIN} at least",
            where,
            "make one with: python -c 'import secrets; print(secrets.token_hex(32))'",
        )
    return key
