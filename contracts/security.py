"""Credentials as OpenAPI says them: security schemes, and which of them an operation was accepted with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tapehiss.contracts.variables import variable_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tapehiss.contracts.facts import Fact
    from tapehiss.contracts.operations import Operation

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


@dataclass(frozen=True, slots=True)
class Credential:
    """One thing that a caller must have, and where it goes."""

    place: str
    """``header``, ``query``, ``cookie`` or ``body``."""
    name: str
    scheme: str
    """``bearer``, ``basic``, ``key``, ``raw``, ``signature``, ``unknown``, or the scheme's own word."""
    words: str
    """What it is, in a sentence."""

    @property
    def prefix(self) -> str:
        """The word before the credential in a header."""
        return (
            ""
            if self.scheme in {"key", "raw", "signature", "unknown", "basic"}
            else _SPELT.get(self.scheme, self.scheme)
        )

    @property
    def label(self) -> str:
        """What one must have, by the names of the variables."""
        return "USERNAME and PASSWORD" if self.scheme == "basic" else self.variable.removeprefix("$")

    @property
    def variable(self) -> str:
        """The shell variable that stands for it."""
        if self.scheme == "bearer":
            return "$TOKEN"
        if self.name == "Authorization":
            return "$CREDENTIAL"
        return f"${variable_name(self.name)}"


OFTEN_MIN = 0.05
"""A credential that fewer of an operation's calls had is no part of how it is called."""
_SPELT = {"bearer": "Bearer", "digest": "Digest", "token": "token"}


def credentials_for(operation: Operation, facts: Sequence[Fact]) -> tuple[Credential, ...]:
    """What an operation was called with most often; what its origin takes, where it was never called with success."""
    known = {
        fact["credential"]: fact
        for fact in facts
        if fact.topic == "auth" and fact["credential"] and fact["origin"] == operation.origin
    }
    sets = [fact for fact in facts if fact.id == "auth-accepted" and fact.operation == str(operation)]
    having = [fact for fact in sets if fact["credentials"] and fact.seen >= OFTEN_MIN * fact.of]
    if having:  # what recorded a tape may have dropped credentials, but it made up none
        words = max(having, key=lambda fact: fact.seen)["credentials"]
    elif sets or not known:
        words = ()
    else:
        words = (max(known.values(), key=lambda fact: fact.seen)["credential"],)
    return tuple(_credential(known[word]) for word in words if word in known)


def _credential(fact: Fact) -> Credential:
    name = "Authorization" if str(fact["name"]).lower() == "authorization" else str(fact["name"])
    hint = (
        " (its scheme is not on the tape; Bearer and a token is the usual one)" if fact["scheme"] == "unknown" else ""
    )
    return Credential(fact["in"], name, fact["scheme"], fact.words + hint)
