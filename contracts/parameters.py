"""What path parameters are called: after the collection before them, the form of their values, or the member that repeats them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.routewords import is_version

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_SAME_IN_PLURAL = frozenset({"series", "species", "news", "analytics", "media", "status", "sms"})
_IRREGULAR = {"people": "person", "children": "child", "indices": "index", "criteria": "criterion", "movies": "movie"}
_TELLING = frozenset({"login", "username", "slug", "code", "symbol", "handle", "sha", "uuid", "key"})
"""Members that are good names for what repeats them."""


def name_of(owner: str, forms: Collection[str], member: str, taken: Collection[str]) -> str:
    """The name of a parameter, which no other of the path has.

    ``owner`` is the literal segment right before it, if there is one; ``forms`` are those of its values, ``text`` among them where they
    are words; ``member`` is the member of answers that repeats the value, if one does.
    """
    return next(name for name in _names(owner, forms, member) if name not in taken)


def _names(owner: str, forms: Collection[str], member: str) -> Iterator[str]:
    one = "" if is_version(owner) else singular(snake(owner))
    one = one if one[:1].isalpha() else ""
    only = next(iter(forms)) if len(forms) == 1 else ""
    if only not in {"", "id", "text"}:
        best = only
    elif only == "text":
        best = _of_words(one, snake(member))
    else:
        best = f"{one}_id" if one else "id"
    yield best
    yield from (f"{best}_{number}" for number in range(2, 10_000))


def _of_words(one: str, member: str) -> str:
    """The name of a parameter whose values are words."""
    if member in _TELLING or (
        one and member in {f"{one}_{end}" for end in ("id", "name", "key", "code", "slug", "uuid")}
    ):
        return member
    if member in {"id", "name"} and one:
        return f"{one}_{member}"
    return one or member or "name"


@lru_cache(maxsize=20_000)
def snake(word: str) -> str:
    """A literal segment as a name: ``line-items`` and ``lineItems`` are ``line_items``."""
    word = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", unquote(word).split(".", maxsplit=1)[0])
    return re.sub(r"[^a-z0-9]+", "_", word.lower()).strip("_")


def singular(word: str) -> str:
    """One of a collection, by the rules of English plurals that hold in URLs."""
    head, _, tail = word.rpartition("_")
    if head:
        return f"{head}_{singular(tail)}"
    if word in _SAME_IN_PLURAL or word in _IRREGULAR:
        return _IRREGULAR.get(word, word)
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(?:ss|x|ch|sh|(?<![oa])us)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
