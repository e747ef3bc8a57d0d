"""HTTPS: with a vendor behind TLS, and as a forward proxy whose own authority the client trusts."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
from recorders import recorded
from vendors import Visit, ask, vendor

from tapehiss.cassettes.exchange import Ending

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Authority

GET = b"GET /thing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


def _hello(visit: Visit) -> None:
    visit.answer(b"hello", "Content-Type: text/plain")


def test_a_vendor_behind_tls(authority: Authority, tmp_path: Path) -> None:
    """Plain for the client, TLS to the vendor; the handshake is timed."""
    with (
        vendor(_hello, authority.server()) as there,
        recorded(tmp_path, there.url, upstream_ca=authority.pem) as recording,
    ):
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen.endswith(b"hello")
    assert exchange.request.url == f"{there.url}/thing"
    assert exchange.timings.tls_s is not None


def test_a_certificate_that_nobody_trusts(authority: Authority, tmp_path: Path) -> None:
    """The client is dropped as by the vendor's own handshake; the tape says why."""
    with vendor(_hello, authority.server()) as there, recorded(tmp_path, there.url) as recording:
        seen, _ = ask(recording.port, GET)
        [exchange] = recording.exchanges()

    assert seen == b""
    assert exchange.ending is Ending.TLS_FAILURE
    assert "certificate" in exchange.detail.lower()


def test_a_vendor_that_speaks_no_tls(authority: Authority, tmp_path: Path) -> None:
    """Likewise."""

    class Deaf(Visit):
        def read(self) -> bool:
            self.send(b"HTTP/1.1 400 Bad Request\r\n\r\nplain HTTP, please")
            return False

    with vendor(_hello, visit=Deaf) as there:
        url = there.url.replace("http:", "https:")
        with recorded(tmp_path, url, upstream_ca=authority.pem) as recording:
            seen, _ = ask(recording.port, GET)
            [exchange] = recording.exchanges()

    assert seen == b""
    assert exchange.ending is Ending.TLS_FAILURE


def _trusting(ca_folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_folder / "mitmproxy-ca-cert.pem"))


def test_a_forward_proxy_records_every_host(authority: Authority, tmp_path: Path) -> None:
    """HTTPS through CONNECT and plain HTTP in absolute form; one tape for each host, no proxy headers on them."""
    ca_folder = tmp_path / "ca"
    with (
        vendor(_hello, authority.server()) as secure,
        vendor(_hello) as plain,
        recorded(tmp_path / "tapes", upstream_ca=authority.pem, ca_folder=ca_folder) as recording,
        httpx.Client(proxy=recording.url, verify=_trusting(ca_folder)) as client,
    ):
        ours = {"Proxy-Connection": "keep-alive", "Proxy-Authorization": "Basic eA=="}
        answers = [
            client.get(f"{secure.url}/secure").text,
            client.get(f"http://localhost:{plain.port}/plain", headers=ours).text,
        ]
        exchanges = recording.exchanges()
        tapes = recording.stop().tapes

    assert answers == ["hello", "hello"]
    urls = {exchange.request.url for exchange in exchanges}
    assert urls == {f"{secure.url}/secure", f"http://localhost:{plain.port}/plain"}
    assert len(tapes) == 2
    names = {name.lower() for exchange in exchanges for name, _ in exchange.request.headers}
    assert not any(name.startswith("proxy-") for name in names)


def test_a_client_that_does_not_trust_us_is_counted(authority: Authority, tmp_path: Path) -> None:
    """By host, so that the person can be told how to trust the certificate authority."""
    with (
        vendor(_hello, authority.server()) as there,
        recorded(tmp_path / "tapes", upstream_ca=authority.pem, ca_folder=tmp_path / "ca") as recording,
    ):
        with httpx.Client(proxy=recording.url) as client, pytest.raises(httpx.ConnectError):
            client.get(f"https://localhost:{there.port}/")
        summary = recording.stop()

    assert summary.tally.tls_refused == {"localhost": 1}


def test_a_vendor_that_is_not_there_behind_connect(authority: Authority, tmp_path: Path) -> None:
    """The request is on the tape although no connection came about."""
    from vendors import closed_port

    ca_folder, port = tmp_path / "ca", closed_port()
    with (
        recorded(tmp_path / "tapes", upstream_ca=authority.pem, ca_folder=ca_folder) as recording,
        httpx.Client(proxy=recording.url, verify=_trusting(ca_folder)) as client,
    ):
        with pytest.raises(httpx.TransportError):
            client.get(f"https://localhost:{port}/gone")
        [exchange] = recording.exchanges()

    assert exchange.ending is Ending.REFUSED
    assert exchange.request.url == f"https://localhost:{port}/gone"
