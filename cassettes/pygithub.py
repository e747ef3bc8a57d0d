"""PyGithub's ReplayData: text files with ten lines and an empty one for each call, headers as Python literals.

::

    https            scheme
    GET              method
    api.github.com   host
    None             port
    /user            path and query
    {...}            request headers
    None             request body
    200              status
    [(..., ...)]     response headers
    {"login": ...}   response body (a few have more than one line)
                     (empty)
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes import loose
from tapehiss.cassettes.content import content
from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.source import Unreadable, each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.source import Recorded, Source

SCHEMES = frozenset({b"http", b"https"})
METHODS = frozenset({b"GET", b"POST", b"PUT", b"PATCH", b"DELETE", b"HEAD", b"OPTIONS"})
_LITERAL_MAX_CHARS = 1_000_000


def is_replay_data(data: bytes) -> bool:
    """Whether the first two lines are a scheme and a method."""
    scheme, _, rest = data[:100].lstrip().partition(b"\n")
    return scheme.strip() in SCHEMES and rest.split(b"\n", 1)[0].strip() in METHODS


def read(source: Source) -> Iterator[Recorded]:
    """The calls as exchanges."""
    return each(source, _blocks(source.data), lambda block: _exchange(block, source))


def _blocks(data: bytes) -> Iterator[list[bytes]]:
    """The lines of one call after the other; a call begins with a scheme and a method, and nothing else does."""
    lines = [line.removesuffix(b"\r") for line in data.split(b"\n")]
    starts = [at for at in range(len(lines) - 1) if lines[at].strip() in SCHEMES and lines[at + 1].strip() in METHODS]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=False):
        yield lines[start:end]


def _exchange(block: list[bytes], source: Source) -> Exchange:
    if len(block) < 10:
        raise Unreadable("the call has fewer than ten lines")
    scheme, method, host, port, path, asked, body, code, answered, *rest = block
    headers = loose.headers(_literal(asked))
    at_port = b"" if port.strip() in {b"None", b""} else b":" + port.strip()
    url = scheme.strip() + b"://" + host.strip() + at_port + path.strip()
    sent, undecoded = content(headers, b"" if body == b"None" else body)
    request = Request(
        method=loose.method(method.decode("latin-1")),
        url=loose.absolute(url.decode("utf-8", "replace"), source.base_url),
        headers=headers,
        body=sent,
        undecoded=undecoded,
    )
    return Exchange(request, _response(code, _literal(answered), b"\n".join(rest).rstrip(b"\n")))


def _response(code: bytes, answered: Any, stored: bytes) -> Response:
    headers = loose.headers(answered)
    body, undecoded = content(headers, stored)
    return Response(loose.status(code.decode("latin-1"))[0], "", headers, body, undecoded=undecoded)


def _literal(line: bytes) -> Any:
    """A Python literal (``ast.literal_eval`` makes only plain values)."""
    if len(line) > _LITERAL_MAX_CHARS:
        raise Unreadable("a line of headers longer than a megabyte")
    try:
        return ast.literal_eval(line.decode("utf-8", "replace").strip() or "None")
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError) as error:
        raise Unreadable("a line of headers that is no Python literal") from error
