"""Which of several segments at one place are values of one parameter, and which are routes of their own.

What is a value by its form is known already (``tapehiss.contracts.segments``). Of the words, these are values:

- what a body repeats as somebody's ``id``, ``login``, ``slug``, ... (``/users/ada`` answers ``{"login": "ada"}``), or several bodies
  repeat at the same place;
- beside values that are known: what was called in no other way than they and answered alike, what is written as they are
  (``fr-par-2`` beside ``fr-par-1``, ``pm_card_visa`` beside ``pm_1NIR...``), and what was only ever refused (``/lists/no-such-list``);
- many that were called in the same ways and answered alike (``/airports/{airport}``): fewer are enough after a collection.

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
"""So many are enough when most of them are written as no word is: with digits or in capitals."""
BLIND = 3
"""So many times more are needed where no answer had a body to compare."""
ALIKE = 0.6
"""The share of the paths of the smaller of two answers that the other must have."""
LACKING = 0.4
"""The share of what most answers have that an answer must have at least."""
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
    if known is not None or found:
        found |= _joining(siblings, found, known)
    together = [*([known] if known else ()), *(siblings[word] for word in found)]
    rest = {word: traits for word, traits in words.items() if word not in found}
    return frozenset(found | _crowd(rest, summed(together) if together else None, owner))


def _joining(siblings: Mapping[str, Traits], found: set[str], known: Traits | None) -> set[str]:
    """The words that belong to known values, those that belong to these, and so on."""
    joined: set[str] = set()
    while True:
        values = found | joined
        together = summed([*([known] if known else ()), *(siblings[word] for word in values)])
        moulds = {_mould(word) for word in values}
        more = {
            word
            for word, traits in siblings.items()
            if word not in values
            and (_belongs(word, traits, together) or (_mould(word) in moulds and not is_reserved(word)))
        }
        if not more:
            return joined
        joined |= more


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


def _crowd(words: Mapping[str, Traits], known: Traits | None, owner: str) -> set[str]:
    """The words of a place that are alike: if they are many and most of all that are there, or beside values that are known."""
    users: dict[Way, dict[str, Traits]] = {}
    for word, traits in words.items():
        for way in traits.ways:
            users.setdefault(way, {})[word] = traits
    compared = [_compared(way, those, known) for way, those in users.items()]
    fellows = {word for word, traits in words.items() if traits.ways}.difference(*(strange for strange, _ in compared))
    routes = {word for word in fellows if is_routelike(word)}
    if known is not None:
        usual = known.ways.keys() | {
            way for way, those in users.items() if sum(bool(each.ways[way]) for each in those.values()) >= FEW
        }
        return {word for word in fellows - routes if not usual.isdisjoint(words[word].ways)}
    few_routes = len(routes) <= ROUTES * len(fellows)
    full = len(fellows.difference(*(poor for _, poor in compared)))
    agreed = len(fellows) >= MOST * len(words) and full * 2 >= len(fellows)
    blind = not any(paths for word in fellows for paths in words[word].ways.values())
    many = len(fellows) >= _enough(fellows, owner) * (BLIND if blind else 1)
    return fellows if agreed and few_routes and many else set()


def _compared(way: Way, words: Mapping[str, Traits], known: Traits | None) -> tuple[set[str], set[str]]:
    """The words that are strange: called as no other was, or answered otherwise; and those whose answers lack what most have."""
    others = [known.ways[way]] if known is not None and way in known.ways else []
    number = len(words) + len(others)
    if number == 1:
        return set(words), set()
    times = Counter(path for paths in [*others, *(traits.ways[way] for traits in words.values())] for path in paths)
    core = {path for path, count in times.items() if count * 2 > number}
    answers = {word: traits.ways[way] for word, traits in words.items() if traits.ways[way]}
    strange = {word for word, paths in answers.items() if sum(times[path] > 1 for path in paths) < ALIKE * len(paths)}
    return strange, {word for word, paths in answers.items() if len(paths & core) < LACKING * len(core)}


def _enough(words: Collection[str], owner: str) -> int:
    """How many siblings make a parameter."""
    if sum(_is_coded(word) for word in words) >= MOST * len(words):
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
