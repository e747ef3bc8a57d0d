"""Other mock servers on the same recordings: `make mock-peers` installs those that npm and Debian have.

=============  ===================================================================================================================
WireMock       3.13.2, its jar run by the Java that is there, without request journal and request log
Mockoon        CLI 9.9.0, templating off
Prism          5.14.2, an OpenAPI document with an example for each path
mountebank     2.9.1, one predicate for each path, told to keep connections alive
mitmdump       the mitmproxy that the recorder uses: server replay in reverse mode, answers reused
FastAPI        a route that looks the body up in a dict, under uvicorn with uvloop and httptools
nginx          Debian's, ``map`` from URL to body: what a server in C reaches with the same bytes, thus the limit
vcrpy          in process, with httpx: no server
Hoverfly       is neither in PyPI nor in npm (but for a build for macOS) nor in Debian, and there is no Go toolchain that could build it
=============  ===================================================================================================================

Each must answer with what was recorded before it is timed; one that is not installed, or does not, is reported with the reason.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_load import DEBIAN, NPM, ORIGIN, body_of, exchanges, path_of

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = Path(__file__).resolve()
PYTHON = Path(sys.executable)
KIND = "application/json"


@dataclass(frozen=True, slots=True)
class Peer:
    """A mock server of somebody else's."""

    name: str
    needs: Path
    """The file without which it is not installed."""
    command: Callable[[Path, int, int], list[str]]
    """Of a folder to write to, a port, and how many recordings."""
    scans: bool = False
    """Whether it is one of the tools that are known to look at one stub after the other."""


def wiremock(folder: Path, port: int, count: int) -> list[str]:
    """Mappings in one file."""
    mappings = [
        {
            "request": {"method": "GET", "url": path_of(number)},
            "response": {"status": 200, "body": body_of(number).decode(), "headers": {"Content-Type": KIND}},
        }
        for number in range(count)
    ]
    (folder / "mappings").mkdir()
    (folder / "mappings" / "all.json").write_text(json.dumps({"mappings": mappings}))
    quiet = ("--no-request-journal", "--disable-request-logging", "--disable-banner", "--disable-gzip")
    return [
        "java",
        "-jar",
        str(JAR),
        "--bind-address",
        "127.0.0.1",
        "--port",
        str(port),
        "--root-dir",
        str(folder),
        *quiet,
    ]


def mockoon(folder: Path, port: int, count: int) -> list[str]:
    """An environment with a route for each path."""
    routes = [_mockoon_route(number) for number in range(count)]
    environment = {
        "uuid": "e",
        "lastMigration": 33,
        "name": "orders",
        "port": port,
        "hostname": "127.0.0.1",
        "routes": routes,
        "rootChildren": [{"type": "route", "uuid": route["uuid"]} for route in routes],
    }
    (folder / "orders.json").write_text(json.dumps(environment))
    command = [str(NPM / ".bin" / "mockoon-cli"), "start", "--data", str(folder / "orders.json"), "--port", str(port)]
    return [*command, "--hostname", "127.0.0.1", "--disable-log-to-file", "--disable-admin-api", "--repair"]


def _mockoon_route(number: int) -> dict[str, Any]:
    answer = {
        "uuid": f"a{number}",
        "body": body_of(number).decode(),
        "statusCode": 200,
        "headers": [{"key": "Content-Type", "value": KIND}],
        "bodyType": "INLINE",
        "rules": [],
        "rulesOperator": "OR",
        "disableTemplating": True,
        "default": True,
    }
    place = {"uuid": f"r{number}", "type": "http", "method": "get", "endpoint": path_of(number)[1:]}
    return {**place, "responses": [answer], "responseMode": None}


def prism(folder: Path, port: int, count: int) -> list[str]:
    """An OpenAPI document with examples."""
    paths = {
        path_of(number): {
            "get": {
                "responses": {
                    "200": {"description": "an order", "content": {KIND: {"example": json.loads(body_of(number))}}}
                }
            }
        }
        for number in range(count)
    }
    document = {"openapi": "3.0.3", "info": {"title": "orders", "version": "1"}, "paths": paths}
    (folder / "orders.json").write_text(json.dumps(document))
    return [str(NPM / ".bin" / "prism"), "mock", "-h", "127.0.0.1", "-p", str(port), str(folder / "orders.json")]


def mountebank(folder: Path, port: int, count: int) -> list[str]:
    """One imposter with a stub for each path; its own port is the next free one."""
    from mock_load import free_port

    kept = {"Content-Type": KIND, "Connection": "Keep-Alive"}
    stubs = [
        {
            "predicates": [{"equals": {"method": "GET", "path": path_of(number)}}],
            "responses": [{"is": {"statusCode": 200, "headers": kept, "body": body_of(number).decode()}}],
        }
        for number in range(count)
    ]
    imposter = {"port": port, "protocol": "http", "host": "127.0.0.1", "stubs": stubs}
    (folder / "imposters.json").write_text(json.dumps({"imposters": [imposter]}))
    command = [str(NPM / ".bin" / "mb"), "start", "--port", str(free_port()), "--host", "127.0.0.1", "--localOnly"]
    return [*command, "--nologfile", "--loglevel", "error", "--configfile", str(folder / "imposters.json")]


def mitmdump(folder: Path, port: int, count: int) -> list[str]:
    """The recordings as HAR, which mitmproxy replays."""
    from tapehiss.cassettes.exporting import to_har

    (folder / "orders.har").write_text(json.dumps(to_har(exchanges(count))))
    settings = ("server_replay_reuse=true", "server_replay_extra=404", "connection_strategy=lazy")
    anywhere = ("server_replay_ignore_host=true", "server_replay_ignore_port=true")
    command = [str(PYTHON.with_name("mitmdump")), "--quiet", "--listen-host", "127.0.0.1", "--listen-port", str(port)]
    command += ["--mode", f"reverse:{ORIGIN}", "--server-replay", str(folder / "orders.har")]
    return command + [word for each in (*settings, *anywhere) for word in ("--set", each)]


def fastapi(_folder: Path, port: int, count: int) -> list[str]:
    """What anybody would write by hand."""
    return [str(PYTHON), str(HERE), str(port), str(count)]


def serve_fastapi(port: int, count: int) -> None:
    """A route under uvicorn."""
    import uvicorn
    from fastapi import FastAPI
    from fastapi.responses import Response

    app = FastAPI()
    bodies = {str(number): body_of(number) for number in range(count)}

    @app.get("/v1/orders/{number}")
    async def order(number: str) -> Response:
        return Response(bodies[number], media_type=KIND)

    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False)


def nginx(folder: Path, port: int, count: int) -> list[str]:
    """A ``map`` from URL to body."""
    entries = "\n".join(f"    '{path_of(number)}' '{body_of(number).decode()}';" for number in range(count))
    places = "\n".join(
        f"  {name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"""daemon off; worker_processes 1; user root; pid {folder}/pid; error_log {folder}/errors;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_requests 1000000000; map_hash_max_size 262144; map_hash_bucket_size 128;
{places}
  map $uri $order {{
{entries}
  }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ default_type {KIND}; if ($order = '') {{ return 404; }} return 200 $order; }}
  }}
}}
"""
    )
    return [
        str(DEBIAN / "sbin" / "nginx"),
        "-p",
        str(folder),
        "-e",
        str(folder / "errors"),
        "-c",
        str(folder / "nginx.conf"),
    ]


JAR = next(iter((NPM / "wiremock" / "build").glob("*.jar")), NPM / "wiremock" / "build" / "wiremock.jar")
NGINX = Peer("nginx map", DEBIAN / "sbin" / "nginx", nginx)
FASTAPI = Peer("FastAPI under uvicorn", PYTHON, fastapi)
WIREMOCK = Peer("WireMock", JAR, wiremock, scans=True)
PEERS = (
    NGINX,
    FASTAPI,
    WIREMOCK,
    Peer("Mockoon", NPM / ".bin" / "mockoon-cli", mockoon, scans=True),
    Peer("Prism", NPM / ".bin" / "prism", prism, scans=True),
    Peer("mountebank", NPM / ".bin" / "mb", mountebank, scans=True),
    Peer("mitmdump replay", PYTHON.with_name("mitmdump"), mitmdump),
)
HOVERFLY_OF_NGINX = 0.37
"""Hoverfly 1.x with its cache on, measured once on a machine of this kind beside nginx: at most 48,000 of 130,000 requests a second."""


def vcrpy_per_s(folder: Path, count: int, seconds: float) -> float:
    """Requests a second that vcrpy answers in process, through httpx."""
    import httpx
    import vcr
    from mock_load import write_tape

    tape = write_tape(folder / "orders.yaml", count)
    player = vcr.VCR(record_mode="none", match_on=["method", "path"])
    with player.use_cassette(str(tape), allow_playback_repeats=True), httpx.Client() as client:
        assert client.get(ORIGIN + path_of(count - 1)).content == body_of(count - 1)
        asked, began = 0, time.perf_counter()
        while time.perf_counter() - began < seconds:
            client.get(ORIGIN + path_of(asked * 7919 % count))
            asked += 1
        return asked / (time.perf_counter() - began)


if __name__ == "__main__":
    serve_fastapi(int(sys.argv[1]), int(sys.argv[2]))
