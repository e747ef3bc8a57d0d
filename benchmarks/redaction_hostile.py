"""Redaction of bodies that are made to be slow: four times the bytes, four times the time. One command, one table.

    python benchmarks/redaction_hostile.py [--kilobytes 100]

Each text opens as many names, quotes or keys as it can and closes none. Exit code 1: time grew faster than the bytes.
"""

from __future__ import annotations

import argparse
import sys
import time

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.redaction import Redactor, Rules

GROWTH = 4
RATIO_MAX = 8.0
MS_MIN = 40.0
"""Below that, a ratio is noise."""
BODIES = {
    "names in names": b'{"password":',
    "names in lists": b'{"token":[',
    "open strings": b'password="',
    "open parts of a form": b'name="password"\r\n\r\n',
    "open elements": b"<password>",
    "open CDATA": b"<password><![CDATA[",
    "open attributes": b'<input name="password" ',
    "assignments": b"password = ",
    "userinfo": b"http://a@",
    "tokens": b"eyJ",
    "tokens behind dashes": b"-eyJhbGciOi",
    "private keys": b"-----BEGIN PRIVATE KEY-----",
    "JSON Web Keys": b'"kty"',
    "manifests": b'"kind":"Secret","data":{"a":"bcdefgh"},',
    "compressed": b"\x1f\x8b\x08",
    "backslashes": b"\\",
    "escaped quotes": b'\\"',
    "percent": b"%41",
    "base64": b"QUJDREVGR0hJSktMTU5P",
}
HEADERS = {"a long word": "a", "pairs": "a=b ", "commas": "a=b,", "spaces": "a "}


def cpu_s(x: Exchange) -> float:
    """CPU seconds to clean one exchange."""
    redactor = Redactor(Rules(), key=b"a project key for the benchmark")
    begun = time.process_time()
    redactor.clean(x)
    return time.process_time() - begun


def with_body(piece: bytes, size: int) -> Exchange:
    """An answer that repeats one piece."""
    headers = (("Content-Type", "application/json"),)
    body = piece * (size // len(piece))
    return Exchange(Request("GET", "https://api.vendor.example/"), Response(200, "OK", headers, body))


def with_header(name: str, piece: str, size: int) -> Exchange:
    """A request with a header that repeats one piece."""
    value = "Digest " + piece * (size // len(piece))
    return Exchange(Request("GET", "https://api.vendor.example/", ((name, value),)))


def main() -> int:
    """Print the table; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kilobytes", type=int, default=100)
    size = parser.parse_args().kilobytes * 1000
    rows = {f"body: {name}": [with_body(piece, n) for n in (size, GROWTH * size)] for name, piece in BODIES.items()}
    for header in ("Authorization", "Cookie", "X-Signature"):
        for name, piece in HEADERS.items():
            rows[f"{header}: {name}"] = [with_header(header, piece, n) for n in (size // 2, GROWTH * size // 2)]
    missed = 0
    print(
        f"{'':<32}{f'{size // 1000} kB, ms':>14}{f'{GROWTH * size // 1000} kB, ms':>14}{'slower by':>12}{'target':>9}"
    )
    for name, (small, large) in rows.items():
        short, long = cpu_s(small) * 1e3, cpu_s(large) * 1e3
        ratio = max(long, MS_MIN) / max(short, MS_MIN)
        missed += ratio > RATIO_MAX
        print(f"{name:<32}{short:>14.1f}{long:>14.1f}{ratio:>11.1f}x{RATIO_MAX:>8.0f}x")
    print(f"\n{missed} of {len(rows)} grow faster than their length")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
