"""Traffic that looks like a vendor's, by dice: charges, issues and messages, as many as wanted, in constant memory.

Three shapes of body that real vendors send: records with nested objects and optional members (charges, 4 kB a page), wide
records with lists and nullable members (issues, 7 kB), a tagged union of events (messages, 3 kB). Ids, times and texts are always new.
"""

from __future__ import annotations

import random
import string
from typing import TYPE_CHECKING, Any

import orjson

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ORIGIN = "https://api.vendor.example"
ALPHABET = string.ascii_letters + string.digits
WORDS = (
    "invoice",
    "late",
    "refund",
    "order",
    "customer",
    "shipping",
    "label",
    "renewal",
    "trial",
    "team",
    "é",
    "urgent",
)
STARTED_AT = 1_790_000_000.0


def exchanges(size_bytes: int, seed: int = 1) -> Iterator[Clean]:
    """Exchanges with at least so many bytes of response bodies, one after another."""
    dice, made, number = random.Random(seed), 0, 0
    makers: tuple[Callable[[random.Random], tuple[str, dict[str, Any]]], ...] = (charges, issues, messages)
    while made < size_bytes:
        path, document = makers[number % len(makers)](dice)
        body = orjson.dumps(document)
        yield Clean(_exchange(path, body, number, dice))
        made += len(body)
        number += 1


def token(dice: random.Random, length: int = 24) -> str:
    """Letters and digits."""
    return "".join(dice.choices(ALPHABET, k=length))


def text(dice: random.Random, most: int = 12) -> str:
    """Some words."""
    return " ".join(dice.choices(WORDS, k=dice.randint(1, most)))


def charges(dice: random.Random) -> tuple[str, dict[str, Any]]:
    """A page of payments."""
    data = [_charge(dice) for _ in range(8)]
    return f"/v1/customers/cus_{token(dice, 14)}/charges?limit=8", {"object": "list", "data": data, "has_more": True}


def _charge(dice: random.Random) -> dict[str, Any]:
    failed = dice.random() < 0.1
    charge = {
        "id": f"ch_{token(dice)}",
        "object": "charge",
        "amount": dice.randint(50, 900_000),
        "amount_refunded": 0,
        "currency": dice.choice(("usd", "eur", "gbp")),
        "created": dice.randint(1_600_000_000, 1_790_000_000),
        "captured": not failed,
        "description": text(dice) if dice.random() < 0.5 else None,
        "status": "failed" if failed else "succeeded",
        "billing_details": {"address": {"city": text(dice, 1), "country": "DE", "line2": None}, "name": text(dice, 2)},
        "metadata": {f"key_{dice.randint(1, 9)}": text(dice, 1)} if dice.random() < 0.3 else {},
        "outcome": {"network_status": "approved_by_network", "risk_score": dice.randint(0, 99), "type": "authorized"},
        "receipt_url": f"https://pay.vendor.example/receipts/{token(dice, 30)}",
    }
    return {**charge, "failure_code": "card_declined", "failure_message": text(dice)} if failed else charge


def issues(dice: random.Random) -> tuple[str, dict[str, Any]]:
    """A page of issues."""
    items = [_issue(dice) for _ in range(6)]
    path = f"/repos/{dice.choice(('acme', 'initech'))}/{dice.choice(('web', 'api', 'docs'))}/issues"
    return f"{path}?state=open&page={dice.randint(1, 9)}", {"total_count": dice.randint(1, 9999), "items": items}


def _issue(dice: random.Random) -> dict[str, Any]:
    number = dice.randint(1, 99_999)
    return {
        "id": dice.randint(1, 2**40),
        "number": number,
        "title": text(dice),
        "body": text(dice, 60) if dice.random() < 0.9 else None,
        "state": dice.choice(("open", "closed")),
        "user": _user(dice),
        "assignee": _user(dice) if dice.random() < 0.4 else None,
        "labels": [
            {"id": dice.randint(1, 2**30), "name": text(dice, 1), "default": False} for _ in range(dice.randint(0, 4))
        ],
        "score": dice.random(),
        "created_at": f"2026-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}T08:00:00Z",
        "closed_at": None,
        "html_url": f"{ORIGIN}/issues/{number}",
        "reactions": {"total_count": dice.randint(0, 5), "heart": 0, "rocket": dice.randint(0, 3)},
    }


def _user(dice: random.Random) -> dict[str, Any]:
    login = token(dice, 8)
    return {"login": login, "id": dice.randint(1, 2**30), "site_admin": False, "avatar_url": f"{ORIGIN}/u/{login}?v=4"}


def messages(dice: random.Random) -> tuple[str, dict[str, Any]]:
    """Events of several types."""
    return f"/v2/threads/{dice.randint(1, 10**9)}/events", {
        "events": [_event(dice) for _ in range(14)],
        "next": token(dice),
    }


def _event(dice: random.Random) -> dict[str, Any]:
    kind = dice.choice(("message", "join", "reaction"))
    body: dict[str, Any] = {
        "message": {"text": text(dice, 20), "blocks": [{"kind": "paragraph", "spans": [text(dice, 4), text(dice, 4)]}]},
        "join": {"by": token(dice, 9), "invited": dice.random() < 0.5},
        "reaction": {"name": text(dice, 1), "users": [token(dice, 9) for _ in range(dice.randint(1, 5))]},
    }[kind]
    return {
        "type": kind,
        "ts": f"{dice.randint(10**9, 2 * 10**9)}.{dice.randint(0, 999999):06}",
        "team": "T0001",
        **body,
    }


def _exchange(path: str, body: bytes, number: int, dice: random.Random) -> Exchange:
    asked = (
        ("Host", "api.vendor.example"),
        ("User-Agent", "python-httpx/0.28.1"),
        ("Accept", "application/json"),
        ("Authorization", f"Bearer sk_test_{token(dice)}"),
    )
    answered = (
        ("Date", "Sat, 21 Nov 2026 00:00:00 GMT"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("X-RateLimit-Limit", "100"),
        ("X-RateLimit-Remaining", str(99 - number % 100)),
        ("Request-Id", f"req_{token(dice, 14)}"),
        ("Cache-Control", "no-cache, no-store"),
    )
    request = Request("GET", ORIGIN + path, asked)
    return Exchange(request, Response(200, "OK", answered, body), started_at=STARTED_AT + number)
