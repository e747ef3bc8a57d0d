"""What a call brings when all goes well: the request, the whole response, and the log of how it came about."""

from __future__ import annotations

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
        """The body as JSON; ``BodyInvalid`` for anything that two parsers could read differently (NaN, half surrogates)."""
        found = of_body("application/json", self.body)
        if found.unread:
            what = f"the answer is no JSON document: {found.unread}"
            raise BodyInvalid(what, place(self.request), BodyInvalid.advice, self.response, self.attempts)
        return found.values[0]
