"""Credentials as OpenAPI says them: security schemes, and which of them an operation was accepted with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tapehiss.contracts.facts import Fact

RESERVED = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that OpenAPI ignores: it says them in other ways."""
HTTP_SCHEMES = frozenset({"bearer", "basic", "digest"})
"""Schemes of the header Authorization that OpenAPI knows; any other is a key in that header."""
_PLACES = {"header": "header", "query": "query", "cookie": "cookie"}


def security_schemes(facts: Iterable[Fact]) -> dict[str, Any]:
    """The security schemes that facts about credentials prove, by name."""
    found: dict[str, Any] = {}
    for fact in facts:
        place = fact["in"]
        if fact.topic == "auth" and fact["credential"] and place in _PLACES:
            found[scheme_name(fact["credential"])] = {**_scheme(fact), "x-tapehiss": {"seen": fact.seen, "of": fact.of}}
    return dict(sorted(found.items()))


def _scheme(fact: Fact) -> dict[str, Any]:
    scheme, place, name = fact["scheme"], fact["in"], fact["name"]
    if place == "header" and str(name).lower() == "authorization" and scheme in HTTP_SCHEMES:
        return {"type": "http", "scheme": scheme, "description": fact.words}
    return {"type": "apiKey", "in": place, "name": name, "description": fact.words}


def scheme_name(credential: str) -> str:
    """A credential as the name of a component."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", credential).strip("-") or "credential"


def requirement(about: Sequence[Fact]) -> list[dict[str, list[str]]]:
    """The sets of credentials with which an operation was accepted, each sufficient; empty when nothing is known."""
    sets = [tuple(fact["credentials"] or ()) for fact in about if fact.id == "auth-accepted"]
    return [{scheme_name(each): [] for each in having} for having in sorted(sets) if not _in_body(having)]


def _in_body(having: Iterable[str]) -> bool:
    return any(each.split(":")[0] not in _PLACES for each in having)


def credentials_of(facts: Iterable[Fact], place: str) -> frozenset[str]:
    """Lower-case names of what carries credentials at this place."""
    return frozenset(
        str(fact["name"]).lower() for fact in facts if fact.topic == "auth" and fact["in"] == place and fact["name"]
    )
