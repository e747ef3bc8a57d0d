"""What a person chose for a recording, on the command line or in the ``[record]`` table of ``tapehiss.toml``, as ``Settings``.

The law of this file: pure. The command line wins over the table, the table over the defaults; a key that we do not know, and a value that cannot be
meant, is refused with the place where it stands.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.origins import address, target
from tapehiss.cassettes.rulefile import check_tables
from tapehiss.proxy.selection import Selection
from tapehiss.proxy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

LISTEN = "127.0.0.1:8080"
LISTEN_FOR_COMMAND = "127.0.0.1:0"
"""A command is told where the recorder listens, so any free port will do."""
DEFAULTS: dict[str, Any] = {
    "to": "",
    "mode": "",
    "listen": "",
    "into": "cassettes",
    "host": (),
    "path": (),
    "content_type": (),
    "label": "",
    "max_body": "10MiB",
    "rewrite": True,
    "strict": False,
    "sync": "group",
    "confdir": "~/.mitmproxy",
    "upstream_ca": "",
    "insecure": False,
    "env": (),
}
"""Every key of the table, and every option of the same name (with hyphens)."""
CHOICES = {"mode": ("", "reverse", "regular"), "sync": ("each", "group", "none")}
_SIZE = re.compile(r"\s*([0-9]{1,12})\s*([kmg]?)(i?)b?\s*", re.IGNORECASE)


def record_table(text: str, where: str) -> dict[str, Any]:
    """The ``[record]`` table of a configuration file, checked; lists may be written as one text."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misuse(f"no valid TOML: {error}", where, "correct the file") from None
    check_tables(document, where)
    table = document.get("record", {})
    if not isinstance(table, dict):
        raise Misuse("[record] is no table", where, "write [record] on a line of its own, then key = value")
    return {_known(key, where): _typed(_known(key, where), value, where) for key, value in table.items()}


def _known(key: str, where: str) -> str:
    """The key as we spell it; hyphens are as good as underscores."""
    name = key.replace("-", "_")
    if name in DEFAULTS:
        return name
    near = difflib.get_close_matches(name, DEFAULTS, 1)
    raise Misuse(
        f"[record] has no {key!r}", where, f"write {near[0]!r}" if near else f"use one of {', '.join(DEFAULTS)}"
    )


def _typed(name: str, value: object, where: str) -> Any:
    default = DEFAULTS[name]
    if isinstance(default, tuple):
        value = (value,) if isinstance(value, str) else value
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        raise Misuse(f"[record] {name} is no list of texts", where, f'write {name} = ["..."]')
    if name == "max_body" and isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if type(value) is not type(default):
        form = "true or false" if isinstance(default, bool) else "a text in quotation marks"
        raise Misuse(f"[record] {name} is {value!r}", where, f"write {form}")
    if name in CHOICES and value not in CHOICES[name]:
        raise Misuse(f"[record] {name} is {value!r}", where, f"use one of {', '.join(filter(None, CHOICES[name]))}")
    return value


def chosen(given: Mapping[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    """What counts; ``None`` and an empty tuple on the command line mean that nothing was said there."""
    said = {name: value for name, value in given.items() if value is not None and value != ()}
    return {**DEFAULTS, **table, **said}


def settings_of(choice: Mapping[str, Any], *, command: bool) -> Settings:
    """The settings; ``command``: a command will be run, which is told the port."""
    mode = choice["mode"] or ("reverse" if choice["to"] else "")
    if not mode or (mode == "reverse" and not choice["to"]):
        raise Misuse("which vendor?", "--to", "give --to https://api.vendor.example, or --mode regular for many hosts")
    if mode == "regular" and choice["to"]:
        raise Misuse(
            "a forward proxy is for any host, not for one", "--to", "leave out --to, or use --host to choose hosts"
        )
    return Settings(
        to=target(choice["to"]) if mode == "reverse" else None,
        listen=address(choice["listen"] or (LISTEN_FOR_COMMAND if command else LISTEN)),
        into=Path(choice["into"]).expanduser(),
        label=choice["label"],
        selection=Selection(
            *(
                tuple(map(str.lower, choice[name])) if name != "path" else tuple(choice[name])
                for name in ("host", "path", "content_type")
            )
        ),
        rewrite=choice["rewrite"],
        strict=choice["strict"],
        sync=choice["sync"],
        body_max_bytes=size_bytes(choice["max_body"]),
        ca_folder=Path(choice["confdir"]).expanduser(),
        upstream_ca=Path(choice["upstream_ca"]).expanduser() if choice["upstream_ca"] else None,
        upstream_insecure=choice["insecure"],
    )


def size_bytes(text: str, where: str = "--max-body") -> int:
    """``500``, ``64k``, ``10MB`` (decimal) or ``10MiB`` (binary) in bytes."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise Misuse(f"{text!r} is no size", where, "write it like 500, 64kB or 10MiB")
    base = 1024 if found[3] else 1000
    return int(int(found[1]) * base ** " kmg".index(found[2].lower() or " "))
