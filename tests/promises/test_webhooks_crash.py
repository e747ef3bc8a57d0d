"""W4 through crashes: the receiver is killed inside a handler, and after the commit before its answer; every event is handled once all the same."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Self

import httpx
from shop import SHOP

from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.postbox import Fate, Postbox
from tapehiss.mocks.server import Server
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.webhook_templates import Template
from tapehiss.mocks.webhooks import Plan, Storm

ROOT = Path(__file__).parents[2]
ORDERS = 12
MOMENTS = ("inside", "after")

RECEIVER = """
import os, signal, socket, sys, threading
from pathlib import Path
import uvicorn
from fastapi import FastAPI
from tapehiss.clients.webhook_inbox import SqliteInbox
from tapehiss.clients.webhook_router import webhook_router
from tapehiss.clients.webhooks import Fate, Receiver, Route
from tapehiss.contracts.webhook_signatures import keyring

folder, listener = Path(sys.argv[1]), socket.socket(fileno=int(sys.argv[2]))
handled = 0
dying = threading.Lock()

def die(moment, at):
    with dying:  # one moment for each death: another thread may be at the other one
        if handled == at and not (folder / moment).exists():
            (folder / moment).touch()
            os.kill(os.getpid(), signal.SIGKILL)

def handle(event, db):
    global handled
    handled += 1
    db.execute("CREATE TABLE IF NOT EXISTS handled (id TEXT)")
    db.execute("INSERT INTO handled VALUES (?)", (event.id,))
    die("inside", 3)

def notice(notice):
    if notice.fate is Fate.HANDLED:
        die("after", 2)

app = FastAPI()
receiver = Receiver(keyring("stripe", ["s"]), (Route(handle),), notice=notice)
app.include_router(webhook_router(receiver, SqliteInbox(folder / "w.db"), "/hooks"))
uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off")).run(sockets=[listener])
"""


class Supervisor:
    """Starts the receiver again whenever it dies, on the same socket, until it is told to stop."""

    def __init__(self, folder: Path) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/hooks"
        self.codes: list[int] = []
        self._words = [sys.executable, "-c", RECEIVER, str(folder), str(self.listener.fileno())]
        self._stop, self._process = threading.Event(), self._started()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def _started(self) -> subprocess.Popen[bytes]:
        environ = os.environ | {"PYTHONPATH": str(ROOT / ".import")}
        return subprocess.Popen(self._words, pass_fds=[self.listener.fileno()], env=environ)

    def _watch(self) -> None:
        while True:
            self.codes.append(self._process.wait())
            if self._stop.is_set():
                return
            self._process = self._started()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._process.kill()
        self._thread.join()
        self.listener.close()


def test_kill_9_costs_no_event_and_doubles_none(tmp_path):
    """The vendor sends again what was not acknowledged; mark and effect are one, so nothing is done twice and nothing is missing."""
    plan = Plan(
        keyring("stripe", ["s"]),
        (Template("ordered", "order.created", "POST /v1/orders"),),
        Storm(duplicates=0.3),
        pace=1e-6,
        retries=RETRIES["standard"],
    )
    with Supervisor(tmp_path) as receiver:
        postbox = Postbox(plan, receiver.url, seed=1, unix_s=time.time())
        with Server(Vendor.of(SHOP), webhooks=postbox) as server:
            for _ in range(ORDERS):
                httpx.post(f"{server.url}/v1/orders", json={"item": "tape", "count": 2})
            assert server.settled(60)
            log, totals = server.deliveries(), server.webhooks()
    assert receiver.codes == [-signal.SIGKILL] * (len(MOMENTS) + 1)
    assert all((tmp_path / moment).exists() for moment in MOMENTS)
    rows = [each for (each,) in sqlite3.connect(tmp_path / "w.db").execute("SELECT id FROM handled")]
    assert sorted(rows) == sorted({each.event for each in log})
    assert len(rows) == ORDERS
    assert totals is not None
    assert (totals.exhausted, any(each.fate is Fate.FAILED for each in log)) == (0, True)
