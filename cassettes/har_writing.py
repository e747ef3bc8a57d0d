"""One exchange as an entry of HAR 1.2; what the standard has no field for goes into ``_tapehiss`` (har_own.py)."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tapehiss.cassettes.exchange import Ending, header, header_values
from tapehiss.cassettes.har_own import OWN, own

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers, Message, Request, Response, Timings

NO_TYPE = "x-unknown"

ERRORS = {
    Ending.RESET: "net::ERR_CONNECTION_RESET",
    Ending.TRUNCATED: "net::ERR_CONTENT_LENGTH_MISMATCH",
    Ending.REFUSED: "net::ERR_CONNECTION_REFUSED",
    Ending.TIMED_OUT: "net::ERR_TIMED_OUT",
    Ending.CLIENT_GONE: "net::ERR_ABORTED",
    Ending.TLS_FAILURE: "net::ERR_SSL_PROTOCOL_ERROR",
    Ending.MALFORMED: "net::ERR_INVALID_HTTP_RESPONSE",
}
"""How Chrome names a bad ending, in the entry's ``_error``."""

_EPOCH = datetime.fromtimestamp(0, UTC)
_YEAR_9999_S = 253_402_300_799.0


def entry(exchange: Exchange) -> dict[str, Any]:
    """The entry of an exchange; a response that never came has status 0, as browsers write it."""
    timings = _timings(exchange.timings)
    held: dict[str, Any] = {
        "startedDateTime": _instant(exchange.started_at),
        "time": sum(spent for key, spent in timings.items() if spent > 0 and key != "ssl"),
        "request": _request(exchange.request),
        "response": _response(exchange.response) if exchange.response else _nothing(),
        "cache": {},
        "timings": timings,
        OWN: own(exchange),
    }
    if exchange.ending in ERRORS:
        held["_error"] = ERRORS[exchange.ending]
    if exchange.messages:
        held["_resourceType"] = "websocket"
        held["_webSocketMessages"] = [_message(message, exchange.started_at) for message in exchange.messages]
    return held


def _instant(unix_s: float) -> str:
    when = _EPOCH + timedelta(seconds=min(max(unix_s, 0.0), _YEAR_9999_S))
    return when.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _request(request: Request) -> dict[str, Any]:
    held = {
        "method": request.method,
        "url": request.url,
        "httpVersion": request.http_version,
        "cookies": [cookie for value in header_values(request.headers, "cookie") for cookie in _cookies(value, ";")],
        "headers": _headers(request.headers),
        "queryString": _query(request.url),
        "headersSize": -1,
        "bodySize": request.cut.size if request.cut else len(request.body),
    }
    if request.body:
        post = {"mimeType": header(request.headers, "content-type") or NO_TYPE, "params": []}
        held["postData"] = post | _packed(request.body, "_encoding")
    return held


def _response(response: Response) -> dict[str, Any]:
    content = {"size": len(response.body), "mimeType": header(response.headers, "content-type") or NO_TYPE}
    return {
        "status": response.status,
        "statusText": response.reason,
        "httpVersion": response.http_version,
        "cookies": [one for value in header_values(response.headers, "set-cookie") for one in _cookies(value, ";")[:1]],
        "headers": _headers(response.headers),
        "content": content | _packed(response.body, "encoding"),
        "redirectURL": header(response.headers, "location") or "",
        "headersSize": -1,
        "bodySize": response.cut.size if response.cut else -1,
    }


def _nothing() -> dict[str, Any]:
    """The response that never came."""
    return {
        "status": 0,
        "statusText": "",
        "httpVersion": "",
        "cookies": [],
        "headers": [],
        "content": {"size": 0, "mimeType": NO_TYPE},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }


def _packed(body: bytes, encoding: str) -> dict[str, str]:
    """Text if the bytes are UTF-8, else base64 (HAR knows the field for responses; ours begins with an underscore)."""
    try:
        return {"text": body.decode("utf-8")}
    except UnicodeDecodeError:
        return {"text": b64encode(body).decode("ascii"), encoding: "base64"}


def _headers(headers: Headers) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in headers]


def _cookies(value: str, mark: str) -> list[dict[str, str]]:
    pairs = (part.strip().partition("=") for part in value.split(mark) if part.strip())
    return [{"name": name, "value": held} for name, _, held in pairs]


def _query(url: str) -> list[dict[str, str]]:
    try:
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []
    return [{"name": name, "value": value} for name, value in pairs]


def _timings(timings: Timings) -> dict[str, float]:
    """Milliseconds; -1 where HAR allows "not known", 0 where it does not (section "timings")."""
    first, end = timings.first_byte_s, timings.end_s
    handshakes = [spent for spent in (timings.connect_s, timings.tls_s) if spent is not None]
    return {
        "blocked": -1,
        "dns": -1,
        "connect": sum(handshakes) * 1000 if handshakes else -1,
        "ssl": -1 if timings.tls_s is None else timings.tls_s * 1000,
        "send": 0,
        "wait": (first or 0.0) * 1000,
        "receive": max(0.0, (end or 0.0) - (first or 0.0)) * 1000,
    }


def _message(message: Message, started_at: float) -> dict[str, Any]:
    """A WebSocket message as Chrome writes it."""
    held: dict[str, Any] = {
        "type": "send" if message.from_client else "receive",
        "time": started_at + message.at_s,
        "opcode": 1 if message.text else 2,
    }
    if message.text:
        packed = _packed(message.content, "_encoding")
        return held | {"data": packed.pop("text")} | packed
    return held | {"data": b64encode(message.content).decode("ascii")}
