"""Which credentials a vendor takes, as facts: what requests that were accepted had, and what those that were not had instead."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.authentication import NONE
from tapehiss.contracts.conduct import Sign
from tapehiss.contracts.grouping import fact, total

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.contracts.conduct import Conduct
    from tapehiss.contracts.facts import Argument, Fact
    from tapehiss.contracts.grouping import Origin

TOPIC = "auth"
SURE_FROM = 0.5
"""A credential that its name does not prove counts where at least this share of an origin's accepted requests has it."""

_WHAT = {
    "bearer": "a bearer token",
    "basic": "user name and password",
    "key": "a key",
    "signature": "a signature",
    "raw": "a bare key",
    "unknown": "a credential that is blotted out on the tape",
    "oauth1": "an OAuth 1 signature",
}


def facts(origins: Iterable[Origin]) -> Iterator[Fact]:
    """The credentials of every origin, then what each of its operations was called with."""
    for origin in origins:
        proofs = accepted(origin.conduct)
        known = _known(proofs)
        yield from _schemes(origin, proofs, known)
        yield from _refusals(origin)
        for line, evidence in origin.operations:
            yield from _grants(line, evidence.conduct)
            yield from _alternatives(line, accepted(evidence.conduct), known)


def accepted(conduct: Conduct) -> dict[str, Sign]:
    """The proofs that requests had which were not turned down."""
    return {proof: sign for (proof,), sign in conduct.topic("proof").items()}


def _known(proofs: Mapping[str, Sign]) -> dict[str, str]:
    """Credential as it was noted -> as it is told; those that prove nothing are not in it."""
    of = total(proofs.values()).count
    counts: Counter[str] = Counter()
    for proof, sign in proofs.items():
        counts.update(dict.fromkeys(_words(proof), sign.count))
    sure = {
        word: word.removesuffix("?") for word, count in counts.items() if word[-1] != "?" or count >= SURE_FROM * of
    }
    return {word: _told(bare, sure.values()) for word, bare in sure.items()}


def _told(word: str, known: Iterable[str]) -> str:
    """A blotted-out credential is of the one scheme that the same header has elsewhere."""
    place, _, scheme = word.rpartition(":")
    others = [each for each in known if each.startswith(f"{place}:") and not each.endswith(":unknown")]
    return others[0] if scheme == "unknown" and len(others) == 1 else word


def _words(proof: str) -> list[str]:
    return [] if proof == NONE else proof.split("+")


def _schemes(origin: Origin, proofs: Mapping[str, Sign], known: Mapping[str, str]) -> Iterator[Fact]:
    of = total(proofs.values()).count
    for word in sorted(set(known.values())):
        having = [sign for proof, sign in proofs.items() if word in {known.get(each) for each in _words(proof)}]
        place, name, kind = word.split(":")
        told = {"origin": origin.name, "in": place, "name": unquote(name), "scheme": kind, "credential": word}
        yield fact(TOPIC, kind if kind in _WHAT else "scheme", total(having), of, _spoken(word), arguments=told)
    if of and not known:
        words = "no credential was seen: none is needed, or what recorded the tape dropped it"
        yield fact(TOPIC, "unseen", total(proofs.values()), of, words, arguments={"origin": origin.name})


def _spoken(credential: str) -> str:
    """A credential in words."""
    place, name, kind = credential.split(":")
    return f"{_WHAT.get(kind, f'a credential of the scheme {kind}')} in the {_PLACE[place]} {unquote(name)}"


_PLACE = {"header": "header", "query": "query parameter", "cookie": "cookie", "body": "body member"}


def _refusals(origin: Origin) -> Iterator[Fact]:
    """What was turned down, by status and whether a credential was there."""
    refused = origin.conduct.topic("refused")
    challenges = tuple(sorted(scheme for (scheme,) in origin.conduct.topic("challenge")))
    of = total(refused.values()).count
    for status in sorted({status for status, _ in refused}):
        for bare in (True, False):
            signs = [sign for (code, proof), sign in refused.items() if code == status and (proof == NONE) is bare]
            if signs:
                told: dict[str, Argument] = {
                    "origin": origin.name,
                    "status": int(status),
                    "credential": not bare,
                    "challenges": challenges,
                }
                words = (
                    f"{status} answers a request {'without a credential' if bare else 'whose credential does not do'}"
                )
                yield fact(TOPIC, "refused", total(signs), of, words, arguments=told)


def _grants(line: str, conduct: Conduct) -> Iterator[Fact]:
    """Where tokens are handed out, and for what (RFC 6749 section 4)."""
    grants = {unquote(grant): sign for (grant,), sign in conduct.topic("grant").items()}
    if grants:
        words = f"tokens are handed out here, for {', '.join(sorted(grants))}"
        signs = total(grants.values())
        yield fact(
            TOPIC,
            "token-endpoint",
            signs,
            signs.count,
            words,
            operation=line,
            arguments={"grants": tuple(sorted(grants))},
        )


def _alternatives(line: str, proofs: Mapping[str, Sign], known: Mapping[str, str]) -> Iterator[Fact]:
    """The sets of credentials with which an operation was called, each a fact; an empty set is a call without any."""
    sets: dict[tuple[str, ...], Sign] = {}
    for proof, sign in proofs.items():
        having = tuple(sorted({known[word] for word in _words(proof) if word in known}))
        sets[having] = sets.get(having, Sign()) + sign
    of = total(sets.values()).count
    for having in sorted(sets) if known else ():
        words = f"accepted with {' and '.join(map(_spoken, having))}" if having else "accepted without a credential"
        yield fact(TOPIC, "accepted", sets[having], of, words, operation=line, arguments={"credentials": having})
