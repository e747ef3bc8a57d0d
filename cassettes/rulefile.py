"""Shell: the ``[redaction]`` table of ``tapehiss.toml``, read and checked.

The law of this file: a mistake is an error that names the file, the key and the remedy; nothing that is misspelt is ignored.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.rules import Limits, Rules
from tapehiss.cassettes.secretnames import Names, solid
from tapehiss.cassettes.secretshapes import is_spreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES = ("record", "redaction")
"""Everything that ``tapehiss.toml`` may hold."""
_LISTS = ("headers", "query", "fields", "path", "patterns", "keep", "keep_values", "env")
_FLAGS = ("emails", "env_auto")
_AUTO = ("*_KEY", "*_TOKEN", "*_SECRET", "*_PASSWORD", "*_PASSWD", "*_PASSPHRASE", "*_CREDENTIALS", "*_DSN")
_GLOB_MIN = 2
_PASSWORD = re.compile(rb"[a-z][a-z0-9+.-]*://[^/@:]*:([^/@]{6,})@", re.IGNORECASE)
"""In a connection string."""
_LIMITS = tuple(Limits.__dataclass_fields__)


CONFIGURATION = Path("tapehiss.toml")
"""Where a project says what it wants, in the folder in which a verb is run."""


def project_rules(config: Path | None, environ: Mapping[str, str]) -> Rules:
    """The rules of the file that was named, or of the project's own if it has one; raises as ``load_rules`` does."""
    if config is None and not CONFIGURATION.exists():
        return load_rules(None, environ)
    return load_rules(config or CONFIGURATION, environ)


def load_rules(toml: Path | None, environ: Mapping[str, str]) -> Rules:
    """What ships with us, and what the ``[redaction]`` table adds; ``None`` or a file without the table adds nothing.

    Raises ``Misuse`` for a file that cannot be read, an unknown key, a wrong type, a regular expression that does not compile.
    """
    return rules_from(_table(toml), environ, str(toml)) if toml is not None else Rules()


def _table(path: Path) -> Mapping[str, Any]:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misuse(f"cannot be read ({error.strerror})", str(path), "check the path and its permissions") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Misuse(f"is no TOML: {error}", str(path), "correct the line that the message names") from error
    check_tables(document, str(path))
    table = document.get("redaction", {})
    if not isinstance(table, dict):
        _refuse(str(path), "redaction", "must be a table", "write [redaction] on a line of its own")
    return table


def check_tables(document: Mapping[str, Any], where: str) -> None:
    """Refuse what stands at the top of ``tapehiss.toml`` and is no table of ours, a misspelt one before all."""
    for name, value in document.items():
        if name in TABLES:
            continue
        if not isinstance(value, dict):
            raise Misuse(f"{name!r} stands outside of every table", where, "put it below [record] or [redaction]")
        near = difflib.get_close_matches(name, TABLES, 1)
        known = " and ".join(f"[{table}]" for table in TABLES)
        raise Misuse(
            f"there is no table [{name}], only {known}", where, f"write [{near[0]}]" if near else "take it out"
        )


def rules_from(table: Mapping[str, Any], environ: Mapping[str, str], where: str) -> Rules:
    """The rules of a table; ``where`` names its file in errors."""
    _check(table, where)
    lists = {key: tuple(table.get(key, ())) for key in ("headers", "query", "fields", "keep")}
    names = Names(headers=lists["headers"], query=lists["query"], fields=lists["fields"], keep=lists["keep"])
    for key, name in ((key, name) for key, each in lists.items() for name in each):
        if len(solid(name)) < (_GLOB_MIN if "*" in name or "?" in name else 1):
            _refuse(where, key, f"{name!r} would match nearly every name", "give at least two letters beside the *")
    return Rules(
        names=names,
        paths=_compiled(table, "path", where),
        patterns=_compiled(table, "patterns", where),
        keep_values=_compiled(table, "keep_values", where),
        known=_from_environment(table, environ, where),
        emails=table.get("emails", False),
        limits=Limits(**table.get("limits", {})),
    )


def _check(table: Mapping[str, Any], where: str) -> None:
    for key, value in table.items():
        if key in _LISTS:
            if not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
                _refuse(where, key, "must be a list of strings", f'write {key} = ["..."]')
        elif key in _FLAGS:
            if not isinstance(value, bool):
                _refuse(where, key, "must be true or false", f"write {key} = true")
        elif key == "limits":
            _check_limits(value, where)
        else:
            _refuse(where, key, "is not a key of [redaction]", f"use one of {', '.join((*_LISTS, *_FLAGS, 'limits'))}")


def _check_limits(value: object, where: str) -> None:
    if not isinstance(value, dict):
        _refuse(where, "limits", "must be a table", "write limits = { taints_max = 100000 }")
    for name, number in value.items():
        if name not in _LIMITS:
            _refuse(where, f"limits.{name}", "is not a limit", f"use one of {', '.join(_LIMITS)}")
        if not isinstance(number, int) or isinstance(number, bool) or number < 1:
            _refuse(
                where, f"limits.{name}", "must be a positive whole number", f"write {name} = {getattr(Limits(), name)}"
            )


def _compiled(table: Mapping[str, Any], key: str, where: str) -> tuple[re.Pattern[bytes], ...]:
    made = []
    for text in table.get(key, ()):
        try:
            regex = re.compile(text.encode("utf-8"))
        except re.error as error:
            _refuse(
                where,
                key,
                f"{text!r} is no regular expression: {error}",
                "correct it, or escape what is meant literally",
            )
        if regex.search(b"") is not None:
            _refuse(where, key, f"{text!r} matches an empty text", "make it match at least one character")
        made.append(regex)
    return tuple(made)


def _from_environment(
    table: Mapping[str, Any], environ: Mapping[str, str], where: str
) -> tuple[tuple[str, bytes], ...]:
    globs = [*table.get("env", ()), *(_AUTO if table.get("env_auto") else ())]
    made = []
    for name in sorted(environ):
        if any(fnmatchcase(name, glob) for glob in globs):
            value = environ[name].encode("utf-8", "surrogateescape")
            password = _PASSWORD.match(value)
            if password:
                made.append((f"env:{name}", password[1]))
            if is_spreadable(value):
                made.append((f"env:{name}", value))
            elif name in table.get("env", ()) and value:
                _refuse(
                    where,
                    "env",
                    f"the value of {name} is too short or too common to be recognised",
                    f"take {name} out of env",
                )
    return tuple(made)


def _refuse(where: str, key: str, what: str, remedy: str) -> NoReturn:
    raise Misuse(f"[redaction] {key} {what}", where, remedy)
