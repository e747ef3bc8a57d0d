"""Credentials within documents: a member whose name or value says that it is one becomes a variable of the shell.

Names are judged as redaction judges them (``tapehiss.cassettes.secretnames``): what a strong name has goes, what a weak one has goes where
it looks random. A tape holds pseudonyms of credentials, and nobody else can use them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tapehiss.cassettes.secretnames import Names, Place, Strength
from tapehiss.cassettes.secretshapes import looks_random

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

_NAMES = Names()
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Variable(str):
    """The name of a variable, without its dollar, in place of a text."""

    __slots__ = ()


def with_variables(document: Any, place: Place, known: Collection[str] = ()) -> Any:
    """A document whose credentials are variables, also those of these names.

    ``place`` is ``QUERY`` for forms, whose numbers may be credentials, too.
    """
    if isinstance(document, dict):
        return {name: _member(name, value, place, known) for name, value in document.items()}
    return [with_variables(item, place, known) for item in document] if isinstance(document, list) else document


def variables_in(document: Any) -> Iterator[tuple[str, Variable]]:
    """The members that are variables, by name, in order."""
    values = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for name, value in values:
        if isinstance(value, Variable):
            yield str(name), value
        else:
            yield from variables_in(value)


def variable_name(name: str) -> str:
    """The name of a variable for what has this name."""
    bare = re.sub(r"[^A-Z0-9]+", "_", _HUMP.sub("_", name).upper()).strip("_")
    return bare if bare[:1].isalpha() else f"CREDENTIAL_{bare}".rstrip("_")


def _member(name: str, value: Any, place: Place, known: Collection[str]) -> Any:
    numbers = place is Place.QUERY and isinstance(value, int) and not isinstance(value, bool)
    if (isinstance(value, str) or numbers) and (name in known or _is_credential(name, str(value), place)):
        return Variable(variable_name(name))
    return with_variables(value, place, known)


def _is_credential(name: str, text: str, place: Place) -> bool:
    strength = _NAMES.strength(name, place)
    if not text or strength is Strength.NONE:
        return False
    return strength is Strength.STRONG or looks_random(text.encode("utf-8", "surrogatepass"))
