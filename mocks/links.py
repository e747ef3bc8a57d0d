"""The vendor's URLs become the mock's own on the way out, and the mock's the vendor's on the way in.

SDKs follow the absolute links in bodies, ``Link`` and ``Location`` and send back what they were given; without this they would
leave the mock for the real vendor. The tape is never changed. What is not from a tape (a fault, a miss) passes as it is.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tapehiss.cassettes.media import is_form, is_multipart, is_text, media_type
from tapehiss.cassettes.origins import Origin, origin_of
from tapehiss.cassettes.rewriting import Rewriting
from tapehiss.cassettes.swap import Swap

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Exchange, Headers, Request, Response
    from tapehiss.mocks.index import Index


def origin_in(url: str) -> Origin | None:
    """The origin of an absolute http or https URL."""
    scheme, _, rest = url.partition("://")
    authority = rest.partition("/")[0].partition("?")[0].rpartition("@")[2]
    return origin_of(scheme, authority) if scheme in {"http", "https"} else None


@lru_cache(maxsize=1024)
def here_of(host_header: str) -> Origin | None:
    """The mock as this client calls it."""
    return origin_of("http", host_header)


def to_vendor(request: Request, index: Index, here: Origin | None) -> Request:
    """A request as the vendor would have got it: the mock's URL in target and body is the vendor's again."""
    if here is None or len(index.hosts) != 1:
        return request
    target = request.url.partition("://")[2].partition("/")[2]
    if here.host not in target and here.authority.encode("ascii") not in request.body:
        return request
    vendor = origin_in(index.recordings[0].request.url)
    if vendor is None:
        return request
    back = Swap((here,), vendor)
    body = back.text(request.body) if _open(request.headers) and not request.undecoded else request.body
    return replace(request, url=f"{here}/{back.text(target.encode('latin-1', 'replace')).decode('latin-1')}", body=body)


def to_client(response: Response, exchange: Exchange, here: Origin | None) -> Response:
    """A recorded response as a client of the mock must get it."""
    vendor = origin_in(exchange.request.url)
    if here is None or vendor is None or vendor == here:
        return response
    forth = Swap((vendor,), here)
    plain = _open(response.headers) and not response.undecoded
    body = forth.text(response.body) if plain and forth.touches(response.body) else response.body
    fields = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in response.headers]
    rewriting = Rewriting(vendor, here)
    headers = rewriting.response_headers(tuple(fields), body_changes=body != response.body, chunked=False)
    kept = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    return replace(response, headers=kept, body=body)


def _open(headers: Headers) -> bool:
    """Whether the body is text as a whole."""
    kind = media_type(headers)
    return (is_text(kind) or is_form(kind)) and not is_multipart(kind)
