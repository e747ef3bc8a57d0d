"""Did the whole body come? A response whose end nobody can know, or that cannot be decoded, is a ``Failure`` and no success.

What is checked: the length that was announced (RFC 9112 section 6.3), that there was any announcement (a body that ends with the
connection could have been cut anywhere), and the content coding down to its last byte (a gzip stream without its trailer is cut).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.exchange import Ending, Response, header, header_values
from tapehiss.clients.effects import Failure

if TYPE_CHECKING:
    from tapehiss.clients.effects import Outcome


def received(method: str, response: Response, body_max_bytes: int) -> Outcome:
    """The response with its body decoded, if all of it came; its body was as on the wire, without transfer coding."""
    flaw = framing_flaw(method, response)
    if flaw:
        return Failure(Ending.TRUNCATED, response=response, detail=flaw)
    content, undecoded = decode(response.headers, response.body, limit_bytes=body_max_bytes)
    if undecoded:
        partial = replace(response, undecoded=True)
        return Failure(Ending.TRUNCATED, response=partial, detail="the content coding could not be undone to its end")
    return replace(response, body=content)


def framing_flaw(method: str, response: Response) -> str:
    """Why the end of the body cannot be trusted, in words; empty when it can."""
    if not has_body(method, response.status) or response.http_version.startswith(("HTTP/2", "HTTP/3")):
        return ""
    lengths = {value.strip() for value in header_values(response.headers, "content-length")}
    if lengths and lengths != {str(len(response.body))}:
        return "the length is not the announced one"
    return "" if has_end(response) else "nothing says where the body ends"


def has_end(response: Response) -> bool:
    """Whether anything says where the body ends: a body that ends with the connection could have been cut anywhere."""
    framed = response.http_version.startswith(("HTTP/2", "HTTP/3"))
    return framed or any(header(response.headers, name) is not None for name in ("content-length", "transfer-encoding"))


def has_body(method: str, status: int) -> bool:
    """Whether a response can have a body at all (RFC 9110 section 6.4.1)."""
    return method.upper() != "HEAD" and status >= 200 and status not in {204, 304}
