"""The vendor's URLs become the mock's own on the way out, and the mock's the vendor's on the way in.

SDKs follow the absolute links in bodies, ``Link`` and ``Location`` and send back what they were given; without this they would
leave the mock for the real vendor. The tape is never changed. What is not from a tape (a fault, a miss) passes as it is.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from tapehiss.cassettes.media import is_form, is_multipart, is_text, media_type
from tapehiss.cassettes.origins import Origin, origin_of
from tapehiss.cassettes.rewriting import Rewriting
from tapehiss.cassettes.swap import SPELLINGS, Swap

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers, Request, Response
    from tapehiss.mocks.index import Index


Below: TypeAlias = tuple[str, ...]
HOST_SEGMENT = "_host"
"""``/_host/api.vendor.example/v1/x`` asks one of several vendors."""
ORIGINS_MAX = 64
"""Vendors to whose places links are led."""


def origin_in(url: str) -> Origin | None:
    """The origin of an absolute http or https URL."""
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return origin_of(scheme, authority) if scheme in {"http", "https"} else None


@lru_cache(maxsize=1024)
def here_of(host_header: str, scheme: str = "http") -> Origin | None:
    """The mock as this client calls it."""
    return origin_of(scheme, host_header) if scheme in {"http", "https"} else None


def to_vendor(request: Request, index: Index, here: Origin | None, below: Below = ()) -> Request:
    """A request as the vendor would have got it: the mock's URL in target and body is the vendor's again.

    ``below`` is what the client's URLs have between the mock's and the vendor's path.
    """
    if here is None:
        return request
    if len(index.hosts) != 1:
        return _to_their_hosts(request, index.origins, here, _state(below))
    target = request.url.partition("://")[2].partition("/")[2]
    if here.host not in target and here.authority.encode("ascii") not in request.body:
        return request
    vendor = origin_in(index.recordings[0].request.url)
    if vendor is None:
        return request
    body = request.body
    if _open(request.headers) and not request.undecoded:
        body = _back(body, vendor, here, below)
    asked = _back(target.encode("latin-1", "replace"), vendor, here, below).decode("latin-1")
    return replace(request, url=f"{here}/{asked}", body=body)


def _back(text: bytes, vendor: Origin, here: Origin, below: Below) -> bytes:
    """The mock's URLs as the vendor's again."""
    return Swap((here,), vendor).text(_at_home(text, vendor, here, below) if below else text)


def _to_their_hosts(request: Request, origins: tuple[Origin, ...], here: Origin, below: Below) -> Request:
    """With several vendors on the tapes: their places below the mock's URL, in query and body, are their own URLs again."""
    head, question, query = request.url.partition("?")
    body = request.body
    if _BELOW not in body and _BELOW.decode() not in query:
        return request
    text, asked = body, query.encode("latin-1", "replace")
    for origin in origins:
        place = (*below, HOST_SEGMENT, origin.authority)
        text = text if request.undecoded else _at_home(text, origin, here, place)
        asked = _at_home(asked, origin, here, place)
    return replace(request, url=f"{head}{question}{asked.decode('latin-1')}", body=text)


_BELOW = HOST_SEGMENT.encode("ascii")


def _at_home(text: bytes, origin: Origin, here: Origin, below: Below) -> bytes:
    """The vendor's URLs where the text has its place below the mock's."""
    for colon, slash in SPELLINGS:
        place = Swap((origin,), here, below).spelt(b"http", colon, slash)
        text = text.replace(place, Swap((here,), origin).spelt(b"http", colon, slash))
    return text


def _state(below: Below) -> Below:
    """What says whose state is meant."""
    return below[: below.index(HOST_SEGMENT)] if HOST_SEGMENT in below else below


def to_client(
    response: Response, exchange: Exchange, here: Origin | None, others: tuple[Origin, ...] = (), below: Below = ()
) -> Response:
    """A recorded response as a client of the mock must get it; ``others`` are all vendors on the tapes, if there are several."""
    vendor = origin_in(exchange.request.url)
    if here is None or vendor is None or vendor == here:
        return response
    swaps = [Swap((vendor,), here, below)]
    if here.authority not in {origin.authority for origin in others}:
        swaps += [
            Swap((origin,), here, (*_state(below), HOST_SEGMENT, origin.authority))
            for origin in others[:ORIGINS_MAX]
            if origin != vendor
        ]
    plain = _open(response.headers) and not response.undecoded
    body = response.body
    for swap in swaps:
        body = swap.text(body) if plain and swap.touches(body) else body
    rewriting = Rewriting(vendor, here)
    fields = tuple((name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers)
    fields = tuple((name, _lowered(name.lower(), value, swaps[0])) for name, value in fields) if below else fields
    headers = rewriting.response_headers(fields, body_changes=body != response.body, chunked=False)
    kept = tuple((name.decode("latin-1"), _led(name, value, swaps[1:]).decode("latin-1")) for name, value in headers)
    return replace(response, headers=kept, body=body)


def _lowered(name: bytes, value: bytes, swap: Swap) -> bytes:
    """The value of a header that leads to the vendor, for one whose URLs have more before the path."""
    root = b"/" + "/".join(swap.below).encode("ascii")
    if name == b"set-cookie":
        return _COOKIE_PATH.sub(lambda found: found[1] + root + b"/", value)
    if name in _LEADING and value.startswith(b"/") and not value.startswith(b"//"):
        return root + value
    return swap.text(value) if name in _LEADING else value


def _led(name: bytes, value: bytes, swaps: list[Swap]) -> bytes:
    """The value of a header that leads to another vendor on the tapes."""
    for swap in swaps if name.lower() in _LEADING else ():
        value = swap.text(value)
    return value


_COOKIE_PATH = re.compile(rb"(?i)(;\s*path\s*=\s*)/")
_LEADING = frozenset(
    {b"location", b"link", b"content-location", b"refresh", b"operation-location", b"azure-asyncoperation"}
)


def _open(headers: Headers) -> bool:
    """Whether the body is text as a whole."""
    kind = media_type(headers)
    return (is_text(kind) or is_form(kind)) and not is_multipart(kind)
