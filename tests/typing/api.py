"""The public API in typed use: never run, checked by mypy in ``make check``."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from random import Random
from typing import Any, assert_type

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response, header
from tapehiss.cassettes.importing import read_recording
from tapehiss.cassettes.projectkey import project_key
from tapehiss.cassettes.redaction import Quarantined, Redactor
from tapehiss.cassettes.rulefile import load_rules
from tapehiss.cassettes.tape import Tape, open_tape, open_tapes
from tapehiss.cassettes.writer import Sync, TapeWriter
from tapehiss.clients.httpx_adapter import AsyncClient, Client
from tapehiss.clients.httpx_webhooks import AsyncWebhookSender
from tapehiss.clients.retry import RetryPolicy, retrying
from tapehiss.clients.webhook_inbox import SqliteInbox
from tapehiss.clients.webhook_router import webhook_router
from tapehiss.clients.webhook_sending import Delivery, Endpoint, message_of
from tapehiss.clients.webhooks import Receiver, Route, Unknown, receive
from tapehiss.contracts.evidence import Contract, from_json, learn, observe, to_json
from tapehiss.contracts.views import openapi
from tapehiss.contracts.webhook_events import Event
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.postbox import Postbox
from tapehiss.mocks.schedule import Schedule
from tapehiss.mocks.server import Server
from tapehiss.mocks.shorthand import rule_from_text
from tapehiss.mocks.vendor import Vendor
from tapehiss.mocks.webhook_file import read_plan


def values() -> None:
    exchange = Exchange(Request("GET", "https://api.vendor.example/"), Response(200, headers=(("ETag", "1"),)))
    if exchange.response:
        assert_type(header(exchange.response.headers, "etag"), str | None)
    exchange.label = "no"  # type: ignore[misc]  # frozen


def tapes(path: Path) -> None:
    with open_tape(path) as tape:
        assert_type(tape, Tape)
        assert_type(tape[0], Exchange)
    assert_type(open_tapes([path]), tuple[Tape, ...])


def the_one_door(exchange: Exchange, path: Path) -> None:
    redactor = Redactor(load_rules(None, {}), key=project_key(path, {}))
    outcome = redactor.clean(exchange)
    assert_type(outcome, Clean | Quarantined)
    with TapeWriter(path, sync=Sync.GROUP) as writer:
        writer.append(exchange)  # type: ignore[arg-type]  # only what went through the door
        if not isinstance(outcome, Quarantined):
            writer.append(outcome)


def recordings(path: Path) -> None:
    for found in read_recording(path):
        if isinstance(found, Exchange):
            assert_type(found.request.body, bytes)
        else:
            assert_type(found.where, str)


def contracts(exchange: Clean) -> None:
    evidence = observe(exchange) + Contract() + learn([exchange])
    assert_type(from_json(to_json(evidence)), Contract)
    assert_type(openapi(evidence)["openapi"], Any)


def mocks(exchange: Exchange, schedule: Schedule) -> None:
    vendor = Vendor.of([exchange], schedule, seed=1)
    with Server(vendor) as server:
        assert_type(server.url, str)
    rule_from_text("429 retry-after=1 first=2")


def clients(url: str) -> None:
    retrying(Request("GET", url), RetryPolicy(), now=0.0, dice=Random(1))
    with Client(url) as client:
        assert_type(client.get("/things").status, int)


async def aclients(url: str) -> None:
    async with AsyncClient(url) as client:
        assert_type((await client.get("/things")).status, int)


async def webhooks(exchange: Exchange, path: Path) -> None:
    def paid(event: Event, database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO paid VALUES (?)", (event.id,))

    receiver = Receiver(keyring("stripe", ["whsec_1", "whsec_2"]), (Route(paid, "invoice.*"),), unknown=Unknown.REFUSE)
    with SqliteInbox(path) as inbox:
        assert_type(receive(receiver, inbox, exchange.request.headers, exchange.request.body, 0.0), Response)
        webhook_router(receiver, inbox)
    endpoint, message = Endpoint("https://us.example/", receiver.ring), message_of("msg_1", "paid", {"id": 7}, 0.0)
    async with AsyncWebhookSender(endpoint) as sender:
        assert_type(await sender.deliver(message), Delivery)
    with Server(Vendor(), webhooks=Postbox(read_plan(path, {}), endpoint.url, seed=7)) as server:
        assert_type(server.settled(5.0), bool)
