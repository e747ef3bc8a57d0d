"""``docs/client.md`` is true."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.clients import errors
from tapehiss.clients.breaker import BreakerPolicy
from tapehiss.clients.budget import Budget
from tapehiss.clients.calling import Asked
from tapehiss.clients.classify import Promises
from tapehiss.clients.httpx_adapter import Options
from tapehiss.clients.limiter import LimitPolicy
from tapehiss.clients.retry import RetryPolicy
from tapehiss.contracts.evidence import learn, to_json
from tapehiss.mocks.faults import Reset
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor

if TYPE_CHECKING:
    import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "client.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
HOST = "https://api.vendor.example"
JSON = (("Content-Type", "application/json"),)


def run(example: str) -> None:
    exec(compile(example, "docs/client.md", "exec"), {})


def test_the_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The first example runs against a vendor, and says what it should when the charge meets an outage."""
    tape = [
        Exchange(Request("GET", f"{HOST}/v1/customers/42"), Response(200, "", JSON, b"{}")),
        Exchange(Request("POST", f"{HOST}/v1/charges", JSON, b'{"amount": 500}'), Response(201, "", JSON, b"{}")),
    ]
    for schedule, said in (((), ""), ((Rule(Reset(), "POST *"),), "was it charged?")):
        with Server(Vendor.of(tape, schedule)) as server:
            run(EXAMPLES[0].replace(HOST, server.url))
        assert capsys.readouterr().out.startswith(said)


def test_the_integration_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second example runs against a vendor with a token endpoint, and says so when nobody knows whether it was charged."""
    charge = Exchange(
        Request("POST", f"{HOST}/v1/charges", JSON, b'{"amount": 500}'), Response(201, "", JSON, b'{"id": 1}')
    )
    form = (("Content-Type", "application/x-www-form-urlencoded"),)
    token = Exchange(
        Request("POST", f"{HOST}/token", form, b"grant_type=client_credentials"),
        Response(200, "", JSON, b'{"access_token": "t1", "expires_in": 3600}'),
    )
    (tmp_path / "vendor.contract.json").write_text(to_json(learn([charge, token])))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VENDOR_SECRET", "made-up")
    for schedule, last in (((), "call-ended"), ((Rule(Reset(), "POST /v1/*"),), "ask the vendor")):
        with Server(Vendor.of([charge, token], schedule)) as server:
            run(EXAMPLES[1].replace(HOST, server.url))
        said = capsys.readouterr().out.splitlines()
        assert said[0].startswith("call-began POST")
        assert said[-1].startswith(last)


def test_the_streams_run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The third example writes a file and tells events, up to the last."""
    octets, events = (("Content-Type", "application/octet-stream"),), (("Content-Type", "text/event-stream"),)
    tape = [
        Exchange(Request("GET", f"{HOST}/v1/export"), Response(200, "", octets, b"all of it")),
        Exchange(Request("GET", f"{HOST}/v1/events"), Response(200, "", events, b"data: 1\n\ndata: [DONE]\n\n")),
    ]
    monkeypatch.chdir(tmp_path)
    with Server(Vendor.of(tape)) as server:
        run(EXAMPLES[2].replace(HOST, server.url))
    assert (tmp_path / "export.bin").read_bytes() == b"all of it"
    assert capsys.readouterr().out == "message 1\nmessage [DONE]\n"


def test_the_flow_runs() -> None:
    """The fourth example runs as it is."""
    run(EXAMPLES[3])


def test_every_setting_is_told() -> None:
    """Each setting of a policy, a client and a call is on the page, and each error."""
    names = [
        *(each.name for kind in (RetryPolicy, Promises, LimitPolicy, BreakerPolicy, Budget) for each in fields(kind)),
        *Options.__annotations__,
        *Asked.__annotations__,
        *(name for name, each in vars(errors).items() if isinstance(each, type) and issubclass(each, errors.ApiError)),
    ]
    assert [name for name in names if not re.search(rf"\b{name}\b", PAGE)] == []


def test_the_defaults_are_the_defaults() -> None:
    """The numbers in the table are those in the code."""
    policy = RetryPolicy()
    for name in ("attempts_max", "deadline_s", "attempt_timeout_s", "retry_after_max_s"):
        assert f"| `{name}` | {getattr(policy, name):g} |" in PAGE
    assert f"| {policy.backoff_base_s:g}, {policy.backoff_max_s:g} |" in PAGE
