"""What docs/webhooks.md shows works as shown."""

from __future__ import annotations

import re
import shlex
import sqlite3
from pathlib import Path

import click
import httpx
import pytest
from fastapi import FastAPI
from webhooking import SECRETS, serving

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cli.main import tapehiss
from tapehiss.clients.webhook_inbox import SqliteInbox
from tapehiss.clients.webhook_router import webhook_router
from tapehiss.clients.webhooks import Receiver, Route
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.contracts.webhook_styles import STYLES
from tapehiss.mocks.postbox import Postbox
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.webhook_file import parse_plan

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
RECEIVER, SENDER = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
PLAN = next(block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL) if "storm" in block)
JSON = (("Content-Type", "application/json"),)
PAID = Exchange(
    Request("POST", "https://api.vendor.example/v1/invoices/in_1/pay"),
    Response(200, "OK", JSON, b'{"id": "in_1", "amount_paid": 500}'),
)


@pytest.fixture
def endpoint(tmp_path, monkeypatch):
    """The receiver as it stands in the document, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STRIPE_WEBHOOK_SECRETS", "new old")
    scope: dict[str, object] = {}
    exec(compile(RECEIVER, "docs/webhooks.md", "exec"), scope)
    with serving(scope["app"]) as url:
        yield f"{url}/webhooks/stripe"


def test_the_receiver_takes_what_the_plan_sends(endpoint, tmp_path):
    """Twenty lines, against the storm of the document's own plan: ten payments, ten rows."""
    text = PLAN.replace("pace: 0.001", "pace: 0").replace("reorder_s: 2", "reorder_s: 0.02")
    plan = parse_plan(text.encode(), tmp_path / "hooks.yaml", {"STRIPE_WEBHOOK_SECRET": "old"})
    with Server(Vendor.of([PAID]), webhooks=Postbox(plan, endpoint, seed=3)) as server:
        for _ in range(10):
            assert httpx.post(f"{server.url}/v1/invoices/in_1/pay").status_code == 200
        assert server.settled()
        told = server.webhooks()
    assert told is not None
    rows = sqlite3.connect(tmp_path / "webhooks.db").execute("SELECT * FROM paid").fetchall()
    arrived = 10 - told.exhausted
    assert (rows, told.believed) == ([("in_1", 500)] * arrived, 0)
    assert told.forged
    assert told.duplicated


def test_the_sender_delivers(monkeypatch, capsys):
    """What it sends is taken by a receiver of the standard's style."""
    handled = []
    app = FastAPI()
    receiver = Receiver(keyring("standard", SECRETS[:1]), (Route(lambda event, _: handled.append(event.type)),))
    app.include_router(webhook_router(receiver, SqliteInbox(":memory:"), "/hooks"))
    with serving(app) as url:
        monkeypatch.setenv("OUR_WEBHOOK_SECRETS", SECRETS[0])
        monkeypatch.setenv("CUSTOMER_URL", f"{url}/hooks")
        exec(compile(SENDER, "docs/webhooks.md", "exec"), {})
    assert (capsys.readouterr().out, handled) == ("taken\n", ["invoice.paid"])


@pytest.mark.parametrize("line", re.findall(r"^\$ (tapehiss .*)$", TEXT, re.MULTILINE))
def test_the_commands_exist(line):
    """Every option that the document shows is one that its verb knows."""
    _, verb, *words = shlex.split(line)
    command = tapehiss.get_command(click.Context(tapehiss), verb)
    assert command is not None
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known


def test_every_style_is_described():
    """A row for each, with its header or its place."""
    assert set(re.findall(r"^\| `(\w+)` \|.*\|.*\|.*\|$", TEXT, re.MULTILINE)) >= set(STYLES) == set(RETRIES)
