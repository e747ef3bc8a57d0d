r"""One origin in the place of another, wherever it is written in a text and however it is spelt.

The law of this file: pure, on bytes, and the same result however the text is cut into chunks. What is held back between
chunks is at most the longest spelling and the few bytes that show where a host name ends; a chunk whose tail cannot begin a
URL of the origin leaves whole, so an event stream is not delayed.

Spelt means: ``https://host``; the same with JSON's ``\/`` (once or twice escaped) or ``\u002F``, HTML's ``&#x2F;`` and ``&#47;``,
percent-encoded once or twice, in whole or only colon or slashes; with or without the default port; as ``wss://`` for https and
``ws://`` for http (RFC 6455 section 3); and ``//host`` after a quote, a bracket or white space (RFC 3986 section 4.2). The host of
another vendor that only begins alike (``https://api.vendor.example.org``) is left alone, and so is an XML namespace: it is a name,
not a place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tapehiss.cassettes.origins import Origin

_PLAIN = (b"/", rb"\/", rb"\\/", rb"\\\/", rb"\u002F", rb"\u002f", b"&#x2F;", b"&#x2f;", b"&#47;", b"%2F", b"%2f")
SPELLINGS = (
    *((b":", slash) for slash in _PLAIN),
    *((colon, slash) for colon, slash in ((b"%3A", b"/"), (b"%3A", b"%2F"), (b"%3a", b"/"), (b"%3a", b"%2f"))),
    *((colon, slash) for colon, slash in ((b"%253A", b"%252F"), (b"%253a", b"%252f"))),
)
"""Colon and slash, as they are spelt together."""
_SEPARATORS = {colon + slash * 2: (colon, slash) for colon, slash in SPELLINGS}
_RELATIVE = {slash * 2: (colon, slash) for colon, slash in SPELLINGS if slash != b"/"} | {b"//": (b":", b"/")}
_WEBSOCKET = {"http": "ws", "https": "wss"}
_END = rb"(?![A-Za-z0-9_.\-@:]|%(?:25)?(?:3[Aa]|40))"
"""What must not follow: more of the host name, another port, or the end of what was user information."""
_UNDECIDED = (b"", b"%", b"%2", b"%25", b"%253", b"%254", b"%3", b"%4")
"""What may follow while it is not known yet whether the name has ended."""
_BEFORE_BYTES = 24
"""Longer than the longest scheme and separator, by one."""
CONTEXT_BYTES = 64
"""How much of what has left is remembered, to recognise a namespace."""
_NAMESPACE = re.compile(rb"xmlns(?::[\w.-]{1,40})?\s?=\s?\\*[\"']\Z")


class Tail(NamedTuple):
    """What a stream carries from one chunk to the next."""

    context: bytes = b""
    """Bytes that have left already."""
    held: bytes = b""
    """Bytes that have not."""


@dataclass(frozen=True, slots=True)
class Swap:
    """Writes ``to`` wherever one of ``sources`` stands; the sources have one scheme."""

    sources: tuple[Origin, ...]
    to: Origin
    below: tuple[str, ...] = ()
    """Segments of a path that are written behind ``to``: where the sources are to be found there."""
    _table: _Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Prepare what is needed for every text."""
        object.__setattr__(self, "_table", _table(self.sources))

    def touches(self, text: bytes) -> bool:
        """Whether a source's host is in the text at all: fast where it is not."""
        for host in self._table.hosts:  # noqa: SIM110 (no generator: this is asked several times for every exchange)
            if host in text:
                return True
        return False

    def text(self, text: bytes) -> bytes:
        """The whole text, swapped."""
        return self._swapped(text, 0, len(text))

    def step(self, tail: Tail, chunk: bytes, *, last: bool = False) -> tuple[Tail, bytes]:
        """One chunk of a stream: the new tail, and the bytes that can leave; ``last`` lets everything go."""
        text = b"".join((tail.context, tail.held, chunk)) if tail.context else tail.held + chunk
        start = len(tail.context)
        stop = len(text) if last else len(text) - self._undecided(text, start)
        return Tail(text[max(0, stop - CONTEXT_BYTES) : stop], text[stop:]), self._swapped(text, start, stop)

    def leads(self, text: bytes) -> bool:
        """Whether the text begins with a source."""
        return any(begin == 0 for begin, *_ in _found(self._table, text, 0))

    def _swapped(self, text: bytes, start: int, stop: int) -> bytes:
        """``text[start:stop]`` with every source that begins in it replaced."""
        if not self.touches(text):
            return text[start:stop]
        pieces = []
        for begin, end, scheme, colon, slash in _found(self._table, text, start):
            if begin >= stop:
                break
            assert begin >= start, "a source has begun in what has left already"
            pieces += [text[start:begin], self.spelt(scheme, colon, slash)]
            start = end
        return b"".join((*pieces, text[start:stop]))

    def spelt(self, scheme: bytes, colon: bytes, slash: bytes) -> bytes:
        """``to``, spelt like what it replaces; no scheme if that had none."""
        named = _WEBSOCKET[self.to.scheme] if scheme.startswith(b"w") else self.to.scheme
        head = named.encode("ascii") + colon if scheme else b""
        port = b"" if self.to.default_port else b"%s%d" % (colon, self.to.port)
        path = (slash + segment.encode("ascii").replace(b":", colon) for segment in self.below)
        return b"".join((head, slash, slash, _host(self.to, colon), port, *path))

    def _undecided(self, text: bytes, start: int) -> int:
        """How many bytes at the end may be the beginning of a source."""
        table = self._table
        if not text or text[-1] not in table.alphabet:
            return 0
        most = min(table.longest, len(text) - start)
        return next((size for size in range(most, 0, -1) if text[-size:] in table.beginnings), 0)


@dataclass(frozen=True, slots=True)
class _Table:
    """What is prepared once for a set of sources."""

    hosts: tuple[bytes, ...]
    anywhere: re.Pattern[bytes]
    """A host, in any spelling."""
    before: re.Pattern[bytes]
    """What stands before a host: groups ``scheme`` and ``separator``, or ``relative``."""
    after: dict[tuple[bytes, bytes], re.Pattern[bytes]]
    """By host and colon: a port that may follow, and the end."""
    beginnings: frozenset[bytes]
    alphabet: frozenset[int]
    longest: int


@lru_cache(maxsize=64)
def _table(sources: tuple[Origin, ...]) -> _Table:
    """The table of some sources; there are as many as there are names by which clients call the recorder."""
    colons = tuple(dict.fromkeys(colon for colon, _ in SPELLINGS))
    hosts = tuple(dict.fromkeys(_host(source, colon) for source in sources for colon in colons))
    scheme = sources[0].scheme
    schemes = (scheme.encode("ascii"), _WEBSOCKET[scheme].encode("ascii"))
    before = rb"(?:(?P<scheme>%s)(?P<separator>%s)|(?<![^\"'\s=(<>,;|\[])(?P<relative>%s))\Z"
    beginnings = frozenset(chain.from_iterable(_beginnings(source, schemes) for source in sources))
    return _Table(
        hosts=hosts,
        anywhere=re.compile(_any_of(hosts)),
        before=re.compile(before % (_any_of(schemes), _any_of(_SEPARATORS), _any_of(_RELATIVE))),
        after={(host, colon): _after(host, colon, sources) for host in hosts for colon in colons},
        beginnings=beginnings,
        alphabet=frozenset(chain.from_iterable(beginnings)),
        longest=max(map(len, beginnings)),
    )


def _found(table: _Table, text: bytes, start: int) -> Iterator[tuple[int, int, bytes, bytes, bytes]]:
    """Every source in the text whose host begins at or after ``start``: begin, end, scheme, and how colon and slash are spelt."""
    for host in table.anywhere.finditer(text, start):
        window = max(0, host.start() - _BEFORE_BYTES)
        before = table.before.search(text[window : host.start()])
        if before is None:
            continue
        colon, slash = _SEPARATORS[before["separator"]] if before["scheme"] else _RELATIVE[before["relative"]]
        after = table.after[host[0], colon].match(text, host.end())
        begin = window + before.start()
        if after and not _NAMESPACE.search(text[max(0, begin - CONTEXT_BYTES) : begin]):
            yield begin, after.end(), before["scheme"] or b"", colon, slash


def _after(host: bytes, colon: bytes, sources: tuple[Origin, ...]) -> re.Pattern[bytes]:
    """What follows this host when it is a source: its port (which may go without saying), and no more of a name."""
    ports = [port for source in sources if _host(source, colon) == host for port in _ports(source, colon)]
    return re.compile(b"(?:%s)%s" % (_any_of(ports), _END) if ports else rb"(?!)")


def _ports(source: Origin, colon: bytes) -> tuple[bytes, ...]:
    """The spellings of a port, the longest first."""
    written = b"%s%d" % (colon, source.port)
    return (written, b"") if source.default_port else (written,)


def _host(origin: Origin, colon: bytes) -> bytes:
    """The host; an IPv6 address is spelt like its surroundings."""
    host = origin.host.encode("ascii")
    if not host.startswith(b"[") or colon == b":":
        return host
    percent = colon[:-2]
    return percent + b"5B" + host[1:-1].replace(b":", colon) + percent + b"5D"


def _beginnings(source: Origin, schemes: tuple[bytes, ...]) -> Iterator[bytes]:
    """Every text that may be the beginning of this source, or the source while its end is undecided."""
    for separator, (colon, _) in chain(_SEPARATORS.items(), _RELATIVE.items()):
        heads = schemes if separator in _SEPARATORS else (b"",)
        for head in heads:
            name = head + separator + _host(source, colon)
            for port in _ports(source, colon):
                whole = name + port
                yield from (whole[:size] for size in range(1, len(whole)))
                yield from (whole + more for more in _UNDECIDED)


def _any_of(spellings: Iterator[bytes] | tuple[bytes, ...] | list[bytes] | dict[bytes, tuple[bytes, bytes]]) -> bytes:
    return b"|".join(re.escape(spelling) for spelling in spellings)
