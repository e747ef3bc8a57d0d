"""``examples/http2/nginx.conf``: HTTP/2 in front of a mock. Runs where nginx is installed (Debian: ``apt install nginx``)."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import httpx
import pytest
from shop import HOST, SHOP, get

from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor

CONF = Path(__file__).resolve().parents[2] / "examples" / "http2" / "nginx.conf"
WAIT_S = 30.0

pytest.importorskip("h2")
NGINX = shutil.which("nginx")
pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx here")


@pytest.fixture(scope="module")
def mock():
    linked = get("/v1/link", body=f'{{"next": "{HOST}/v1/b"}}'.encode())
    with Server(Vendor.of([*SHOP, linked])) as server:
        yield server


@pytest.fixture(scope="module")
def front(mock, tmp_path_factory):
    """A client that speaks HTTP/2 to the front, made as the head of the configuration says."""
    folder = tmp_path_factory.mktemp("front")
    text = CONF.read_text()
    openssl = "".join(line.removeprefix("#").removesuffix("\\").strip() + " " for line in text.splitlines()[1:3])
    subprocess.run(openssl, shell=True, cwd=folder, check=True, capture_output=True, timeout=WAIT_S)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    text = text.replace("127.0.0.1:8000", f"127.0.0.1:{mock.port}").replace("127.0.0.1:8443", f"127.0.0.1:{port}")
    (folder / "nginx.conf").write_text(text)
    command = [NGINX, "-p", str(folder), "-c", "nginx.conf"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            context = ssl.create_default_context(cafile=folder / "front.pem")
            url = f"https://127.0.0.1:{port}"
            transport = httpx.HTTPTransport(http2=True, verify=context, retries=8)  # until nginx listens
            with httpx.Client(transport=transport, base_url=url, timeout=WAIT_S) as client:
                yield client
        finally:
            process.terminate()


def test_answers_links_and_streams_pass(front):
    """Over HTTP/2, and links lead back to the front."""
    answer = front.get("/v1/orders/1")
    assert (answer.http_version, answer.json()) == ("HTTP/2", {"status": "new"})
    assert front.get("/v1/link").json() == {"next": f"{front.base_url}/v1/b"}
    assert front.get("/v1/events").text == "data: a\n\ndata: b\n\n"
    assert front.get("/_tapehiss/ready").json()["ready"]


@pytest.mark.parametrize("rule", ["reset", "empty", "truncate=3", "truncate=3 abrupt", "unterminated"])
def test_a_broken_connection_is_a_broken_stream(mock, front, rule):
    """HTTP/2 breaks a stream where HTTP/1.1 breaks a connection; the mock was asked once."""
    mock.play((rule_from_text(rule),))
    mock.reset()
    with pytest.raises(httpx.RemoteProtocolError, match="StreamReset"):
        front.get("/v1/orders/1")
    assert mock.totals().requests == 1
    mock.play(())


@pytest.mark.parametrize(
    ("rule", "status"), [("503 retry-after=2", 503), ("502", 502), ("latency=0.05", 200), ("drip=200", 200)]
)
def test_other_faults_pass(mock, front, rule, status):
    """Statuses, also those that a front could have made itself; and time."""
    mock.play((rule_from_text(rule),))
    answer = front.get("/v1/orders/1")
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, "2" if "retry" in rule else None)
    assert "x-tapehiss-match" in answer.headers
    mock.play(())
