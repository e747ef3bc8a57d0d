"""A mock vendor in twenty lines: a tape answers, a rule strikes, the journal tells.

python examples/serving.py
"""

import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.cassettes.writer import TapeWriter
from tapehiss.mocks.faults import Status
from tapehiss.mocks.loading import load_vendor
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.server import Server

URL = "https://api.vendor.example/v1/orders/1"
JSON = (("Content-Type", "application/json"),)


def status_of(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


with tempfile.TemporaryDirectory() as folder:
    tape = Path(folder, "orders.yaml")
    with TapeWriter(tape) as writer:  # as a rule `tapehiss record` writes tapes
        for state in (b'{"state": "new"}', b'{"state": "paid"}'):
            writer.append(Clean(Exchange(Request("GET", URL), Response(200, "OK", JSON, state))))

    busy = Rule(Status(429, (("Retry-After", "1"),)), on="GET /v1/*", first=2)
    with Server(load_vendor([tape], schedule=(busy,))) as server:
        print([status_of(f"{server.url}/v1/orders/1") for _ in range(3)])  # [429, 429, 200]
        server.play(())  # fair weather from now on
        print([status_of(f"{server.url}/v1/orders/{number}") for number in (1, 2)])  # [200, 404]
        for entry in server.journal():
            print(entry.method, entry.path, entry.status, entry.rung.value, *entry.struck)
