"""How an operation is paged, as facts: which parameter asks for the next page, where the answer says what to ask for, and what proves it.

Proofs, the strongest first:

============ =========================================================================================
``offered``  the answer holds the next request's URL, or its number
``followed`` a value that an answer held was sent back by another request (equal digests on both sides)
``echoed``   the answer repeats the parameter under the same name
``asked``    several pages were asked for, and no answer had more items than were asked for
``named``    only the name of a member speaks for it; no tape has the next request
============ =========================================================================================
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.contracts.conduct import Sign
from tapehiss.contracts.grouping import fact, total
from tapehiss.contracts.pagewords import is_position, is_size
from tapehiss.contracts.paging import LINK
from tapehiss.contracts.pointers import steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tapehiss.contracts.conduct import Conduct, Sketch
    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.facts import Argument, Fact
    from tapehiss.contracts.grouping import Origin

TOPIC = "pagination"
PROOFS = ("offered", "followed", "echoed", "asked", "named")
HEADER = "header:"
"""How a place begins that is a header of the answer."""
FACTS_MAX = 2
"""How many ways of paging are told of one operation."""
STYLE_SEEN_MIN = 5
"""Fewer answers do not say what a parameter is where other operations say otherwise."""
FOLLOWED_MIN = 0.5
"""The share of the values that were sent which must have been offered before."""

_PAGE = re.compile(r"(?:.*[\[._-])?(?:page|pg|page[_\[.-]?(?:number|no|num|index)|current_?page)\]?|p", re.IGNORECASE)
_OFFSET = re.compile(r"(?:.*[\[._-])?(?:offset|skip|start|start_?index|first_?result|start_?at)\]?", re.IGNORECASE)
_TOO_SHORT = frozenset({"token", "marker", "next"})
"""Names of members that mean too many things to prove a cursor alone."""
_PROOF = {
    "offered": "the answer tells the next one in {where}",
    "linked": "the URL of the next page is in {where}",
    "followed": "callers took it from {where}",
    "echoed": "the answer repeats it as {where}",
    "asked": "several pages were asked for, and no answer tells the next one",
}
_WHAT = {
    "page": "the number of the page",
    "offset": "the number of items to leave out before the page",
    "cursor": "a cursor",
}

Way = tuple[str, str, str, str]
"""Style (``page``, ``offset``, ``cursor``), parameter, place in the answer (empty when there is none), proof."""


def facts(origins: Iterable[Origin]) -> Iterator[Fact]:
    """How each operation is paged, the best proven way first."""
    for origin in origins:
        told = [fact for line, evidence in origin.operations for fact in _told(line, evidence, origin.conduct)]
        proven = {(fact["field"], fact["header"]): fact for fact in reversed(told) if fact["parameter"]}
        yield from (_with_relative(fact, proven.get((fact["field"], fact["header"]))) for fact in told)


def _with_relative(fact: Fact, proven: Fact | None) -> Fact:
    """A fact that knows no parameter, with the one that takes the same member at another operation of the origin."""
    if proven is None or fact["parameter"] or not (fact["field"] or fact["header"]):
        return fact
    method, _, url = proven.operation.partition(" ")
    at = f"{method} /{url.partition('://')[2].partition('/')[2]}"
    return replace(fact, words=f"{fact.words}; at {at} {proven['in']} parameter {proven['parameter']} takes it")


def _told(line: str, evidence: Evidence, around: Conduct) -> Iterator[Fact]:
    """``around`` is the conduct of all operations of the origin."""
    conduct = evidence.conduct
    lists = max((sign.count for sign in conduct.topic("paging", "lists").values()), default=0)
    found = _ways(evidence, around)
    best: dict[str, Way] = {}
    for way in sorted(found, key=lambda way: (PROOFS.index(way[3]), -found[way].count, way)):
        if way[1] not in best and (way[3] in PROOFS[:2] or not best):
            best[way[1]] = way
    for way in list(best.values())[:FACTS_MAX]:
        style, parameter, place, proof = way
        about = _about(conduct, place)
        arguments = {**_arguments(style, parameter, place, proof), **about}
        name = "link" if place == LINK else style
        words = "; ".join([_sentence(*way), *_further(about)])
        yield fact(TOPIC, name, found[way], lists, words, operation=line, arguments=arguments)
    if not best:
        yield from _unknown(line, conduct, lists)


def _ways(evidence: Evidence, around: Conduct) -> dict[Way, Sign]:
    """Every way of paging that something speaks for."""
    conduct = evidence.conduct
    found = _linked(conduct, around)
    for kind, style in (("plus-one", "page"), ("plus-size", "offset")):
        for (place, parameter), sign in conduct.topic("paging", kind).items():
            if is_position(_bare(parameter)):
                found[style, parameter, place, "offered"] = sign
    found |= _followed(conduct)
    for (place, parameter), sign in conduct.topic("paging", "echo").items():
        style = _style(parameter)
        if style and parameter.startswith("query:"):
            found[style, parameter, place, "echoed"] = sign
    return found | _asked(evidence) | _named(conduct)


def _linked(conduct: Conduct, around: Conduct) -> dict[Way, Sign]:
    """Parameters that the next page's URL changes; the style is what they are most of the time.

    By chance a few cursors look like numbers of pages: with few answers the style is what it is at the whole origin.
    """
    everywhere = _styles(around)
    found: dict[Way, Sign] = {}
    for key, signs in _styles(conduct).items():
        few = sum(sign.count for sign in signs.values()) < STYLE_SEEN_MIN
        known = everywhere.get(key, signs) if few else signs
        style = max(sorted(known), key=lambda each: known[each].count)
        place, parameter = key
        found[style, parameter, place, "offered"] = total(signs.values())
    return found


def _styles(conduct: Conduct) -> dict[tuple[str, str], dict[str, Sign]]:
    """Place of a URL and parameter that it changes -> how it changes it, and how often."""
    styles: dict[tuple[str, str], dict[str, Sign]] = {}
    for (place, parameter, style), sign in conduct.topic("paging", "next-url").items():
        styles.setdefault((place, parameter), {})[style] = sign
    return styles


def _followed(conduct: Conduct) -> dict[Way, Sign]:
    """Parameters whose values came out of other answers."""
    found: dict[Way, Sign] = {}
    cursors = {place: sign for (place,), sign in conduct.topic("paging", "cursor").items()}
    lists = total(conduct.topic("paging", "lists").values())
    for parameter, sent in _sketches(conduct, "asked"):
        if not is_position(_bare(parameter)):
            continue
        shares = ((sent.shared(told), place) for place, told in _sketches(conduct, "offered"))
        fits = [
            (shared, place in cursors, place)
            for (shared, known), place in shares
            if shared and shared >= known * FOLLOWED_MIN
        ]
        if fits:
            place = max(fits)[2]
            found["cursor", parameter, place, "followed"] = cursors.get(place, lists)
    return found


def _sketches(conduct: Conduct, kind: str) -> Iterator[tuple[str, Sketch]]:
    for name in sorted(conduct.sketches):
        if name.startswith(f"{kind} "):
            yield name.split(" ")[1], conduct.sketches[name]


def _asked(evidence: Evidence) -> dict[Way, Sign]:
    """Numbers of pages that were asked for, where a size was asked for, too, and kept to."""
    part = evidence.parts.get("query")
    if part is None or not _sizes(evidence.conduct):
        return {}
    found: dict[Way, Sign] = {}
    for path, seen in part.fields.items():
        outer, *inner = steps_of(path) or [""]
        name = outer + "".join(f"[{each}]" for each in inner)
        style = _style(f"query:{name}")
        if style and set(seen.kinds) == {"integer"} and len(seen.values) > 1:
            found[style, f"query:{name}", "", "asked"] = Sign(seen.exchanges, seen.first, seen.last)
    return found


def _named(conduct: Conduct) -> dict[Way, Sign]:
    """Cursors that nobody sent back."""
    cursors = conduct.topic("paging", "cursor").items()
    found = {
        ("cursor", "", place, "named"): sign for (place,), sign in cursors if _member(place).lower() not in _TOO_SHORT
    }
    totals = {place.rpartition("/")[0] for (place,) in conduct.topic("paging", "total")}
    for (place,), sign in conduct.topic("paging", "at").items():
        if place.rpartition("/")[0] in totals:
            found["offset" if "offset" in _member(place).lower() else "page", "", place, "named"] = sign
    return found


def _member(place: str) -> str:
    return place.rpartition("/")[2]


def _unknown(line: str, conduct: Conduct, lists: int) -> Iterator[Fact]:
    """A list that says whether there is more, where nothing says how to ask for it."""
    ends = {
        place: sign
        for (place,), sign in conduct.topic("paging", "end").items()
        if _member(place) not in _TOO_SHORT - {"next"}
    }
    for place, sign in sorted(ends.items())[:1]:
        words = f"the answer's {place_words(place)} is empty on the last page; no tape has another"
        told: dict[str, Argument] = {"field": unquote(place), "ends_with_null": True, "proof": "named"}
        yield fact(TOPIC, "end", sign, lists, words, operation=line, arguments=told)
    parents = {place.rpartition("/")[0] for (place,) in conduct.topic("paging", "lists")}
    more = {place: sign for (place, _), sign in conduct.topic("paging", "more").items()}
    for place in sorted(more, key=lambda place: (place.count("/"), place))[:1]:
        if place.rpartition("/")[0] in parents and place.count("/") <= 2:
            signs = total(sign for (each, _), sign in conduct.topic("paging", "more").items() if each == place)
            words = f"the answer's {place_words(place)} says whether there is more; how to ask for it is on no tape"
            yield fact(
                TOPIC,
                "more",
                signs,
                lists,
                words,
                operation=line,
                arguments={"more_field": unquote(place), "proof": "named"},
            )


def _style(parameter: str) -> str:
    """The style that a parameter's name speaks of, if it speaks of one."""
    name = _bare(parameter)
    if is_size(name):
        return ""
    return "page" if _PAGE.fullmatch(name) else "offset" if _OFFSET.fullmatch(name) else ""


def _bare(parameter: str) -> str:
    return unquote(parameter.partition(":")[2])


def _arguments(style: str, parameter: str, place: str, proof: str) -> dict[str, Argument]:
    return {
        "style": style,
        "parameter": _bare(parameter),
        "in": parameter.partition(":")[0],
        "field": "" if place.startswith(HEADER) else unquote(place),
        "header": unquote(place.removeprefix(HEADER)) if place.startswith(HEADER) else "",
        "proof": proof,
    }


def _sizes(conduct: Conduct) -> list[str]:
    """The parameters that no answer had more items than, best first: those that some answer had exactly as many as."""
    sizes = conduct.topic("paging-size")
    broken = {name for kind, name in sizes if kind == "broken"}
    held = {name for kind, name in sizes if kind != "broken" and is_size(_bare(name))} - broken
    return sorted(held, key=lambda name: (("full", name) not in sizes, name))


def _about(conduct: Conduct, place: str) -> dict[str, Argument]:
    """What else is known: how many items are asked for, and how the last page is recognised."""
    parents = {each.rpartition("/")[0] for (each,) in conduct.topic("paging", "lists")} | {place.rpartition("/")[0]}
    more = sorted({told for told, _ in conduct.topic("paging", "more") if told.rpartition("/")[0] in parents})
    totals = sorted((-sign.count, told) for (told,), sign in conduct.topic("paging", "total").items())
    return {
        "size_parameter": next(map(_bare, _sizes(conduct)), ""),
        "ends_with_null": True if (place,) in conduct.topic("paging", "end") else None,
        "more_field": unquote(more[0]) if more else "",
        "total_field": unquote(totals[0][1]) if totals else "",
    }


def _sentence(style: str, parameter: str, place: str, proof: str) -> str:
    where = place_words(place)
    if parameter:
        takes = f"{parameter.partition(':')[0]} parameter {_bare(parameter)} takes {_WHAT[style]}"
        is_url = proof == "offered" and (style == "cursor" or place == LINK)
        return f"{takes}; {_PROOF['linked' if is_url else proof].format(where=where)}"
    where = where if place.startswith(HEADER) else f"the answer's {where}"
    if style == "cursor":
        return f"{where} is named like a cursor; no tape has the request that sends it back"
    return f"{where} says which {style} this is; how to ask for another is on no tape"


def _further(about: Mapping[str, Argument]) -> Iterator[str]:
    """What else a caller needs to page."""
    if about["size_parameter"]:
        yield f"{about['size_parameter']} is how many items there are at most"
    if about["ends_with_null"]:
        yield "there is none on the last page"
    elif about["more_field"]:
        yield f"{place_words(str(about['more_field']))} says whether there is more"


def place_words(place: str) -> str:
    """A place in the answer as people write it: ``links.next``, ``data[].id`` of the last item, a header."""
    if place.startswith(HEADER):
        name = unquote(place.removeprefix(HEADER))
        return "the header link (rel=next)" if place == LINK else f"the header {name}"
    last = place.partition("/~-")
    path = ".".join(steps_of(unquote(last[0])))
    return f"{path}[]{'.'.join(['', *steps_of(unquote(last[2]))])} of the last item" if last[1] else path
