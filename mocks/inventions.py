"""What a client makes up itself: identifiers (a UUID for what it creates, a session, the parts of an upload) and the time of day.

They are new in every run, so a tape has other ones than the client sends. The law of this file: an identifier is the client's if the
tapes show it first in a request; what the vendor named (it stood in an answer before anybody asked for it) is never taken for
something else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qsl, unquote

from tapehiss.cassettes.pseudonyms import is_pseudonym
from tapehiss.mocks.bodies import kept_pairs, spelt_pairs
from tapehiss.mocks.keys import fingerprint_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tapehiss.cassettes.exchange import Exchange, Request

OWN = "\0own"
"""Stands for what a client made up; no target of HTTP holds a NUL."""
NOW = "\0now"
"""Stands for a moment."""
SEARCHED_MAX_BYTES = 1_000_000
"""Identifiers further back in a body are not looked for."""
VENDORS_MAX = 1_000_000
NAME_MIN_CHARS = 16
_RUN = re.compile(r"[A-Za-z0-9_+/.~-]{16,256}")
_UUID = re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}(?![0-9a-fA-F])")
_MOMENT = re.compile(
    r"(?:1[5-9]|2[0-2])\d{8}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?"  # seconds since 1970 up to 2042, or smaller units
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?"
    r"|0\.\d{8,20}"  # and dice: Math.random()
)
_MARKS = str.maketrans("", "", "_+/.~-")
_NO_MARKS = re.compile(r"[_.~-]")
_WORD = re.compile(r"[^/]{16,}")
_SUFFIX = re.compile(r"(?:\.[a-z]{1,5}[0-9]?|\.+)\Z")

Span = tuple[int, int]


def generated_in(text: str) -> Iterator[Span]:
    """Where in a text something stands that no person would have written: UUIDs, and long words of letters and digits at random."""
    for run in _RUN.finditer(text):
        first = run.start()
        yield from ((first + start, first + end) for start, end in _of_run(run[0]))


@lru_cache(maxsize=16_384)
def _of_run(run: str) -> tuple[Span, ...]:
    uuids = tuple(found.span() for found in _UUID.finditer(run))
    if uuids:
        return uuids
    if "/" not in run or _is_base64(run):
        return _of_word(run, 0)
    return tuple(span for found in _WORD.finditer(run) for span in _of_word(found[0], found.start()))


def _of_word(word: str, first: int) -> tuple[Span, ...]:
    """The place of a word without the suffix of a file's name or the end of a sentence, if it is random."""
    suffix = _SUFFIX.search(word)
    end = suffix.start() if suffix else len(word)
    return ((first, first + end),) if end >= NAME_MIN_CHARS and _is_random(word[:end]) else ()


def _is_random(word: str) -> bool:
    """Whether digits and letters (or letters of both cases) take turns as dice would have it."""
    kinds = [0 if letter.isdigit() else 1 if letter.islower() else 2 for letter in word.translate(_MARKS)]
    turns = sum(one != other for one, other in pairwise(kinds))
    return kinds.count(0) >= 2 and turns * 4 >= len(kinds)


def _is_base64(run: str) -> bool:
    """Whether a word with slashes in it is no path."""
    return run[0] != "/" and not _NO_MARKS.search(run) and run.lower() != run


def digest_of_name(name: str) -> int:
    """64 bits of an identifier."""
    return fingerprint_of((name,))


class Shape(NamedTuple):
    """A URL without what its client made up."""

    path: str
    """With ``OWN`` in it."""
    query: str
    """With ``OWN`` and ``NOW`` in it."""
    names: tuple[str, ...]
    """The identifiers that stood there, in order."""


@dataclass(frozen=True, slots=True)
class Inventions:
    """Which identifiers on some tapes are clients' own."""

    own: frozenset[str] = frozenset()
    vendors: frozenset[int] = frozenset()
    """64 bits of each identifier that an answer showed first; empty if clients made nothing up."""

    def shape(self, path: str, query: str, dropped: frozenset[str]) -> Shape | None:
        """The shape of a path and a query; ``None`` if nothing in them was made up."""
        if not self.own and not query:
            return None
        found: list[str] = []
        shaped = "/".join([masked(unquote(segment), found, self._may_be_own) for segment in path.split("/")])
        pairs = kept_pairs(parse_qsl(query, keep_blank_values=True), dropped)
        moments = [bool(_MOMENT.fullmatch(value)) for _, value in pairs]
        told = [
            (name, NOW if moment else masked(value, found, self._may_be_own))
            for moment, (name, value) in zip(moments, pairs, strict=True)
        ]
        return Shape(shaped, spelt_pairs(told), tuple(found)) if found or any(moments) else None

    def _may_be_own(self, name: str) -> bool:
        return name in self.own or (bool(self.own) and digest_of_name(name) not in self.vendors)

    def named_anew(self, asked: Iterable[str], recorded: Iterable[str]) -> tuple[tuple[str, str], ...]:
        """Of identifiers in the same places, the pairs of a new one and the one that the tape has instead."""
        return tuple(
            (new, old)
            for new, old in zip(asked, recorded, strict=False)
            if new != old and old in self.own and new not in self.own and digest_of_name(new) not in self.vendors
        )

    def agree(self, asked: Iterable[str], recorded: Iterable[str]) -> bool:
        """Whether every identifier is the recorded one, or a new one for one that was made up, too."""
        return all(
            new == old or (old in self.own and new not in self.own) for new, old in zip(asked, recorded, strict=True)
        )


def masked(text: str, found: list[str], wanted: Callable[[str], bool]) -> str:
    """The text with ``OWN`` in the place of generated identifiers that are wanted; they are added to ``found``."""
    pieces, at = [], 0
    for start, end in generated_in(text):
        if wanted(text[start:end]):
            found.append(text[start:end])
            pieces += [text[at:start], OWN]
            at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def in_bodies(asked: Request, recorded: Request) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The identifiers in two bodies that differ in nothing else; none if they do."""
    ours: list[str] = []
    theirs: list[str] = []
    one, other = (masked(text_of(each.body), found, _any) for each, found in ((asked, ours), (recorded, theirs)))
    return (tuple(ours), tuple(theirs)) if one == other else ((), ())


def _any(_name: str) -> bool:
    return True


def text_of(body: bytes) -> str:
    """A body as text in which identifiers can be looked for: byte by byte, of large ones the beginning."""
    return body[:SEARCHED_MAX_BYTES].decode("latin-1")


def inventions_of(recordings: Iterable[Exchange]) -> Inventions:
    """What clients made up on some tapes, given in the order of their requests."""
    recordings = tuple(recordings)
    first: dict[str, int] = {}
    for number, exchange in enumerate(recordings):
        for name in _names(_asked_in(exchange.request)):
            first.setdefault(name, number)
    if not first:
        return Inventions()
    vendors: set[int] = set()
    for number, exchange in enumerate(recordings):
        for name in _names(_answered_in(exchange)):
            if number < first.get(name, number + 1) and len(vendors) < VENDORS_MAX:
                first.pop(name, None)
                vendors.add(digest_of_name(name))
    own = frozenset(name for name in first if not is_pseudonym(name.encode("ascii")))
    return Inventions(own, frozenset(vendors)) if own else Inventions()


def _names(text: str) -> Iterator[str]:
    return (text[start:end] for start, end in generated_in(text))


def _asked_in(request: Request) -> str:
    target = request.url.partition("://")[2].partition("/")[2]
    return f"{unquote(target)}\n{text_of(request.body)}"


def _answered_in(exchange: Exchange) -> str:
    if exchange.response is None:
        return ""
    headers = "\n".join([value for _, value in exchange.response.headers])
    return f"{headers}\n{text_of(exchange.response.body)}"
