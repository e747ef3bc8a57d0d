"""Which identifiers of a client stand for which ones of the tape: learnt when a request is matched, used from then on.

The law of this file: values; a client that was answered under its own identifier gets it back in every later answer, and may ask by it.
Of two identifiers for one of the tape the later counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from tapehiss.cassettes.media import is_form, is_text, media_type
from tapehiss.mocks.inventions import SEARCHED_MAX_BYTES, digest_of_name, generated_in
from tapehiss.mocks.memory import Memory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tapehiss.cassettes.exchange import Request, Response

_DIGESTS = frozenset({"content-md5", "digest", "content-digest", "repr-digest", "x-goog-hash", "x-amz-crc32"})
"""Digests of a body, which would not be true of a changed one."""


@dataclass(frozen=True, slots=True)
class Bindings:
    """Pairs of identifiers, to be looked up from either side."""

    recorded: Memory[str] = field(default_factory=Memory)
    """By the client's identifier."""
    asked: Memory[str] = field(default_factory=Memory)
    """By the tape's identifier."""
    empty: bool = True

    def bound(self, pairs: Iterable[tuple[str, str]]) -> Bindings:
        """The same with these pairs of an identifier of the client's and one of the tape."""
        recorded, asked, empty = self.recorded, self.asked, self.empty
        for new, old in pairs:
            recorded, asked, empty = recorded.put(digest_of_name(new), old), asked.put(digest_of_name(old), new), False
        return self if empty is self.empty and recorded is self.recorded else Bindings(recorded, asked, empty)

    def knows(self, recorded: Iterable[str]) -> bool:
        """Whether any of these identifiers of the tape stands for one of the client's already."""
        return any(self.asked.get(digest_of_name(name), "") for name in recorded)

    def to_tape(self, request: Request) -> Request:
        """The request as the tape may have it."""
        if self.empty:
            return request
        url = _url_in(request.url, self.recorded)
        body = request.body if request.undecoded else _body_in(request.body, self.recorded)
        return request if url == request.url and body is request.body else replace(request, url=url, body=body)

    def to_client(self, response: Response) -> Response:
        """A recorded answer with the client's identifiers in it."""
        if self.empty:
            return response
        headers = tuple((name, _renamed(value, self.asked)) for name, value in response.headers)
        kind = media_type(response.headers)
        plain = (is_text(kind) or is_form(kind)) and not response.undecoded
        body = _body_in(response.body, self.asked) if plain else response.body
        if body is response.body:
            return response if headers == response.headers else replace(response, headers=headers)
        kept = tuple(pair for pair in headers if not is_digest(pair[0]))
        chunks = response.chunks if len(body) == len(response.body) else ()
        return replace(response, headers=kept, body=body, chunks=chunks)


def is_digest(name: str) -> bool:
    """Whether a header digests the body."""
    return name.lower() in _DIGESTS or name.lower().startswith("x-amz-checksum-")


def _renamed(text: str, names: Memory[str]) -> str:
    """The text with every identifier that is known in exchange for another."""
    pieces, at = [], 0
    for start, end in generated_in(text):
        if name := names.get(digest_of_name(text[start:end]), ""):
            pieces += [text[at:start], name]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _body_in(body: bytes, names: Memory[str]) -> bytes:
    if len(body) > SEARCHED_MAX_BYTES:
        return body
    text = body.decode("latin-1")
    renamed = _renamed(text, names)
    return body if renamed is text else renamed.encode("latin-1")


def _url_in(url: str, names: Memory[str]) -> str:
    """The URL with its escapes undone where an identifier is hidden by them, and done again."""
    path, question, query = url.partition("?")
    head, slashes, rest = path.partition("://")
    told = "/".join([_escaped(segment, names) for segment in rest.split("/")])
    asked = "&".join([_value_in(pair, names) for pair in query.split("&")])
    return f"{head}{slashes}{told}{question}{asked}"


def _value_in(pair: str, names: Memory[str]) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}{equals}{_escaped(value.replace('+', '%20'), names, value)}"


def _escaped(text: str, names: Memory[str], unless: str | None = None) -> str:
    """The text with its escapes anew if something in it was renamed; else as it is, or ``unless``."""
    plain = unquote(text)
    renamed = _renamed(plain, names)
    if renamed == plain:
        return text if unless is None else unless
    return quote(renamed, safe="")
