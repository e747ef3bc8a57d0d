"""A running mock is steered from the command line."""

from __future__ import annotations

import http.server
import threading

import pytest
from shop import SHOP

from tapehiss.cassettes.errors import Misuse, Weather
from tapehiss.cli.steering import Mock, is_url
from tapehiss.mocks.certificates import certified
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor


class Stranger(http.server.BaseHTTPRequestHandler):
    """Some other server."""

    def do_GET(self):
        """Something."""
        self.send_response(200 if "health" in self.path else 404)
        self.end_headers()
        self.wfile.write(b"<html>")

    def log_message(self, *_):
        """Nothing."""


@pytest.fixture
def stranger():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_questions_and_orders_reach_it():
    """With a slash at the end of the URL or without."""
    with Server(Vendor.of(SHOP)) as server:
        for url in (server.url, f"{server.url}/"):
            assert Mock(url).ask("PUT", "/schedule", {"rules": ["reset"]})["short"] == ["reset"]
            assert Mock(url).ask("GET", "/health")["recordings"] == len(SHOP)


def test_what_it_refuses_is_said():
    """A missing token, a wrong rule: with what to do; and nobody sees the token."""
    with Server(Vendor.of(SHOP), token="made-up") as server:
        with pytest.raises(Misuse, match="TAPEHISS_TOKEN"):
            Mock(server.url).ask("GET", "/health")
        mock = Mock(server.url, "made-up")
        with pytest.raises(Misuse, match=r"refused with 422: .*rules\[0\]"):
            mock.ask("PUT", "/schedule", {"rules": ["nonsense"]})
        assert "made-up" not in repr(mock)


def test_who_is_no_mock_is_told_apart(stranger):
    """Another server, whatever it answers; and nobody at all."""
    for path in ("/health", "/schedule"):
        with pytest.raises(Misuse, match="is no mock of ours"):
            Mock(stranger).ask("GET", path)
    with pytest.raises(Weather, match="no mock answers"):
        Mock("http://127.0.0.1:1").ask("GET", "/health")


def test_the_authority_of_this_folder_is_trusted(tmp_path, monkeypatch):
    """Where the mock was started; elsewhere it is said what is missing."""
    context, _ = certified(tmp_path, [])
    (tmp_path / "elsewhere").mkdir()
    with Server(Vendor.of(SHOP), tls=context) as server:
        monkeypatch.chdir(tmp_path)
        assert Mock(server.url).ask("GET", "/ready")["ready"]
        monkeypatch.chdir(tmp_path / "elsewhere")
        with pytest.raises(Weather, match=r"mock-ca\.pem"):
            Mock(server.url).ask("GET", "/ready")


def test_urls_are_told_from_tapes():
    """By their scheme."""
    words = ("http://h", "https://h:1/x", "tapes/a.yaml", "http:tape", "C:/x", "")
    assert [is_url(word) for word in words] == [True, True, False, False, False, False]
