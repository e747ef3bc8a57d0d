"""Which of several segments at one place are values of one parameter, and which are routes of their own.

What is a value by its form is known already (``tapehiss.contracts.segments``). Of the words, these are values:

- what a body repeats as somebody's ``id``, ``login``, ``slug``, ... (``/users/ada`` answers ``{"login": "ada"}``), or several bodies
  repeat at the same place;
- beside values that are known: what was called in no other way than they and answered alike, what is written as they are
  (``fr-par-2`` beside ``fr-par-1``, ``pm_card_visa`` beside ``pm_1NIR...``), and what was only ever refused (``/lists/no-such-list``);
- many that were called in the same way and answered alike, where a collection was named (``/airports/{iata}``).

Actions, pronouns and versions (``search``, ``me``, ``v2``) are never values, and what is written as routes are written (collections,
``words_joined``) only when a body says so: a few routes of one envelope look alike.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tapehiss.contracts.routewords import is_collection, is_reserved, is_routelike, is_version
from tapehiss.contracts.traits import Traits, summed

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from tapehiss.contracts.traits import Way

FEW = 3
"""So many values that look alike are enough after a collection."""
MANY = 12
"""So many are needed where nothing says that things of one kind are named here."""
CODED = 2
"""So many are enough when every one of them is written as no word is: with digits or in capitals."""
BLIND = 3
"""So many times more are needed where no answer had a body to compare."""
ALIKE = 0.6
"""The share of the paths of the smaller of two answers that the other must have."""
MOST = 0.8
"""The share of siblings that must agree."""
ROUTES = 0.3
"""The share of siblings that may be written as routes are."""


def values_among(
    siblings: Mapping[str, Traits], known: Traits | None, minted: Collection[str], owner: str
) -> frozenset[str]:
    """The words that are values.

    ``known`` are the traits of what is a value by its form, ``minted`` some of these values, ``owner`` the literal before the place.
    """
    words = {word: traits for word, traits in siblings.items() if word and not is_reserved(word)}
    found = _shown(words, minted, owner)
    if known is None and not found:
        found = _crowd(words, owner)
    while known is not None or found:
        together = summed([*([known] if known else ()), *(siblings[word] for word in found)])
        moulds = {_mould(word) for word in found}
        more = {
            word
            for word, traits in siblings.items()
            if word not in found and (_belongs(word, traits, together) or (word in words and _mould(word) in moulds))
        }
        if not more:
            break
        found |= more
    return frozenset(found)


def _shown(words: Mapping[str, Traits], minted: Collection[str], owner: str) -> set[str]:
    """The words that are shown to be values by what a body repeats, or by the prefix of their ids."""
    echoes = Counter(echo for traits in words.values() for echo in traits.echoes)
    prefixes = {_prefix(value) for value in minted} - {""}
    found = {word for word in words if _prefix(word) in prefixes}
    for word, traits in words.items():
        alike = max((echoes[echo] for echo in traits.echoes), default=0)
        plain = is_collection(owner) or not is_routelike(word)
        if alike >= FEW or (plain and (alike > 1 or traits.repeated)):
            found.add(word)
    return found


def _prefix(word: str) -> str:
    """``pm_`` of ``pm_card_visa``: what ids of one kind begin with."""
    match = re.match(r"[a-z]{2,8}_(?=.)", word)
    return match[0] if match else ""


def _belongs(word: str, traits: Traits, known: Traits) -> bool:
    """Whether a word is one more of the values that are known."""
    if not word:
        return False
    same = traits.ways.keys() <= known.ways.keys()
    if is_reserved(word):
        return traits.missing and same and not is_version(word)
    tails = {tail for _, tail in known.ways} | {""}
    if (traits.missing or (traits.refused and not is_routelike(word))) and all(
        tail in tails for _, tail in traits.ways
    ):
        return True
    return (same or _is_mixed(word)) and not is_routelike(word) and _alike(traits.ways, known.ways)


def _alike(a: Mapping[Way, frozenset[str]], b: Mapping[Way, frozenset[str]]) -> bool:
    """Whether answers of the same way have much in common; what has no body is like everything."""
    shared = [(a[way], b[way]) for way in a.keys() & b.keys() if a[way] and b[way]]
    return all(len(mine & other) >= ALIKE * min(len(mine), len(other)) for mine, other in shared)


def _crowd(words: Mapping[str, Traits], owner: str) -> set[str]:
    """All words of a place, if they are many, were called in the same way and answered alike."""
    ways = Counter(way for traits in words.values() for way in traits.ways)
    if not ways:
        return set()
    (way, count) = min(ways.items(), key=lambda pair: (-pair[1], pair[0]))
    fellows = {word: traits for word, traits in words.items() if way in traits.ways}
    answers = [traits.ways[way] for traits in fellows.values() if traits.ways[way]]
    whole = frozenset[str]().union(*answers)
    alike = sum(len(answer) >= ALIKE * len(whole) for answer in answers)
    routes = sum(is_routelike(word) for word in fellows)
    agreed = count >= MOST * len(words) and routes <= ROUTES * count and alike >= MOST * len(answers)
    return set(fellows) if agreed and count >= _enough(fellows, owner) * (1 if answers else BLIND) else set()


def _enough(words: Collection[str], owner: str) -> int:
    """How many siblings make a parameter."""
    if all(_is_coded(word) for word in words):
        return CODED
    return FEW if is_collection(owner) else MANY


def _is_coded(word: str) -> bool:
    """Whether a word is written as a code: with a digit, or all in capitals."""
    return word.isupper() or bool(re.search(r"\d", word))


def _mould(word: str) -> str:
    """How a word with digits is written: ``a-a-9`` for ``fr-par-1``; words without any have only themselves."""
    return re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "9", word))) if re.search(r"\d", word) else word


def _is_mixed(word: str) -> bool:
    """Whether a word has several digits that are not its end: ``9lxkhjnp8gyx``, not ``sha256``."""
    return len(word) >= 6 and len(re.findall(r"\d", word)) > 1 and not re.fullmatch(r"\D+\d+", word)
