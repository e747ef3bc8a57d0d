"""HTTPS for a mock: real handshakes, and faults below TLS."""

from __future__ import annotations

import json
import shutil
import socket
import ssl
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from shop import HOST, SHOP
from shop import get as shop_get
from wires import Wire, get

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.mocks.certificates import CERTIFICATE, SECRET, advice, certified, served_names
from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.wire import GARBAGE

WAIT_S = 30.0


@pytest.fixture(scope="module")
def secured(tmp_path_factory):
    """A context and the file to trust."""
    return certified(tmp_path_factory.mktemp("project"), ["api.shop.example", "api.shop.example:8443", "[::1]"])


@pytest.fixture(scope="module")
def mock(secured):
    with Server(Vendor.of(SHOP), tls=secured[0]) as server:
        yield server


class Secure:
    """One TLS connection with its bytes in our own hands, because Python's ``ssl`` tells a reset as an EOF.

    ``ended`` is ``closed`` (with TLS's farewell), ``cut`` (FIN without it) or ``reset``.
    """

    def __init__(self, server: Server, certificate, name: str = "127.0.0.1") -> None:
        self.wire = Wire(server.port)
        self.ended = ""
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=certificate)
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_hostname=name)
        self.step(self.tls.do_handshake)

    def step(self, call):
        """What a call gives when the other side has said enough; nothing once the connection has ended."""
        while True:
            try:
                return call()
            except ssl.SSLWantReadError:
                self.wire.send(self.outgoing.read())
                data = self.wire.some()
                self.incoming.write(data)
                if not data:
                    self.ended = "reset" if self.wire.ended == "reset" else "cut"
                    return b""

    def rest(self, data: bytes) -> bytes:
        """Send, and read to the end."""
        self.tls.write(data)
        pieces = []
        try:
            while piece := self.step(lambda: self.tls.read(1 << 16)):
                pieces.append(piece)
        except ssl.SSLZeroReturnError:
            pass
        self.ended = self.ended or "closed"
        self.wire.socket.close()
        return b"".join(pieces)


def test_a_client_that_trusts_the_file_is_served(mock, secured):
    """Under this machine's names and under the vendor's; both planes; who does not trust is not served."""
    context = ssl.create_default_context(cafile=secured[1])
    with httpx.Client(verify=context, base_url=mock.url) as client:
        assert mock.url.startswith("https://127.0.0.1:")
        assert client.get("/v1/orders/1").json()["status"] == "new"
        assert client.get("/_tapehiss/health").json()["recordings"] == len(SHOP)
    for name in ("localhost", "127.0.0.1", "api.shop.example"):
        assert Secure(mock, secured[1], name).rest(get("/v1/orders/1", "Connection: close"))[9:12] == b"200"
    with pytest.raises(ssl.SSLCertVerificationError):
        Secure(mock, secured[1], "other.example")
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(mock.url)


@pytest.mark.parametrize(
    ("rule", "end", "ended"),
    [
        ("reset", b"", "reset"),
        ("empty", b"", "closed"),
        ("truncate=3", b'\r\n\r\n{"s', "closed"),
        ("truncate=3 lying", b'\r\n\r\n{"s', "closed"),
        ("garble", GARBAGE["all"], "closed"),
    ],
)
def test_faults_are_faults_below_tls(mock, secured, rule, end, ended):
    """RST is RST, with no farewell of TLS; a cut body and an empty answer end with that farewell and FIN."""
    mock.play((rule_from_text(rule),))
    wire = Secure(mock, secured[1])
    assert wire.rest(get("/v1/orders/1", "Connection: close")).endswith(end)
    assert wire.ended == ended
    mock.play(())


def test_links_lead_back_over_https(secured):
    """What the vendor links to is linked to the mock as the client reached it."""
    recorded = shop_get("/v1/a", body=f'{{"next": "{HOST}/v1/b"}}'.encode())
    with Server(Vendor.of([recorded]), tls=secured[0]) as server:
        answer = Secure(server, secured[1]).rest(
            get("/v1/a", "Connection: close").replace(b"Host: mock", b"Host: mock:8443")
        )
        assert answer.endswith(b'{"next": "https://mock:8443/v1/b"}')


def test_who_speaks_no_tls_is_let_go(mock, secured):
    """A plain request, a broken handshake: the connection ends, and the next client is served."""
    for data in (get("/v1/orders/1"), b"\x16\x03\x01\x00\x05hello", b"\x00" * 100):
        with socket.create_connection(("127.0.0.1", mock.port), timeout=WAIT_S) as wire:
            wire.sendall(data)
            try:
                while wire.recv(1000):
                    pass
            except ConnectionResetError:
                pass
    assert Secure(mock, secured[1]).rest(get("/v1/orders/1", "Connection: close"))[9:12] == b"200"


def test_the_authority_is_made_once(tmp_path):
    """At the next start it is the same, its key is for its owner only, and git does not see it."""
    first, again = (certified(tmp_path, [])[1].read_bytes() for _ in range(2))
    assert first == again
    folder = tmp_path / ".tapehiss"
    assert stat.S_IMODE((folder / SECRET).stat().st_mode) == 0o600
    assert b"PRIVATE" not in (folder / CERTIFICATE).read_bytes()
    assert (folder / ".gitignore").read_text() == "*\n"
    (folder / CERTIFICATE).unlink()
    assert certified(tmp_path, [])[1].read_bytes() == first


def test_two_that_begin_at_once_have_one_authority(tmp_path):
    """Whoever is first makes it, and the others use it."""
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: certified(tmp_path, []), range(4)))
    assert len({path.read_bytes() for _, path in made}) == 1
    with Server(Vendor.of(SHOP), tls=made[0][0]) as server:
        assert Secure(server, made[3][1]).rest(get("/v1/orders/1", "Connection: close"))[9:12] == b"200"


def test_files_that_are_no_authority_are_said(tmp_path):
    """With their place and what to do; likewise a place that cannot be written."""
    (tmp_path / ".tapehiss").mkdir()
    (tmp_path / ".tapehiss" / SECRET).write_bytes(b"hello")
    with pytest.raises(Misuse, match="remove it"):
        certified(tmp_path, [])
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(Weather, match="cannot be kept"):
        certified(tmp_path / "file", [])


def test_names_that_no_certificate_can_have_are_left_out():
    """Ports are cut off; odd authorities are passed over."""
    assert served_names(["a.example:8443", "a b", "[::1]:9", "10.0.0.1"]) == ["a.example", "::1", "10.0.0.1"]


def told(client: str, secured, mock) -> str:
    return dict(advice(secured[1], mock.url))[client]


def test_the_advice_for_curl_works(mock, secured):
    """As printed, with a path."""
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    command = [*told("curl", secured, mock).split()[:-1], "-s", f"{mock.url}/_tapehiss/ready"]
    assert json.loads(subprocess.run(command, capture_output=True, check=True, timeout=WAIT_S).stdout)["ready"]


@pytest.mark.parametrize(
    ("client", "program"),
    [
        ("requests", "import requests, sys; print(requests.get(sys.argv[1]).json()['ready'])"),
        (
            "httpx, openai, anthropic, urllib, Go, Ruby",
            "import httpx, sys; print(httpx.get(sys.argv[1]).json()['ready'])",
        ),
    ],
)
def test_the_advice_for_python_works(mock, secured, client, program):
    """With the variable that is printed."""
    name, _, value = told(client, secured, mock).removeprefix("export ").partition("=")
    command = [sys.executable, "-c", program, f"{mock.url}/_tapehiss/ready"]
    said = subprocess.run(
        command, env={name: value, "PATH": ""}, capture_output=True, text=True, check=False, timeout=WAIT_S
    )
    assert said.stdout == "True\n", said.stderr


def test_the_advice_for_node_works(mock, secured):
    """With the variable that is printed."""
    if shutil.which("node") is None:
        pytest.skip("no node here")
    name, _, value = told("Node", secured, mock).removeprefix("export ").partition("=")
    program = "require('https').get(process.argv[1], r => r.on('data', d => console.log(JSON.parse(d).ready)))"
    command = [shutil.which("node"), "-e", program, f"{mock.url}/_tapehiss/ready"]
    said = subprocess.run(command, env={name: value}, capture_output=True, text=True, check=False, timeout=WAIT_S)
    assert said.stdout == "true\n", said.stderr
