"""``make library``: the tapes that ship with us, recorded anew from real servers on loopback, each with a note.

``python tests/e2e/library.py [VENDOR ...]``. Every tape is recorded in reverse mode by a script of ``scripts/`` (or the demo's
shop), verified, and replayed once to the same script before it takes the old one's place.
"""

from __future__ import annotations

import datetime as dt
import json
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "examples" / "demo")]
from pairs import HERE as FOLDER
from pairs import KEYS
from processes import Died, free_port, output_of, running
from run import ROOT, SCRIPT_MAX_S, python, results_in, tapehiss

LIBRARY = ROOT / "cassettes" / "library"
SHOP = ROOT / "examples" / "demo" / "shop.py"
ENVIRONMENT = KEYS | {"SHOP_STRIPE_KEY": KEYS["E2E_STRIPE_KEY"], "E2E_SMALL": "1", "E2E_KERNEL": platform.release()}


@dataclass(frozen=True)
class Reel:
    """One tape of the library."""

    name: str
    """Of the file."""
    script: Path
    words: tuple[str, ...] = ()
    """Which part of the script."""


@dataclass(frozen=True)
class Shelf:
    """One vendor of the library: whose API, which server plays it, which SDK asks."""

    vendor: str
    about: str
    server: str
    """Of the function in ``servers.py``."""
    packages: tuple[str, ...]
    """The server's package, then the SDKs'."""
    reels: tuple[Reel, ...]
    environment: str = "e2e"


def script(name: str) -> Path:
    """One of the scripts of the pairs."""
    return FOLDER / "scripts" / f"{name}.py"


AWS = tuple(
    Reel(name, script("boto3_moto"), (part,))
    for name, part in (("s3", "objects"), ("sqs", "queue"), ("dynamodb", "table"), ("iam-sts", "identity"))
)
SHELVES = (
    Shelf(
        "stripe",
        "payments: the Stripe API",
        "localstripe",
        ("localstripe", "stripe"),
        (Reel("shop", SHOP), Reel("payments", script("stripe_localstripe"))),
    ),
    Shelf("aws", "object store, queue, table and identity: the AWS APIs", "moto", ("moto", "boto3"), AWS),
    Shelf(
        "openai",
        "chat completions with and without streaming (SSE): the OpenAI API",
        "litellm",
        ("litellm", "openai"),
        (Reel("chat", script("openai_litellm")),),
        "e2e-litellm",
    ),
    Shelf(
        "anthropic",
        "messages with and without streaming (SSE): the Anthropic API",
        "litellm",
        ("litellm", "anthropic"),
        (Reel("messages", script("anthropic_litellm")),),
        "e2e-litellm",
    ),
    Shelf(
        "kinto",
        "a JSON store with pages, ETags and batches: the Kinto API",
        "kinto",
        ("kinto", "kinto-http"),
        (Reel("records", script("kinto_http_kinto")),),
    ),
    Shelf(
        "httpbin",
        "codings, redirects, cookies, forms, uploads, streams and statuses",
        "httpbin",
        ("httpbin", "requests", "httpx", "aiohttp"),
        (Reel("everything", script("requests_httpx_httpbin")),),
    ),
    Shelf(
        "datasette",
        "GraphQL: the API of datasette-graphql over a small database",
        "datasette",
        ("datasette-graphql", "gql"),
        (Reel("graphql", script("gql_datasette")),),
    ),
    Shelf(
        "radicale",
        "calendars: CalDAV, so WebDAV methods and XML",
        "radicale",
        ("radicale", "caldav"),
        (Reel("calendar", script("caldav_radicale")),),
    ),
    Shelf(
        "gcs",
        "object store: the Google Cloud Storage JSON API",
        "gcs",
        ("gcp-storage-emulator", "google-cloud-storage"),
        (Reel("objects", script("gcs_emulator")),),
    ),
    Shelf(
        "oidc",
        "identity: OpenID Connect, a log-in with PKCE, tokens, user info",
        "oidc",
        ("oidc-provider-mock", "authlib"),
        (Reel("login", script("authlib_oidc")),),
    ),
)


def version(package: str) -> str:
    """The installed version of a package in the environment that has it."""
    ask = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    environment = "e2e-litellm" if package == "litellm" else "e2e"
    return output_of([python(environment), "-c", ask, package], {}, SCRIPT_MAX_S).strip()


def record(shelf: Shelf, reel: Reel, folder: Path) -> tuple[Path, dict[str, object]]:
    """One tape, recorded and replayed; its file, and what the recorder says of it."""
    port, recorder, mock = free_port(), free_port(), free_port()
    words = [python("e2e"), reel.script]
    options = ["--to", f"http://127.0.0.1:{port}", "--listen", f"127.0.0.1:{recorder}", "--into", folder / reel.name]
    command = tapehiss(
        "record",
        *options,
        "--config",
        FOLDER / "library.toml",
        "--label",
        reel.name,
        "--strict",
        "--quiet",
        "--json",
        "--",
        *words,
    )
    server = [python(shelf.environment), FOLDER / "servers.py", shelf.server, port, folder]
    url, replay_url = f"http://127.0.0.1:{recorder}", f"http://127.0.0.1:{mock}"
    with running(server, port, folder / "server.log", ENVIRONMENT):
        said = output_of([*command, url, *reel.words], ENVIRONMENT, SCRIPT_MAX_S)
    results, summary = said.strip().split("\n")[-2:]
    told: dict[str, object] = json.loads(summary)
    (tape,) = (folder / reel.name).glob("*.yaml")
    output_of(tapehiss("tape", "verify", tape), {}, SCRIPT_MAX_S)
    serve = tapehiss("serve", tape, "--listen", f"127.0.0.1:{mock}")
    with running(serve, mock, folder / "serve.log"):
        said = output_of([*words, replay_url, *reel.words], ENVIRONMENT, SCRIPT_MAX_S)
    if results_in(said.strip().split("\n")[-1], replay_url) != results_in(results, url):
        raise Died(f"{shelf.vendor}/{reel.name}: the replay is not equal")
    return tape, told


def note(shelf: Shelf, told: dict[str, dict[str, object]]) -> str:
    """The README of one vendor."""
    server, *sdks = shelf.packages
    today = dt.datetime.now(dt.UTC).date().isoformat()
    lines = [f"# {shelf.vendor}", "", f"{shelf.about[0].upper()}{shelf.about[1:]}.", ""]
    lines += [f"- Server: {server} {version(server)} (PyPI), on loopback."]
    lines += [f"- SDK: {', '.join(f'{sdk} {version(sdk)}' for sdk in sdks)} (PyPI), unmodified."]
    lines += [
        f"- Recorded on {today} by `make library`, in reverse mode, through redaction; replays equal to the same script."
    ]
    lines += ["", "| tape | exchanges | script | values taken out |", "| --- | --- | --- | --- |"]
    for reel in shelf.reels:
        found = told[reel.name]["taken_out"]
        assert isinstance(found, dict)
        taken = ", ".join(f"{count} {rule}" for rule, count in sorted(found.items())) or "none"
        where = " ".join([str(reel.script.relative_to(ROOT)), *reel.words])
        lines.append(f"| {reel.name}.yaml | {told[reel.name]['exchanges']} | `{where}` | {taken} |")
    return "\n".join([*lines, ""])


def fill(shelf: Shelf) -> None:
    """Record all tapes of one vendor, then put them in the place of the old ones."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, told = Path(temporary), {}
        tapes = {}
        for reel in shelf.reels:
            tapes[reel.name], told[reel.name] = record(shelf, reel, folder)
            print(f"{shelf.vendor}/{reel.name}.yaml  {told[reel.name]['exchanges']} exchanges", flush=True)
        place = LIBRARY / shelf.vendor
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        for name, tape in tapes.items():
            shutil.copyfile(tape, place / f"{name}.yaml")
        (place / "README.md").write_text(note(shelf, told), encoding="utf-8")


def main() -> int:
    """Fill the shelves that were asked for, or all."""
    try:
        for shelf in SHELVES:
            if not sys.argv[1:] or shelf.vendor in sys.argv[1:]:
                fill(shelf)
    except Died as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
