"""EasyVCR (C#, Java and Go): a JSON list of ``{Request, Response, RecordedAt, Duration}``, names in Pascal or camel case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tapehiss.cassettes import loose
from tapehiss.cassettes.content import content
from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings
from tapehiss.cassettes.source import Unreadable, each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.source import Recorded, Source


def interactions(document: Any) -> list[Any] | None:
    """The interactions of an EasyVCR cassette, or ``None`` for another document."""
    match document:
        case [{"Request": dict(), "Response": _}, *_]:
            return list(document)
        case [{"request": {"uri": _, "requestHeaders": _}}, *_]:
            return list(document)
    return None


def read(items: list[Any], source: Source) -> Iterator[Recorded]:
    """The interactions as exchanges."""
    return each(source, items, lambda item: _exchange(item, source))


def _exchange(item: Any, source: Source) -> Exchange:
    fields = _lower(item)
    asked, answered = _lower(fields.get("request")), _lower(fields.get("response"))
    if not asked or not answered:
        raise Unreadable("an interaction without request and response")
    took = loose.text(fields.get("duration"))
    return Exchange(
        _request(asked, source),
        _response(answered),
        started_at=loose.moment(fields.get("recordedat")) or 0.0,
        timings=Timings(end_s=int(took) / 1000 if took.isdecimal() and len(took) < 12 else None),
    )


def _lower(value: Any) -> dict[str, Any]:
    return {loose.text(key).lower(): held for key, held in value.items()} if isinstance(value, dict) else {}


def _request(asked: dict[str, Any], source: Source) -> Request:
    headers = loose.headers(asked.get("requestheaders")) + loose.headers(asked.get("contentheaders"))
    body, undecoded = content(headers, loose.octets(asked.get("body")))
    url = loose.absolute(asked.get("uri"), source.base_url)
    return Request(loose.method(asked.get("method")), url, headers, body, undecoded=undecoded)


def _response(answered: dict[str, Any]) -> Response:
    found = loose.headers(answered.get("responseheaders")) + loose.headers(answered.get("contentheaders"))
    headers = tuple(pair for pair in found if pair[0] != "null")  # where Java keeps the status line
    body, undecoded = content(headers, loose.octets(answered.get("body")))
    code, reason = loose.status(answered.get("status"))
    version = loose.http_version(answered.get("httpversion"))
    return Response(code, reason, headers, body, version, undecoded=undecoded)
