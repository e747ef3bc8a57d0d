"""From a URL to the operation that it calls: ``/v1/customers/cus_9s6XKzkNRiz8i3`` is ``/v1/customers/{id}``.

What is counted is counted under this operation, so that it is a pure function of one URL: a segment is a parameter when its *form*
says so (``tapehiss.contracts.segments``), and parameters are called after their form. Everything that could be a word stays literal.
What the siblings of a segment prove (``/users/ada`` and ``/users/grace`` are one operation), and what parameters are called, is a
view: ``tapehiss.contracts.catalogue``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from tapehiss.contracts.segments import form_of, looks_minted

__all__ = ["Operation", "looks_minted", "operation_of", "parse", "split"]

PATH_LENGTH_MAX = 2_000
"""Longer paths are cut: no vendor's route is this long, a fuzzer's is."""
SEGMENTS_MAX = 30
"""Deeper paths are cut, too."""


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """What a vendor offers at one place: a method, an origin and a path template."""

    method: str
    origin: str
    """Scheme, host and port (without the scheme's default), in lower case."""
    path: str
    """Path template; parameters are in braces."""

    def __str__(self) -> str:
        """The operation on one line, as ``parse`` reads it."""
        return f"{self.method} {self.origin}{self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of the path parameters, from left to right."""
        return tuple(_PARAMETER.findall(self.path))


def parse(text: str) -> Operation:
    """The operation of a line that ``str`` made; ``ValueError`` for anything else."""
    match = _LINE.fullmatch(text)
    if match is None:
        raise ValueError(f"not an operation: {text!r}")
    return Operation(*match.groups())


def operation_of(method: str, url: str) -> tuple[Operation, dict[str, str]]:
    """The operation that a request calls, and the values of its path parameters by their place (``1`` is the first segment)."""
    origin, path, _ = split(url)
    template, values = _template(path[:PATH_LENGTH_MAX])
    return _operation(method, origin, template), dict(values)


@lru_cache(maxsize=2_000)
def _operation(method: str, origin: str, template: str) -> Operation:
    return Operation(_NO_TOKEN.sub("_", method.upper()) or "_", origin, template)


@lru_cache(maxsize=256)
def split(url: str) -> tuple[str, str, str]:
    """Origin, path and query of a URL; the path of one that is no URL (a bad IPv6 address) is ``/``."""
    plain = _PLAIN.fullmatch(url)
    if plain:
        scheme, host, path, query = plain.groups("")
        return _origin(scheme, host), path or "/", query
    try:
        parts = urlsplit(url.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    except ValueError:
        return "", "/", ""
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return _origin(parts.scheme, parts.netloc), path, parts.query


_PARAMETER = re.compile(r"\{([^{}]*)\}")
_LINE = re.compile(r"(\S+) ((?:[a-z0-9+.-]*://[^/\s]+)?)(/\S*)")
_NO_TOKEN = re.compile(r"[^!-~]")
_PLAIN = re.compile(r"(https?)://([a-z0-9.-]+)(/[!-\"$->@-~]*)?(?:\?([!-\"$-~]*))?")
"""What most URLs look like: they need not be parsed by the book."""


@lru_cache(maxsize=1_000)
def _template(path: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The template of a path, and the values at the places of its parameters."""
    segments = path.split("/", SEGMENTS_MAX)[:SEGMENTS_MAX]
    values: list[tuple[str, str]] = []
    told: list[str] = []
    for place, segment in enumerate(segments):
        form = form_of(segment, segments[place - 1 : place] if place > 1 else ())
        told.append(_literal(segment) if form is None else f"{{{form.name}}}{form.end}")
        if form is not None:
            values.append((str(place), form.value))
    return "/".join(told), tuple(values)


def _literal(segment: str) -> str:
    """A segment as it stays in the template; what is written like a rest (``tapehiss.contracts.levels``) is escaped."""
    return quote(segment, safe="%~!$&'()*+,;=:@-._") if re.search(r"[{}\s]", segment) else segment.replace("~+", "%7E+")


@lru_cache(maxsize=256)
def _origin(scheme: str, netloc: str) -> str:
    """Scheme and host in lower case, without userinfo and without the scheme's own port (RFC 9110 section 4.2.3)."""
    host = re.sub(r"\s", "", netloc.rpartition("@")[2].lower())
    host = host.removesuffix({"https": ":443", "http": ":80"}.get(scheme.lower(), ":"))
    return f"{scheme.lower()}://{host}" if host else ""
