"""Other tools that read recordings and write OpenAPI, run on the same exchanges: `make peers` makes their environment.

All get the exchanges as HAR, written by `tapehiss tape export`, and run as their documentation says, with path parameters asked for where there
is an option. Where a tool wants to know under which URL the API lies, it is told: that is more than ours is told.

==================  ========================================================================================================
mitmproxy2swagger   0.14.0, twice, as it is meant: the first run proposes paths, every proposal is accepted (``ignore:`` removed),
                    ``-s`` leaves parameters only. It cannot read forms in HAR, so that request bodies are taken out for it.
har-to-openapi      3.0.1 with ``--attempt-to-parameterize-url``, all hosts in one document; where bodies are nested too deep for it, it
                    gets the exchanges without them
@redocly/cli        2.77.0, ``generate-spec`` without AI
==================  ========================================================================================================
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import yaml
from groundtruth import Template, openapi, segments_of

from tapehiss.cassettes.exporting import to_har

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tapehiss.cassettes.exchange import Exchange

HOME = Path(__file__).resolve().parent.parent / ".venv-peers"
NPM = HOME / "npm" / "node_modules" / ".bin"
SECONDS_MAX = 300
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}

Found = list[Template]


def all_of(exchanges: Sequence[Exchange], servers: Iterable[str]) -> dict[str, Found | str]:
    """Every peer's operations, or why there are none."""
    servers = sorted(servers)
    tools: dict[str, Callable[[Path, Sequence[Exchange], list[str]], Found]] = {
        "mitmproxy2swagger": mitmproxy2swagger,
        "har-to-openapi": har_to_openapi,
        "redocly": redocly,
    }
    found: dict[str, Found | str] = {}
    for name, run in tools.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                found[name] = run(Path(folder), exchanges, servers)
            except FileNotFoundError:
                found[name] = "not installed: make peers"
            except subprocess.TimeoutExpired:
                found[name] = f"no answer in {SECONDS_MAX} s"
            except (subprocess.CalledProcessError, ValueError, yaml.YAMLError) as error:
                found[name] = f"failed: {type(error).__name__}"
    return found


def mitmproxy2swagger(folder: Path, exchanges: Sequence[Exchange], servers: list[str]) -> Found:
    """The paths that it keeps when all that it proposes is accepted."""
    traffic = _har(folder, [_bodiless(one, answer=True) for one in exchanges])
    found: Found = []
    for number, server in enumerate(servers):
        written = folder / f"{number}.yaml"
        command = [
            str(HOME / "bin" / "mitmproxy2swagger"),
            "-f",
            "har",
            "-s",
            "-i",
            traffic,
            "-o",
            str(written),
            "-p",
            server,
        ]
        _run(command)
        written.write_text(written.read_text().replace("- ignore:", "- "))
        _run(command)
        found += _under(server, _loaded(written))
    return found


def har_to_openapi(folder: Path, exchanges: Sequence[Exchange], _servers: list[str]) -> Found:
    """One document for all hosts."""
    written = folder / "written.yaml"
    asked = (
        "--force-all-requests-in-same-spec",
        "--attempt-to-parameterize-url",
        "--relaxed-methods",
        "--format",
        "json",
    )
    _run([str(NPM / "har-to-openapi"), _har(folder, exchanges), *asked, "--output", str(written)])
    return [each for _, each in openapi(json.loads(written.read_text()))]


def redocly(folder: Path, exchanges: Sequence[Exchange], servers: list[str]) -> Found:
    """One document for each server."""
    traffic, found = _har(folder, exchanges), Found()
    for number, server in enumerate(servers):
        written = folder / f"{number}.yaml"
        command = [
            str(NPM / "redocly"),
            "generate-spec",
            traffic,
            "--traffic-format",
            "har",
            "--openapi-version",
            "3.1",
        ]
        _run([*command, "--server", server, "--output", str(written)])
        found += _under(server, _loaded(written))
    return found


def _har(folder: Path, exchanges: Sequence[Exchange]) -> str:
    path = folder / "traffic.har"
    path.write_text(json.dumps(to_har(exchanges)))
    return str(path)


def _bodiless(exchange: Exchange, *, answer: bool = False) -> Exchange:
    """An exchange without the request's body, and without the answer's unless that is wanted."""
    response = exchange.response
    bare = response if answer or response is None else replace(response, body=b"")
    return replace(exchange, request=replace(exchange.request, body=b""), response=bare)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS_MAX, env=os.environ | QUIET)


def _loaded(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return loaded if isinstance(loaded, dict) else {}


def _under(server: str, document: dict[str, Any]) -> Found:
    """The operations of a document whose paths begin behind a server's path."""
    base = urlsplit(server).path.rstrip("/")
    found = [each for _, each in openapi({"paths": document.get("paths")})]
    return [Template(one.method, (*segments_of(base), *one.segments)) if base else one for one in found]
