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
        unread, value = of_body("application/json", self.body).unread, None
        if not unread:
            unread, value = _exactly(self.body)
        if unread:
            what = f"the answer is no JSON document: {unread}"
            raise BodyInvalid(what, place(self.request), BodyInvalid.advice, self.response, self.attempts)
        return value


class _TwinsError(ValueError):
    """An object has two members of one name."""


def _exactly(body: bytes) -> tuple[str, Any]:
    """The value of a valid JSON document, long integers to the last digit; or why it may mean two things."""
    try:
        return "", json.loads(body, object_pairs_hook=_without_twins)
    except _TwinsError:
        return "two members of one name", None
    except RecursionError:
        return "nested too deep", None
    except ValueError:  # the bound of int(), see sys.set_int_max_str_digits
        return "a number too large", None


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _TwinsError
    return made
