"""``make e2e``: real SDKs against real servers, recorded, the server switched off, and the same script against the mock.

Each pair goes twice: recorded in reverse mode (plain HTTP to the recorder), and as HTTPS through the forward proxy to a
server with a certificate of our own. What the SDK returned the second time must equal what it returned the first time.
``python tests/e2e/run.py [--keep FOLDER] [--mode reverse|forward] [PAIR ...]``; exits 1 when anything differs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[2] / "examples" / "demo")]
from pairs import HERE as FOLDER
from pairs import KEYS, PAIRS, Pair
from processes import Died, free_port, output_of, running

ROOT = FOLDER.parent.parent
SCRIPT_MAX_S = 120.0


@dataclass
class Tried:
    """What one recording and its replay showed."""

    pair: Pair
    mode: str
    exchanges: int = 0
    secrets: int = 0
    equal: int = 0
    results: int = 0
    seconds: float = 0.0
    troubles: list[str] = field(default_factory=list)

    @property
    def well(self) -> bool:
        """Whether all was as it should be."""
        return not self.troubles and self.equal == self.results > 0


def python(environment: str) -> Path:
    """The Python of one of the environments that ``make e2e`` sets up."""
    return ROOT / f".venv-{environment}" / "bin" / "python"


def tapehiss(*words: object) -> list[object]:
    """The command line under test."""
    return [sys.executable, "-m", "tapehiss.cli", *words]


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """An authority and its certificate for this machine: authority, certificate, key (PEM files)."""
    import trustme

    authority = trustme.CA(organization_name="tapehiss e2e")
    issued = authority.issue_cert("127.0.0.1", "localhost")
    paths = folder / "upstream-ca.pem", folder / "upstream.pem", folder / "upstream.key"
    authority.cert_pem.write_to_path(paths[0])
    issued.cert_chain_pems[0].write_to_path(paths[1])
    issued.private_key_pem.write_to_path(paths[2])
    return paths


def results_in(line: str, url: str) -> list[object]:
    """What the SDK returned, with the place where the server was taken out of it."""
    authority = url.partition("://")[2]
    for place in (url, url.replace("://", "%3A%2F%2F").replace(":", "%3A"), authority):
        line = line.replace(place, "{server}")
    found: list[object] = json.loads(line)
    return found


def record(tried: Tried, folder: Path) -> list[object]:
    """Run the script through the recorder; the server lives only as long as this call."""
    pair, forward = tried.pair, tried.mode == "forward"
    tls = certificate(folder) if forward and pair.https else ()
    port, recorder = free_port(), free_port()
    vendor = f"{'https' if tls else 'http'}://127.0.0.1:{port}"
    url = vendor if forward else f"http://127.0.0.1:{recorder}"
    server = [python(pair.server_environment), FOLDER / "servers.py", pair.server, port, folder, *tls[1:]]
    options = ["--mode", "regular", "--confdir", folder / "ca"] if forward else ["--to", vendor]
    options += ["--upstream-ca", tls[0]] if tls else []
    options += ["--listen", f"127.0.0.1:{recorder}", "--into", folder / "tapes", "--strict", "--quiet", "--json"]
    command = tapehiss("record", *options, "--", python("e2e"), pair.script, url)
    with running(server, port, folder / "server.log", KEYS):
        said = output_of(command, KEYS | {"TAPEHISS_KEY": "e2e" * 8}, SCRIPT_MAX_S)
    results, summary = said.strip().split("\n")[-2:]
    told = json.loads(summary)
    tried.secrets = sum(told["taken_out"].values())
    return results_in(results, url)


def replay(pair: Pair, folder: Path) -> list[object]:
    """Run the same script against the mock."""
    port = free_port()
    serve = tapehiss("serve", folder / "tapes", "--listen", f"127.0.0.1:{port}")
    with running(serve, port, folder / "serve.log"):
        url = f"http://127.0.0.1:{port}"
        said = output_of([python("e2e"), pair.script, url], KEYS, SCRIPT_MAX_S)
    return results_in(said.strip().split("\n")[-1], url)


def inspect(tried: Tried, folder: Path) -> None:
    """Count what is on the tape, verify it, and look for secrets in its bytes."""
    from tapehiss.cassettes.tape import open_tapes

    for tape in open_tapes([folder / "tapes"]):
        with tape:
            tried.exchanges += len(tape)
        text = tape.path.read_text()
        wanted = (*tried.pair.secrets, *KEYS.values())
        tried.troubles += [f"secret on the tape: {secret[:4]}..." for secret in wanted if secret in text]
    try:
        output_of(tapehiss("tape", "verify", folder / "tapes"), {}, SCRIPT_MAX_S)
    except Died as error:
        tried.troubles.append(f"verify: {error}")


def differences(first: list[object], second: list[object]) -> list[str]:
    """What the SDK returned differently, in a line each."""
    told = []
    for n, (was, now) in enumerate(zip(first, second, strict=False)):
        if was != now:
            told.append(f"result {n}\n    recorded {json.dumps(was)[:600]}\n    replayed {json.dumps(now)[:600]}")
    if len(first) != len(second):
        told.append(f"{len(first)} results were recorded, {len(second)} replayed")
    return told


def try_pair(pair: Pair, mode: str, folder: Path) -> Tried:
    """Record, switch off, replay, compare."""
    tried, began = Tried(pair, mode), time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        first = record(tried, folder)
        tried.results = len(first)
        inspect(tried, folder)
        second = replay(pair, folder)
        different = differences(first, second)
        tried.troubles += different
        tried.equal = tried.results - len(different)
    except (Died, OSError, ValueError) as error:
        tried.troubles.append(str(error))
    tried.seconds = time.monotonic() - began
    return tried


def line(tried: Tried) -> str:
    """One row of the table."""
    verdict = "equal" if tried.well else "DIFFERS"
    return (
        f"{tried.pair.name:24} {tried.mode:8} {tried.exchanges:9} {tried.secrets:7} "
        f"{tried.equal:5}/{tried.results:<5} {verdict:8} {tried.seconds:7.1f}"
    )


def main() -> int:
    """Try the pairs that were asked for, and print the table as it grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="*", choices=[[], *(pair.name for pair in PAIRS)], metavar="PAIR")
    parser.add_argument("--mode", choices=("reverse", "forward"), action="append")
    parser.add_argument("--keep", type=Path, help="a folder for tapes and logs")
    asked = parser.parse_args()
    chosen = [pair for pair in PAIRS if not asked.pairs or pair.name in asked.pairs]
    print(
        f"{'pair':24} {'mode':8} {'exchanges':>9} {'secrets':>7} {'equal':>8}    {'replay':8} {'seconds':>7}",
        flush=True,
    )
    place = nullcontext(asked.keep) if asked.keep else tempfile.TemporaryDirectory()
    bad = 0
    with place as root:
        for pair in chosen:
            for mode in asked.mode or ("reverse", "forward"):
                tried = try_pair(pair, mode, Path(root) / pair.name / mode)
                print(line(tried), *(f"  {trouble}" for trouble in tried.troubles), sep="\n", flush=True)
                bad += not tried.well
    print(
        f"{len(chosen)} pairs; {bad} recordings whose replay is not equal" if bad else f"{len(chosen)} pairs: all equal"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
