"""Cassettes of the VCR family: whatever writes ``request`` and ``response`` side by side.

vcrpy (also its old httpx shape and its JSON form), Ruby VCR, betamax, R's vcr, go-vcr, php-vcr, exvcr, rvcr, and serializers
of vcrpy's users. They differ in the names and shapes of a few fields, never in the idea, so there is one reader that knows every name.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes import loose
from tapehiss.cassettes.content import content
from tapehiss.cassettes.document import load_documents
from tapehiss.cassettes.errors import DamagedTape, UnsupportedFormat
from tapehiss.cassettes.exchange import Exchange, Request, Response, Timings
from tapehiss.cassettes.source import Refusal, Source, Unreadable, each
from tapehiss.cassettes.vcr_body import stored_body
from tapehiss.cassettes.view import X, from_interaction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.cassettes.exchange import Headers
    from tapehiss.cassettes.source import Recorded

LISTS = ("interactions", "http_interactions", "httpInteractions", "recordings", "episodes")
"""Where the interactions are, by tool."""

INCLUDE = "include_file"
"""CumulusCI's way to share an interaction between cassettes."""


def interactions(document: Any) -> list[Any] | None:
    """The interactions of a document of this family, or ``None`` for another document."""
    match document:
        case {"request": dict(), "response": _}:
            return [document]
        case dict():
            found = next((_listed(document[key]) for key in LISTS if key in document), None)
            return None if found is None else [_dated(item, document) for item in found]
        case [{"request": _}, *_]:
            return list(document)
    return None


def _listed(held: Any) -> Iterable[Any]:
    return held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()


def _dated(item: Any, document: dict[Any, Any]) -> Any:
    """An interaction with the time of its cassette, if only the cassette tells one."""
    if "recorded_at" not in document or not isinstance(item, dict):
        return item
    return {"recorded_at": document["recorded_at"], **item}


def read(items: Iterable[Any], source: Source) -> Iterator[Recorded]:
    """The interactions as exchanges, in the order of the file, which is the order in which these tools play them."""
    known: list[Any] = []
    missing: dict[str, None] = {}
    for item in items:
        if isinstance(item, dict) and INCLUDE in item:
            included = _included(loose.text(item[INCLUDE]), source)
            known += included
            missing |= {} if included else {loose.text(item[INCLUDE]): None}
        elif item is not None:
            known.append(item)
    yield from _in_file_order(each(source, known, lambda item: _exchange(item, source)))
    if missing:
        what = f"shares interactions with files that are not beside it: {', '.join(missing)}"
        yield Refusal(source.name, what, "put them into the same folder")


def _included(name: str, source: Source) -> list[Any]:
    """The interactions of the file that an ``include_file`` names, or none."""
    data = source.sibling(name)
    if data is None:
        return []
    try:
        documents = load_documents(data, name)
    except UnsupportedFormat:
        return []
    return [item for document in documents for item in interactions(document) or ()]


def _in_file_order(recorded: Iterable[Recorded]) -> Iterator[Recorded]:
    """No exchange starts before its predecessor in the file.

    Cassettes are edited by hand and re-recorded in part, and are played in the order of the file all the same.
    """
    latest = 0.0
    for one in recorded:
        if isinstance(one, Exchange) and 0 < one.started_at < latest:
            yield replace(one, started_at=latest).with_note("started_at", "moved behind its predecessor in the file")
            continue
        if isinstance(one, Exchange):
            latest = max(latest, one.started_at)
        yield one


def _exchange(item: Any, source: Source) -> Exchange:
    match item:
        case {"request": dict(asked), "response": dict(answered)}:
            pass
        case {"request": dict(), **rest}:
            raise Unreadable(f"no response, but {_kind(rest.get('response'))}", remedy="record it anew")
        case _:
            raise Unreadable(f"not an interaction, but {_kind(item)}")
    if X in answered:
        try:
            return from_interaction(item)
        except DamagedTape as error:
            raise Unreadable(error.what) from error
    started_at = next((at for key in _MOMENTS if (at := loose.moment(item.get(key))) is not None), 0.0)
    request, how_asked = _request(asked, answered, source)
    response, how_answered = _response(answered, source)
    taken_s = loose.duration(answered.get("duration"))
    return Exchange(
        request, response, started_at=started_at, timings=Timings(end_s=taken_s), notes=how_asked + how_answered
    )


_MOMENTS = ("recorded_at", "recorded", "recordedAt", "started_at", "timestamp")


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"


def _request(asked: dict[Any, Any], answered: dict[Any, Any], source: Source) -> tuple[Request, Notes]:
    headers = loose.headers(asked.get("headers"))
    stored, notes = stored_body(asked, "request_body", source)
    body, undecoded = content(headers, stored)
    request = Request(
        method=loose.method(asked.get("method")),
        url=_url(asked, answered, headers, source),
        headers=headers,
        body=body,
        http_version=loose.http_version(asked.get("proto")),
        trailers=loose.headers(asked.get("trailer")),
        undecoded=undecoded,
    )
    return request, notes


Notes = tuple[tuple[str, str], ...]


def _url(asked: dict[Any, Any], answered: dict[Any, Any], headers: Headers, source: Source) -> str:
    """The URL under any of its names; vcrpy before 1.0 kept it in pieces, and go-vcr sometimes beside its host."""
    written = asked.get("uri") or asked.get("url") or answered.get("url")
    host = loose.text(asked.get("host")) or next((value for name, value in headers if name.lower() == "host"), "")
    if not written and asked.get("path") and host:
        scheme = loose.text(asked.get("protocol") or asked.get("scheme")) or "http"
        port = loose.text(asked.get("port"))
        at_default = port in {"", {"http": "80", "https": "443"}.get(scheme)}
        written = f"{scheme}://{host}{'' if at_default else ':' + port}{loose.text(asked['path'])}"
    base_url = source.base_url or (f"https://{host}" if host else None)
    return loose.absolute(written, base_url)


def _response(answered: dict[Any, Any], source: Source) -> tuple[Response, Notes]:
    headers = loose.headers(answered.get("headers"))
    stored, notes = stored_body(answered, "response_body", source)
    body, undecoded = content(headers, stored)
    code, reason = _status(answered)
    response = Response(
        status=code,
        reason=reason,
        headers=headers,
        body=body,
        http_version=loose.http_version(
            answered.get("http_version") or answered.get("proto") or answered.get("protocol")
        ),
        trailers=loose.headers(answered.get("trailer")),
        undecoded=undecoded,
    )
    return response, notes


def _status(answered: dict[Any, Any]) -> tuple[int, str]:
    """go-vcr writes ``status: 200 OK`` and ``code: 200``, old httpx cassettes and exvcr ``status_code``."""
    code, reason = loose.status(answered.get("code"), answered.get("status_code"), answered.get("status"))
    if reason or not isinstance(answered.get("status"), str):
        return code, reason
    try:
        spelt, reason = loose.status(answered["status"])
    except Unreadable:
        return code, ""
    return code, reason if spelt == code else ""
