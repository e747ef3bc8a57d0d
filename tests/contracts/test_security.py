"""Credentials as OpenAPI and callers need them."""

from __future__ import annotations

from tapehiss.contracts.facts import Fact
from tapehiss.contracts.operations import Operation
from tapehiss.contracts.security import credentials_for, credentials_of, requirement, security_schemes

ORIGIN = "https://api.vendor.example"
THINGS = Operation("GET", ORIGIN, "/things")


def scheme(place: str, name: str, kind: str, seen: int = 9) -> Fact:
    told = (
        ("origin", ORIGIN),
        ("in", place),
        ("name", name),
        ("scheme", kind),
        ("credential", f"{place}:{name}:{kind}"),
    )
    return Fact("auth", f"auth-{kind}", "", told, seen, 10, words=f"a {kind}")


def accepted(*credentials: str, seen: int, of: int = 10) -> Fact:
    return Fact("auth", "auth-accepted", str(THINGS), (("credentials", credentials),), seen, of)


FACTS = (scheme("header", "authorization", "bearer"), scheme("query", "api_key", "key", 1))


def test_schemes_are_those_of_openapi():
    """A bearer token is an HTTP scheme, everything else is a key at its place."""
    schemes = security_schemes([*FACTS, scheme("header", "authorization", "unknown"), scheme("body", "token", "key")])
    assert {name: (each["type"], each.get("scheme") or each.get("in")) for name, each in schemes.items()} == {
        "header-authorization-bearer": ("http", "bearer"),
        "header-authorization-unknown": ("apiKey", "header"),
        "query-api_key-key": ("apiKey", "query"),
    }


def test_each_set_of_credentials_is_enough():
    """The sets with which an operation was accepted are alternatives; one without a credential is the empty set."""
    sets = [accepted("header:authorization:bearer", seen=9), accepted(seen=1), accepted("body:token:key", seen=1)]
    assert requirement(sets) == [{}, {"header-authorization-bearer": []}]


def test_a_call_has_what_accepted_calls_had():
    """What recorders dropped is added where some calls had it; a credential of one call in a thousand is not."""
    facts = (*FACTS, accepted("header:authorization:bearer", seen=2), accepted(seen=8))
    [credential] = credentials_for(THINGS, facts)
    assert (credential.name, credential.prefix, credential.variable) == ("Authorization", "Bearer", "$TOKEN")
    rare = (*FACTS, accepted("query:api_key:key", seen=1, of=1000), accepted(seen=999, of=1000))
    assert credentials_for(THINGS, rare) == ()
    assert [each.place for each in credentials_for(THINGS, FACTS)] == ["header"]
    assert credentials_for(THINGS, ()) == ()


def test_variables_are_called_after_what_they_are():
    """A key has the name of its header, a blotted-out credential says that it is one."""
    [key] = credentials_for(THINGS, (scheme("header", "x-api-key", "key"),))
    [unknown] = credentials_for(THINGS, (scheme("header", "authorization", "unknown"),))
    assert (key.variable, key.prefix) == ("$X_API_KEY", "")
    assert (unknown.variable, unknown.prefix) == ("$CREDENTIAL", "")
    assert "not on the tape" in unknown.words


def test_headers_that_carry_credentials_are_known():
    """They are no parameters."""
    assert credentials_of(FACTS, "header") == {"authorization"}
