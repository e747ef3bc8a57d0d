"""What a call brings when all goes well: the request, the whole response, and the log of how it came about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.exchange import header
from tapehiss.clients.errors import BodyInvalid, place
from tapehiss.contracts.documents import of_body

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Headers, Request, Response
    from tapehiss.clients.classify import Attempt


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer."""

    request: Request
    response: Response
    attempts: tuple[Attempt, ...] = ()

    def __repr__(self) -> str:
        """Status and place: what may be said aloud of it."""
        return f"<Answer {self.status} {place(self.request)}>"

    @property
    def status(self) -> int:
        """Status of the response."""
        return self.response.status

    @property
    def headers(self) -> Headers:
        """Headers of the response, as sent."""
        return self.response.headers

    @property
    def body(self) -> bytes:
        """Content of the response: complete, with its content coding undone."""
        return self.response.body

    def header(self, name: str) -> str | None:
        """The first value of a header of the response."""
        return header(self.response.headers, name)

    def json(self) -> Any:
        """The body as JSON; ``BodyInvalid`` for anything that two parsers could read differently.

        That is NaN, half surrogates, and members of the same name (RFC 7493 section 2.3).
        """
        found = of_body("application/json", self.body)
        unread = found.unread or _doubt(self.body)
        if unread:
            what = f"the answer is no JSON document: {unread}"
            raise BodyInvalid(what, place(self.request), BodyInvalid.advice, self.response, self.attempts)
        return found.values[0]


class _TwinsError(Exception):
    """An object has two members of one name."""


def _doubt(body: bytes) -> str:
    """Why a valid JSON document may mean two things; empty when it cannot."""
    try:
        json.loads(body, object_pairs_hook=_without_twins, parse_int=len, parse_float=len)
    except _TwinsError:
        return "two members of one name"
    except RecursionError:
        return "nested too deep"
    return ""


def _without_twins(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        raise _TwinsError
