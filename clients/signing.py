"""Credentials that are known beforehand: keys, user and password, bearer tokens; and the shape that all credentials have.

A credential is put on each attempt below the retry flow, so that it is never in an answer, an error or an event, and a new one can be
put on the next attempt of the same call. What a caller puts on a request itself is left alone.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias
from urllib.parse import quote

from tapehiss.cassettes.errors import Misuse
from tapehiss.cassettes.exchange import Response, header
from tapehiss.clients.errors import LoginNeeded, place

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Request
    from tapehiss.clients.effects import Flow, Layer, Tried, Try

Secret: TypeAlias = str | Callable[[], str]
"""A secret, or where to get it: then it is asked for at every attempt, so that it can change while calls run."""


class Auth(Protocol):
    """Puts a credential on attempts."""

    def over(self, inner: Layer) -> Layer:
        """The layer of one call."""


def with_header(attempt: Try, name: str, value: str) -> Try:
    """The attempt with one more header, unless the caller has set it."""
    if header(attempt.request.headers, name) is not None:
        return attempt
    return replace(attempt, request=replace(attempt.request, headers=(*attempt.request.headers, (name, value))))


def turned_down(tried: Tried) -> bool:
    """Whether the vendor did not accept the credential."""
    return isinstance(tried.outcome, Response) and tried.outcome.status == 401


@dataclass(frozen=True)
class Keys:
    """One of several secrets in a header or a query parameter; when one is not accepted any more, the next is used.

    So keys are rotated without downtime: give the new and the old one, in any order, before the vendor changes over.
    """

    secrets: Sequence[Secret] = field(repr=False)
    name: str = "Authorization"
    prefix: str = ""
    query: bool = False
    """Whether ``name`` is a query parameter."""
    _state: list[int] = field(default_factory=lambda: [0], repr=False, compare=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Refuse an empty ring of keys."""
        if not self.secrets or not all(self.secrets):
            raise Misuse("there is no secret, or an empty one", "auth", "give at least one, none of them empty")
        if not all(_is_secret(secret) for secret in self.secrets):
            remedy = "give each as an argument of its own, as text or as a function without arguments"
            raise Misuse("a secret is neither text nor a function", "auth", remedy)

    def over(self, inner: Layer) -> Layer:
        """The layer of one call: it tries each secret at most once."""
        tried_before: set[int] = set()

        def layer(attempt: Try) -> Flow[Tried]:
            number = self._state[0]
            tried = yield from inner(self._signed(attempt, number))
            tried_before.add(number)
            if not turned_down(tried) or len(tried_before) == len(self.secrets):
                return tried
            with self._lock:
                if self._state[0] == number:
                    self._state[0] = (number + 1) % len(self.secrets)
                return replace(tried, again=self._state[0] not in tried_before)

        return layer

    def _signed(self, attempt: Try, number: int) -> Try:
        value = f"{self.prefix}{_read(self.secrets[number], attempt)}"
        return self._asked(attempt, value) if self.query else with_header(attempt, self.name, value)

    def _asked(self, attempt: Try, value: str) -> Try:
        request: Request = attempt.request
        url = f"{request.url}{'&' if '?' in request.url else '?'}{quote(self.name, safe='')}={quote(value, safe='')}"
        return replace(attempt, request=replace(request, url=url))


def _is_secret(given: object) -> bool:
    return isinstance(given, str) or callable(given)


def _read(secret: Secret, attempt: Try) -> str:
    """The secret as it is now; ``LoginNeeded`` when whoever keeps it does not hand it out."""
    if isinstance(secret, str):
        return secret
    try:
        value: object = secret()
    except Exception as error:  # noqa: BLE001 (anybody's code, and its words may quote the secret)
        value, what = None, f"what reads the secret raised {type(error).__name__}"
    else:
        what = "what reads the secret returned none"
    if not isinstance(value, str) or not value:
        raise LoginNeeded(what, place(attempt.request), LoginNeeded.advice)
    return value


def api_key(*secrets: Secret, name: str = "X-API-Key", prefix: str = "", query: bool = False) -> Keys:
    """A key in a header, or in a query parameter."""
    return Keys(secrets, name, prefix, query)


def bearer(*tokens: Secret) -> Keys:
    """A token that somebody else keeps valid (RFC 6750)."""
    return Keys(tokens, prefix="Bearer ")


def basic(user: str, password: str) -> Keys:
    """User name and password (RFC 7617)."""
    if ":" in user:
        raise Misuse("there is a colon in the user name", "auth", "RFC 7617 has no way to send it: use another name")
    return Keys((base64.b64encode(f"{user}:{password}".encode()).decode(),), prefix="Basic ")
