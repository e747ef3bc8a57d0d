"""``tapehiss serve --webhooks``: what is refused, what is said, and that webhooks arrive."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest
from recordings import write_tape
from shop import SHOP

from tapehiss.cli.webhook_options import Webhooks, webhook_account
from tapehiss.contracts.webhook_events import events_of
from tapehiss.contracts.webhook_signatures import keyring, verify
from tapehiss.mocks.postbox import PostTotals

WAIT_S = 60
PLAN = "style: stripe\nsecrets: [s3]\ntemplates: {ordered: {type: order.created, on: POST /v1/orders}}\n"


@pytest.fixture
def tape(tmp_path):
    return write_tape(tmp_path / "shop.yaml", SHOP)


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "hooks.yaml"
    path.write_text(PLAN)
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--webhook-to", "http://127.0.0.1:1/"], "add --webhooks FILE"),
        (["--webhooks", "{plan}"], "add --webhook-to URL"),
        (["--webhooks", "{plan}", "--webhook-to", "https://hooks.example/"], "--webhook-anywhere"),
        (["--webhooks", "{plan}", "--webhook-to", "127.0.0.1:1"], "has no scheme"),
        (["--webhooks", "{plan}.none", "--webhook-to", "http://127.0.0.1:1/"], "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_said(tapehiss, tape, plan, words, said):
    """Exit code 2, and the remedy; nothing is served."""
    done = tapehiss("serve", tape, "--listen", "127.0.0.1:0", *[word.format(plan=plan) for word in words])
    assert (done.code, said in done.err) == (2, True)


def test_other_machines_only_when_told(plan):
    """The address of another machine is taken with ``--webhook-anywhere``; without webhooks there is no post office."""
    assert Webhooks(plan, "https://hooks.example/", anywhere=True).postbox(7).seed == 7
    assert Webhooks().postbox(0) is None


def test_a_webhook_follows_an_operation(tape, plan):
    """A process that serves tapes sends, signed, what follows; the account says so."""
    with socket.create_server(("127.0.0.1", 0)) as endpoint:
        endpoint.settimeout(WAIT_S)
        to = f"http://127.0.0.1:{endpoint.getsockname()[1]}/hooks"
        words = ["serve", str(tape), "--listen", "127.0.0.1:0", "--webhooks", str(plan), "--webhook-to", to, "--json"]
        run = [sys.executable, "-m", "tapehiss.cli", *words]
        with subprocess.Popen(run, stdout=subprocess.PIPE, text=True) as process:
            url = json.loads(process.stdout.readline())["url"]
            asked = urllib.request.Request(
                f"{url}/v1/orders", b'{"item": "tape", "count": 2}', {"Content-Type": "application/json"}
            )
            urllib.request.urlopen(asked, timeout=WAIT_S).close()
            connection, _ = endpoint.accept()
            with connection, connection.makefile("rb") as stream:
                lines = iter(lambda: stream.readline().decode().strip(), "")
                headers = tuple(tuple(line.split(": ", 1)) for line in lines if ": " in line)
                body = stream.read(int(dict(headers)["Content-Length"]))
                connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
                assert stream.read() == b""
            process.send_signal(signal.SIGINT)
            told = json.loads(process.stdout.readline())["webhooks"]
    ring = keyring("stripe", ["s3"])
    at = int(dict(headers)["Stripe-Signature"].split(",")[0].removeprefix("t="))
    verify(ring, headers, body, at)
    (event,) = events_of(ring.style, headers, body)
    assert (event.type, event.payload["data"]["object"]) == ("order.created", {"id": 1})
    assert (told["events"], told["attempts"]) == (1, 1)


def test_what_became_of_them_is_said():
    """Nothing of nothing; sums; and aloud what an endpoint should not have believed."""
    assert webhook_account(PostTotals()) == webhook_account(None) == []
    quiet = PostTotals(events=1, attempts=1, fates=(("taken", 1),))
    assert webhook_account(quiet) == ["webhooks   1 event, 1 attempt: 1 taken"]
    fates = (("failed", 2), ("taken", 3))
    said = webhook_account(PostTotals(9, 1, 1, 5, fates, 2, 1, 1, 1, 1, disabled=True))
    assert said == [
        "webhooks   9 events, 5 attempts: 2 failed, 3 taken",
        "webhooks   1 never sent, as planned",
        "webhooks   1 given up: not taken by any attempt",
        "webhooks   1 still to be sent",
        "webhooks   1 not sent: too many were waiting",
        "forged     2, 1 BELIEVED: the endpoint does not verify",
        "webhooks   the endpoint said 410 and gets no more",
    ]
    assert webhook_account(PostTotals(events=1, forged=1))[-1] == "forged     1, none believed"
