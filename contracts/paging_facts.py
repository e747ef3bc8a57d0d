"""How an operation is paged, as facts: which parameter asks for the next page, where the answer says what to ask for, and what proves it.

Proofs, the strongest first: ``offered`` (the answer holds the next request's URL or number), ``followed`` (a value of an answer was sent back
by a later request), ``echoed`` (the answer repeats the parameter), ``named`` (only the names fit together).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from tapehiss.cassettes.secretnames import solid
from tapehiss.contracts.conduct import Sign
from tapehiss.contracts.grouping import fact, total
from tapehiss.contracts.paging import LINK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tapehiss.contracts.conduct import Conduct
    from tapehiss.contracts.facts import Argument, Fact
    from tapehiss.contracts.grouping import Origin

TOPIC = "pagination"
PROOFS = ("offered", "followed", "echoed", "named")
FACTS_MAX = 3
"""How many ways of paging are told of one operation."""

_PAGE = re.compile(r"(?:.*[\[._-])?(?:page|p|pg|page_?(?:number|no|num|index)|current_?page|number)\]?", re.IGNORECASE)
_OFFSET = re.compile(r"(?:.*[\[._-])?(?:offset|skip|start|from|start_?index|first_?result|start_?at)\]?", re.IGNORECASE)
_CURSOR = re.compile(
    r".*(?:cursor|token|after|marker|continuation|bookmark|scroll|next|start_?key)\w*\]?", re.IGNORECASE
)

Way = tuple[str, str, str, str]
"""Style (``page``, ``offset``, ``cursor``), parameter, place in the answer (empty when there is none), proof."""


def facts(origins: Iterable[Origin]) -> Iterator[Fact]:
    """How each operation is paged, the best proven way first."""
    for origin in origins:
        for line, evidence in origin.operations:
            yield from _told(line, evidence.conduct)


def _told(line: str, conduct: Conduct) -> Iterator[Fact]:
    lists = max((sign.count for sign in conduct.topic("paging", "lists").values()), default=0)
    found = _ways(conduct)
    best: dict[str, Way] = {}
    for way in sorted(found, key=lambda way: (PROOFS.index(way[3]), -found[way].count, way)):
        if way[1] not in best and (way[3] != "named" or not best):
            best[way[1]] = way
    for way in list(best.values())[:FACTS_MAX]:
        style, parameter, place, proof = way
        arguments = {**_arguments(style, parameter, place, proof), **_about(conduct, place)}
        name = "link" if place == LINK else style
        yield fact(
            TOPIC,
            name,
            found[way],
            lists,
            _sentence(style, parameter, place, proof),
            operation=line,
            arguments=arguments,
        )


def _ways(conduct: Conduct) -> dict[Way, Sign]:
    """Every way of paging that something speaks for."""
    found: dict[Way, Sign] = {}
    for (place, parameter, style), sign in conduct.topic("paging", "next-url").items():
        found[style, parameter, place, "offered"] = sign
    for kind, style in (("plus-one", "page"), ("plus-size", "offset")):
        for (place, parameter), sign in conduct.topic("paging", kind).items():
            found[style, parameter, place, "offered"] = sign
    found |= _followed(conduct)
    for (place, parameter), sign in conduct.topic("paging", "echo").items():
        style = "page" if _PAGE.fullmatch(_bare(parameter)) else "offset" if _OFFSET.fullmatch(_bare(parameter)) else ""
        if style and _speaks(place, parameter):
            found[style, parameter, place, "echoed"] = sign
    return found | _named(conduct)


def _followed(conduct: Conduct) -> dict[Way, Sign]:
    """Parameters whose values came out of earlier answers."""
    found: dict[Way, Sign] = {}
    cursors = {place: sign for (place,), sign in conduct.topic("paging", "cursor").items()}
    lists = total(conduct.topic("paging", "lists").values())
    asked = {name.split(" ")[1]: sketch for name, sketch in conduct.sketches.items() if name.startswith("asked ")}
    offered = {name.split(" ")[1]: sketch for name, sketch in conduct.sketches.items() if name.startswith("offered ")}
    for parameter, sent in asked.items():
        best: tuple[int, bool, str] = (0, False, "")
        for place, told in offered.items():
            shared, known = sent.shared(told)
            if shared and shared * 2 >= known:
                best = max(best, (shared, place in cursors, place))
        if best[0]:
            sign = cursors.get(best[2], lists)
            found["cursor", parameter, best[2], "followed"] = Sign(sign.count, sign.first, sign.last)
    return found


def _named(conduct: Conduct) -> dict[Way, Sign]:
    """Cursors that nobody sent back; a parameter is told where one of those that were ever sent has a name that fits."""
    found: dict[Way, Sign] = {}
    more = {place for place, _ in conduct.topic("paging", "more")}
    totals = conduct.topic("paging", "total")
    for (place,), sign in conduct.topic("paging", "cursor").items():
        if _CURSOR.fullmatch(place.rpartition("/")[2]) and (place.count("/") <= 3):
            found["cursor", "", place, "named"] = sign
    del more, totals
    return found


def _bare(parameter: str) -> str:
    return unquote(parameter.partition(":")[2])


def _speaks(place: str, parameter: str) -> bool:
    """Whether a member that repeats a parameter is named like it, so that equal numbers are no coincidence."""
    member, name = solid(place.rpartition("/")[2]), solid(_bare(parameter))
    return member in name or name in member or bool(_PAGE.fullmatch(member) and _PAGE.fullmatch(name))


def _arguments(style: str, parameter: str, place: str, proof: str) -> dict[str, Argument]:
    return {
        "style": style,
        "parameter": _bare(parameter),
        "in": parameter.partition(":")[0],
        "field": "" if place == LINK else unquote(place),
        "header": "link" if place == LINK else "",
        "proof": proof,
    }


def _about(conduct: Conduct, place: str) -> dict[str, Argument]:
    """What else is known: how many items are asked for, and how the last page is recognised."""
    sizes = conduct.topic("paging-size")
    held = sorted(
        {name for kind, name in sizes if kind != "broken"} - {name for kind, name in sizes if kind == "broken"}
    )
    full = [name for name in held if ("full", name) in sizes]
    ends = [told for (told,) in conduct.topic("paging", "end")]
    more = sorted({told for told, _ in conduct.topic("paging", "more")})
    totals = sorted((-sign.count, told) for (told,), sign in conduct.topic("paging", "total").items())
    return {
        "size_parameter": _bare((full or held or [""])[0]),
        "ends_with_null": True if place in ends else None,
        "more_field": unquote(more[0]) if more else "",
        "total_field": unquote(totals[0][1]) if totals else "",
    }


def _sentence(style: str, parameter: str, place: str, proof: str) -> str:
    where = "the Link header" if place == LINK else unquote(place)
    what = {"page": "the number of the page", "offset": "the number of items to leave out", "cursor": "a cursor"}[style]
    asked = (
        f"{parameter.partition(':')[0]} parameter {_bare(parameter)} takes {what}"
        if parameter
        else f"{what} is handed out"
    )
    return f"{asked}, {'from' if style == 'cursor' else 'see'} {where} ({proof})"
