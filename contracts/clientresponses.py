"""Responses of HTTP clients as exchanges: httpx, requests, aiohttp and whatever looks like them; none of them is imported.

Their bodies have lost their content coding already, as an exchange's have. ``Misuse`` names what is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Exchange, Request, Response

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers

_BODIES = ("content", "_body", "data", "body")
"""Where clients keep a body that was read: httpx and requests, aiohttp, werkzeug, others."""


def exchange_of(response: Any, body: bytes | str | None = None) -> Exchange:
    """The exchange that a client's response belongs to; ``body`` for clients that hand it out only to who awaits it."""
    status = _first(response, ("status_code", "status"))
    if not isinstance(status, int):
        raise Misuse("has neither status_code nor status", type(response).__name__, "give a response of an HTTP client")
    asked = _first(response, ("request", "request_info"))
    if asked is None:
        raise Misuse("does not know its request", type(response).__name__, "give a response that a client received")
    request = Request(
        str(_first(asked, ("method",)) or "GET").upper(),
        str(_first(asked, ("url",)) or ""),
        _pairs(getattr(asked, "headers", None)),
        _read(asked) or b"",
    )
    content = _read(response) if body is None else _bytes(body)
    if content is None:
        raise Misuse("the body was not read", type(response).__name__, "read it first, or give it as body=")
    return Exchange(request, Response(status, "", _pairs(getattr(response, "headers", None)), content))


def _first(thing: Any, names: tuple[str, ...]) -> Any:
    """The first of these attributes that is there and not ``None``."""
    return next((value for name in names if (value := _had(thing, name)) is not None), None)


def _had(thing: Any, name: str) -> Any:
    """An attribute; ``None`` when it cannot be had: httpx raises for a body that was not read, others for other things."""
    try:
        value = getattr(thing, name, None)
    except Exception:  # noqa: BLE001  (any client, any error)
        return None
    return None if callable(value) else value


def _read(thing: Any) -> bytes | None:
    """The body of a request or a response, ``None`` when none is at hand; one that is streamed is not."""
    bodies = (_had(thing, name) for name in _BODIES)
    return next((_bytes(body) for body in bodies if isinstance(body, bytes | bytearray | str)), None)


def _bytes(body: bytes | bytearray | str) -> bytes:
    return body.encode("utf-8", "surrogatepass") if isinstance(body, str) else bytes(body)


def _pairs(headers: Any) -> Headers:
    """Headers of any mapping, with duplicates where it can tell them."""
    if headers is None:
        return ()
    several = getattr(headers, "multi_items", None)
    items = several() if several is not None else headers.items()
    return tuple((_text(name), _text(value)) for name, value in items)


def _text(value: Any) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
