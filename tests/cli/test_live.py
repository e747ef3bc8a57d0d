"""``tapehiss check --live``."""

from __future__ import annotations

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from recordings import write_tape

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli import live
from tapehiss.cli.live import Live
from traffic import answer

SECRET = f"tok_{os.urandom(12).hex()}"
URL = "https://api.vendor.example/v1/"
TAPE = [answer({"a": n, "b": "x"}, url=f"{URL}things?n={n}") for n in range(30)] + [
    answer({"c": 1}, url=f"{URL}others"),
    answer({"d": 1}, url=f"{URL}things", method="POST"),
]


class Vendor(ThreadingHTTPServer):
    """A vendor that says what it was told to say, and remembers how it was asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked, self.body, self.status, self.key = [], {"a": 1, "b": "x"}, 200, None
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        """Answer."""
        server = self.server
        server.asked.append((self.command, self.path, dict(self.headers)))
        body = json.dumps(server.body).encode()
        wanted = server.key is None or self.headers.get("Authorization") == server.key
        self.send_response(server.status if wanted else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def vendor():
    """A running vendor."""
    with Vendor() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def check(tapehiss, tmp_path):
    """``tapehiss check`` of a tape against itself, with more options, fast."""
    tape = write_tape(tmp_path / "t.yaml", TAPE)
    return lambda *more: tapehiss("check", "-c", tape, tape, "--per-second", "1000", *more)


def test_safe_requests_are_asked_and_answers_checked(check, vendor):
    """A vendor that answers as recorded passes; only GET was asked, each request once, of every operation."""
    said = check("--live", vendor.url, "--max-requests", "5")
    assert said.code == 0
    assert {method for method, _, _ in vendor.asked} == {"GET"}
    assert len({path for _, path, _ in vendor.asked}) == len(vendor.asked) == 5
    assert "/v1/others" in {path for _, path, _ in vendor.asked}
    assert "asked 5 requests at the vendor" in said.out
    assert "not a safe method ×1" in said.out


def test_what_has_changed_is_found(check, vendor):
    """A member that is gone is an error, whose witness is a URL."""
    vendor.body = {"a": 1}
    said = check("--live", vendor.url, "--max-requests", "3", "-f", "json")
    found = next(each for each in json.loads(said.out)["findings"] if each["id"] == "member-missing")
    assert said.code == 1
    assert found["subject"] == '"b"'
    assert found["operation"] == "GET https://api.vendor.example/v1/things"
    assert found["witness"]["tape"].startswith(vendor.url)


def test_credentials_come_from_the_environment_and_are_never_said(check, vendor, monkeypatch):
    """The header is sent; whatever the vendor repeats of it, no output holds it."""
    monkeypatch.setenv("VENDOR_AUTH", f"Bearer {SECRET}")
    monkeypatch.setenv("VENDOR_KEY", SECRET)
    vendor.key = f"Bearer {SECRET}"
    vendor.body = {"a": f"you sent Bearer {SECRET}", "b": SECRET, SECRET: 1}
    for form in ("text", "json", "sarif", "markdown"):
        said = check("--live", vendor.url, "--header", "Authorization=VENDOR_AUTH", "--query", "api_key=VENDOR_KEY",
                     "--max-requests", "3", "-f", form, "--show", "info")  # fmt: skip
        assert "kind-unexpected" in said.out
        assert SECRET not in said.out + said.err
    assert all(SECRET in path for _, path, _ in vendor.asked)


def test_a_dry_run_asks_nothing(check, vendor, monkeypatch):
    """What would be asked, without credentials."""
    monkeypatch.setenv("VENDOR_KEY", SECRET)
    said = check("--live", vendor.url, "--query", "api_key=VENDOR_KEY", "--max-requests", "2", "--dry-run")
    assert said.out.splitlines() == [f"GET {vendor.url}/v1/others", f"GET {vendor.url}/v1/things"]
    assert vendor.asked == []


def test_other_methods_when_told(check, vendor):
    """``--method POST`` is somebody's decision."""
    check("--live", vendor.url, "--method", "POST")
    assert [method for method, _, _ in vendor.asked] == ["POST"]


def test_a_rate_limit_and_rejections_are_no_drift(check, vendor):
    """What is turned down says nothing about the contract; when all is, it could not be tried."""
    vendor.status = 429
    said = check("--live", vendor.url)
    assert (said.code, len(vendor.asked)) == (2, 1)
    vendor.key = "no"
    said = check("--live", vendor.url, "--max-requests", "2")
    assert said.code == 2
    assert "401 ×2" in said.err
    assert "--header" in said.err


def test_nobody_there_is_said(check):
    """No connection: code 2 and one line."""
    said = check("--live", "http://127.0.0.1:9", "--max-requests", "2")
    assert (said.code, len(said.err.splitlines())) == (2, 1)


@pytest.mark.parametrize(
    "more",
    [
        ("--live", "nonsense"),
        ("--live", "http://h", "--origin", "https://other.example"),
        ("--live", "http://h", "--header", "A"),
    ],
)
def test_what_cannot_be_asked_is_said_before_anything_is(check, more):
    """A URL that is none, an origin that was not recorded, a header without a variable."""
    said = check(*more)
    assert (said.code, said.out, len(said.err.splitlines())) == (2, "", 1)


def test_a_variable_that_is_not_set_is_named():
    """Its name, of course not its value."""
    with pytest.raises(Misuse, match="VENDOR_AUTH"):
        Live("http://h", headers=("Authorization=VENDOR_AUTH",)).credentials({})


def test_nothing_to_ask_is_said(check, vendor):
    """When no recorded request is fit to be asked again."""
    said = check("--live", vendor.url, "--method", "PUT")
    assert (said.code, vendor.asked) == (2, [])
    assert "--method" in said.err


def test_an_answer_that_is_too_long_is_not_taken(check, vendor, monkeypatch):
    """It is not the vendor's drift; when all are, it could not be tried."""
    monkeypatch.setattr(live, "BODY_MAX_BYTES", 5)
    said = check("--live", vendor.url, "--max-requests", "2")
    assert (said.code, len(said.err.splitlines())) == (2, 1)


def test_what_may_hold_a_secret_is_not_checked(check, vendor, tmp_path):
    """An answer that redaction cannot make clean is counted, not quoted."""
    (tmp_path / "tapehiss.toml").write_text("[redaction.limits]\nscan_max_bytes = 20\n")
    vendor.body = {"a": "changed"}
    said = check("--live", vendor.url, "--max-requests", "2", "--config", tmp_path / "tapehiss.toml")
    assert said.code == 0
    assert "2 answers may hold secrets and were not checked" in said.out
