"""Exchanges with headers and times, for what is said about a vendor's behaviour."""

from __future__ import annotations

import json
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response, Timings
from tapehiss.contracts.conduct import Conduct
from tapehiss.contracts.conducting import conduct_of
from tapehiss.contracts.counts import Evidence
from tapehiss.contracts.grouping import Origin, origins
from tapehiss.contracts.operations import parse
from tapehiss.contracts.reading import read
from tapehiss.contracts.sums import Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

HOST = "https://api.vendor.example"
NOW_S = 1_790_000_000.0


def told(
    url: str = "/v1/things",
    body: Any = None,
    *,
    method: str = "GET",
    status: int = 200,
    asked: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    sent: Any = None,
    at_s: float = NOW_S,
    took_s: float | None = None,
) -> Clean:
    """One exchange: what was asked with which headers, and what came back with which; bodies are JSON."""
    given = {"Date": formatdate(at_s, usegmt=True), **(headers or {})}
    content = b"" if body is None else json.dumps(body).encode()
    typed = {"Content-Type": "application/json"} if content else {}
    request = Request(
        method, HOST + url, tuple({**({"Content-Type": "application/json"} if sent else {}), **(asked or {})}.items()),
        json.dumps(sent).encode() if sent else b"",
    )  # fmt: skip
    response = Response(status, "", tuple({**typed, **given}.items()), content)
    return Clean(Exchange(request, response, started_at=at_s, timings=Timings(first_byte_s=took_s)))


def conduct(exchanges: Iterable[Clean]) -> Conduct:
    """The conduct that all these exchanges show, as one."""
    parts = (
        conduct_of(each, read(each), Seen(each.started_at, "tape.yaml", line)) for line, each in enumerate(exchanges, 1)
    )
    return sum(parts, Conduct())


def origin(exchanges: Iterable[Clean]) -> tuple[Origin, ...]:
    """The origins of a vendor that behaves so."""
    lines: dict[str, list[Clean]] = {}
    for each in exchanges:
        lines.setdefault(str(read(each).operation), []).append(each)
    return origins(
        (parse(line), Evidence({"complete": len(some)}, conduct=conduct(some))) for line, some in lines.items()
    )
