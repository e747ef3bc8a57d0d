"""An exchange as a vcrpy interaction, and back: the shape that every vcrpy version replays in every client alike.

The view is what vcrpy sees: the body decoded, hop-by-hop and coding headers left out, ``Content-Length`` of the body as it
stands there, header values in printable ASCII. What the vendor really sent is kept beside it in ``response["x-tapehiss"]``,
which every vcrpy version carries along and none looks at. A fact that the view already tells is not told twice, so a
hand-edited body or header takes effect here too.

The law of this file: ``from_interaction(to_interaction(x)) == x``.
Why each header is treated as it is, with the measurements: docs/tape.md.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.errors import DamagedTape
from tapehiss.cassettes.exchange import Cut, Ending, Exchange, Message, Request, Response, Timings
from tapehiss.cassettes.pairs import from_dict, string, to_dict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Headers

X = "x-tapehiss"
"""The key inside ``response`` that holds what vcrpy cannot."""

HOP_BY_HOP = frozenset({"transfer-encoding", "connection", "keep-alive", "trailer", "alt-svc"})
"""Response headers that are about the connection and mislead a player that has none."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_TIMINGS = ("connect_s", "tls_s", "first_byte_s", "end_s")


def to_interaction(x: Exchange) -> dict[str, Any]:
    """The vcrpy interaction of an exchange: ``{"request": ..., "response": ...}`` with bodies ``str``, ``bytes`` or ``None``.

    A missing response leaves only ``x-tapehiss`` under ``response`` (not for vcrpy: the tape writes it as a comment).
    """
    request, asked = _request_view(x.request)
    extra = _told(
        started_at=x.started_at,
        ending=None if x.ending is Ending.COMPLETE else x.ending.value,
        detail=x.detail or None,
        label=x.label or None,
        connect_s=x.timings.connect_s,
        tls_s=x.timings.tls_s,
        first_byte_s=x.timings.first_byte_s,
        end_s=x.timings.end_s,
        notes=[list(note) for note in x.notes] or None,
        messages=[_from_message(message) for message in x.messages] or None,
        request=asked or None,
    )
    if x.response is None:
        return {"request": request, "response": {X: extra}}
    view, answered = _response_view(x.response, bare=_bare(x.request.method, x.response.status))
    # The order of the keys serves the index of a tape: how it ended is found without reading the bodies.
    return {"request": request, "response": {"status": None, X: extra | answered} | view}


def from_interaction(interaction: Mapping[str, Any]) -> Exchange:
    """The exchange of a vcrpy interaction that we wrote, also after vcrpy saved it anew; ``DamagedTape`` if it is none."""
    try:
        response = interaction["response"]
        extra = response.get(X) or {}
        if "exact" in extra:
            return from_interaction(json.loads(b64decode(extra["exact"]).decode("utf-8", "surrogatepass")))
        return Exchange(
            request=_to_request(interaction["request"], extra.get("request") or {}),
            response=_to_response(response, extra) if "status" in response else None,
            ending=Ending(extra.get("ending", Ending.COMPLETE)),
            detail=extra.get("detail", ""),
            started_at=float(extra.get("started_at", 0.0)),
            timings=Timings(**{key: float(extra[key]) for key in _TIMINGS if key in extra}),
            label=extra.get("label", ""),
            messages=tuple(_to_message(message) for message in extra.get("messages") or ()),
            notes=tuple((key, value) for key, value in extra.get("notes") or ()),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DamagedTape(f"an interaction lacks what an exchange needs ({type(error).__name__}: {error})") from error


def has_surrogates(interaction: Mapping[str, Any]) -> bool:
    """Whether some text holds half a surrogate pair."""
    return _SURROGATE.search(json.dumps(interaction, default=as_base64, ensure_ascii=False)) is not None


def without_surrogates(interaction: Mapping[str, Any]) -> dict[str, Any]:
    """The interaction without half surrogate pairs, which YAML cannot say (a broken URL or label may hold one; no body does).

    They are U+FFFD in the view, and under ``exact`` is the true one: JSON, in UTF-8 as far as that goes, in base64.
    """
    exact = json.dumps(interaction, default=as_base64, ensure_ascii=False)
    shown: dict[str, Any] = json.loads(_SURROGATE.sub("\N{REPLACEMENT CHARACTER}", exact), object_hook=_from_base64)
    shown["response"][X]["exact"] = b64encode(exact.encode("utf-8", "surrogatepass")).decode("ascii")
    return shown


def as_base64(content: bytes) -> dict[str, str]:
    """Bytes for JSON (``default=`` of ``json.dumps``)."""
    return {"base64": b64encode(content).decode("ascii")}


def _from_base64(value: dict[str, Any]) -> Any:
    return b64decode(value["base64"]) if value.keys() == {"base64"} else value


def _told(**facts: Any) -> dict[str, Any]:
    """The facts that are not the default."""
    return {key: value for key, value in facts.items() if value is not None}


# --- requests ---------------------------------------------------------------------------------------------------------


def _request_view(request: Request) -> tuple[dict[str, Any], dict[str, Any]]:
    """The four keys that vcrpy allows, and what they cannot say."""
    values, order = to_dict(request.headers, frozenset(), None, join=True)
    extra = _told(
        http_version=None if request.http_version == "HTTP/1.1" else request.http_version,
        headers=order,
        trailers=_pairs(request.trailers) or None,
        undecoded=request.undecoded or None,
        cut=_from_cut(request.cut),
    )
    body = _text(request.body) if request.body else None
    return {"method": request.method, "uri": request.url, "body": body, "headers": values}, extra


def _to_request(view: Mapping[str, Any], extra: Mapping[str, Any]) -> Request:
    return Request(
        method=string(view["method"]),
        url=string(view["uri"]),
        headers=from_dict(view["headers"] or {}, extra.get("headers")),
        body=_content(view["body"]),
        http_version=extra.get("http_version", "HTTP/1.1"),
        trailers=_from_pairs(extra.get("trailers")),
        undecoded=bool(extra.get("undecoded", False)),
        cut=_to_cut(extra.get("cut")),
    )


# --- responses --------------------------------------------------------------------------------------------------------


def _response_view(response: Response, *, bare: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Status, headers and body for vcrpy, and what they cannot say."""
    dropped = HOP_BY_HOP if response.undecoded else HOP_BY_HOP | {"content-encoding"}
    length = None if bare else str(len(response.body))
    values, order = to_dict(response.headers, dropped, length, join=False)
    phrase = _phrase(response.status, response.reason)
    extra = _told(
        http_version=None if response.http_version == "HTTP/1.1" else response.http_version,
        reason=None if response.reason == phrase else response.reason,
        headers=order,
        trailers=_pairs(response.trailers) or None,
        undecoded=response.undecoded or None,
        cut=_from_cut(response.cut),
        chunks=" ".join(f"{at_s!r}:{size}" for at_s, size in response.chunks) or None,
    )
    status = {"code": response.status, "message": phrase}
    return {"status": status, "headers": values, "body": {"string": _text(response.body)}}, extra


def _to_response(view: Mapping[str, Any], extra: Mapping[str, Any]) -> Response:
    status = view["status"]
    return Response(
        status=int(status["code"]),
        reason=extra["reason"] if "reason" in extra else status["message"] or "",
        headers=from_dict(view["headers"] or {}, extra.get("headers")),
        body=_content(view["body"]["string"]),
        http_version=extra.get("http_version", "HTTP/1.1"),
        trailers=_from_pairs(extra.get("trailers")),
        undecoded=bool(extra.get("undecoded", False)),
        cut=_to_cut(extra.get("cut")),
        chunks=tuple(_to_chunk(chunk) for chunk in extra.get("chunks", "").split()),
    )


def _bare(method: str, status: int) -> bool:
    """Whether a response has no body by definition, so that its Content-Length tells of another one (RFC 9110 8.6)."""
    return method == "HEAD" or status in {204, 304} or status < 200


def _phrase(status: int, reason: str) -> str:
    """The reason as sent if every client can replay it, else the standard phrase: httpx takes ASCII only."""
    if reason and reason.isascii() and reason.isprintable():
        return reason
    return _PHRASES.get(status, "")


# --- small things -----------------------------------------------------------------------------------------------------


def _text(content: bytes) -> str | bytes:
    """Content as vcrpy holds it: text if it is UTF-8, else bytes."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content


def _content(view: str | bytes | Mapping[str, str] | None) -> bytes:
    if isinstance(view, bytes):
        return view
    if isinstance(view, Mapping):
        return b64decode(view["base64"], validate=True)
    return b"" if view is None else string(view).encode("utf-8")


def _pairs(headers: Headers) -> list[list[str]]:
    return [list(pair) for pair in headers]


def _from_pairs(pairs: Iterable[Iterable[str]] | None) -> Headers:
    return tuple((name, value) for name, value in pairs or ())


def _from_cut(cut: Cut | None) -> dict[str, Any] | None:
    return None if cut is None else {"size": cut.size, "sha256": cut.sha256}


def _to_cut(cut: Mapping[str, Any] | None) -> Cut | None:
    return None if cut is None else Cut(size=int(cut["size"]), sha256=string(cut["sha256"]))


def _to_chunk(chunk: str) -> tuple[float, int]:
    at_s, _, size = chunk.partition(":")
    return float(at_s), int(size)


def _from_message(message: Message) -> dict[str, Any]:
    return {
        "from": "client" if message.from_client else "vendor",
        "type": "text" if message.text else "binary",
        "at_s": message.at_s,
        "content": _text(message.content),
    }


def _to_message(message: Mapping[str, Any]) -> Message:
    return Message(
        from_client=message["from"] == "client",
        text=message["type"] == "text",
        content=_content(message["content"]),
        at_s=float(message["at_s"]),
    )
