"""Conditions and ranges that no recording has: 304 and 412, 206 and 416, made of the whole answer (RFC 9110 sections 13 and 14).

The law of this file: only what the vendor itself has shown is done. A condition is judged by the recorded ``ETag`` and ``Last-Modified``, a range
is cut where the answer says ``Accept-Ranges: bytes``; what a recorded request had in its own headers was judged by the vendor already.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Ending, header
from tapehiss.contracts.http_dates import instant_of
from tapehiss.mocks.keys import SELECTING_HEADERS

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers, Request, Response
    from tapehiss.mocks.outcome import Outcome

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", re.IGNORECASE)
_TAG = re.compile(r'(?:W/)?"[^"]*"')
OK = 200
_ABOUT_BODY = frozenset({"content-length", "content-type", "content-range", "content-encoding", "transfer-encoding"})
SAFE = frozenset({"GET", "HEAD"})


def selected(outcome: Outcome, request: Request, recorded: Request | None) -> Outcome:
    """The outcome for the conditions and the range of a request; as it is where they are the recorded request's own, or play no part."""
    response = outcome.response
    if response is None or response.status != OK or request.method not in SAFE or outcome.ending is not Ending.COMPLETE:
        return outcome
    asked = tuple(pair for pair in request.headers if pair[0].lower() in SELECTING_HEADERS)
    judged = {name.lower() for name, _ in recorded.headers} if recorded else set()
    asked = tuple(pair for pair in asked if pair[0].lower() not in judged)
    if not asked:
        return outcome
    told = _conditional(response, asked)
    if told is None and request.method == "GET":
        told = _ranged(response, asked, header(request.headers, "if-range"))
    return outcome if told is None else replace(outcome, response=told, personal=True)


def _conditional(response: Response, asked: Headers) -> Response | None:
    """The answer to a condition that does not hold, in the order of RFC 9110 section 13.2.2; ``None`` if all hold."""
    tag, when = header(response.headers, "etag"), instant_of(header(response.headers, "last-modified"))
    match, unmodified = header(asked, "if-match"), instant_of(header(asked, "if-unmodified-since"))
    if match is not None and tag is not None:
        if not _has(match, tag, weak=False):
            return _bodiless(response, 412, "Precondition Failed")
    elif match is None and unmodified is not None and when is not None and when > unmodified:
        return _bodiless(response, 412, "Precondition Failed")
    none_match, modified = header(asked, "if-none-match"), instant_of(header(asked, "if-modified-since"))
    if none_match is not None:
        same = tag is not None and _has(none_match, tag, weak=True)
    else:
        same = modified is not None and when is not None and when <= modified
    return _bodiless(response, 304, "Not Modified") if same else None


def _has(tags: str, tag: str, *, weak: bool) -> bool:
    """Whether a tag is among those of a condition, by the weak comparison or the strong one (RFC 9110 section 8.8.3.2)."""
    if tags.strip() == "*":
        return True
    if not weak:
        return tag in _TAG.findall(tags) and not tag.startswith("W/")
    return tag.removeprefix("W/") in {each.removeprefix("W/") for each in _TAG.findall(tags)}


def _bodiless(response: Response, status: int, reason: str) -> Response:
    kept = tuple(pair for pair in response.headers if pair[0].lower() not in _ABOUT_BODY)
    return replace(response, status=status, reason=reason, headers=kept, body=b"", chunks=())


def _ranged(response: Response, asked: Headers, if_range: str | None) -> Response | None:
    """The part that is asked for; ``None`` if the whole is to be sent: no range, several, or none that this vendor cuts."""
    found = _RANGE.fullmatch(header(asked, "range") or "")
    cuts = "bytes" in (header(response.headers, "accept-ranges") or "").lower()
    if found is None or not any(found.groups()) or not cuts or header(response.headers, "content-encoding"):
        return None
    if if_range is not None and if_range not in {
        header(response.headers, "etag"),
        header(response.headers, "last-modified"),
    }:
        return None
    size = len(response.body)
    if found[1]:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
    else:
        first, last = max(size - int(found[2]), 0), size - 1
    if found[1] and found[2] and int(found[2]) < int(found[1]):
        return None
    kept = tuple(pair for pair in response.headers if pair[0].lower() not in {"content-length", "content-range"})
    if first > last:
        gone = _bodiless(response, 416, "Range Not Satisfiable")
        return replace(gone, headers=(*gone.headers, ("Content-Range", f"bytes */{size}")))
    headers = (*kept, ("Content-Range", f"bytes {first}-{last}/{size}"))
    body = response.body[first : last + 1]
    return replace(response, status=206, reason="Partial Content", headers=headers, body=body, chunks=())
