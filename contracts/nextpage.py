"""The second page: the request for it, and how a vendor's lists are paged in few sentences.

Only a proven way (``tapehiss.contracts.paging_facts``) is written as a request: a parameter that the tapes do not have is not invented.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from tapehiss.contracts.asking import CURSOR
from tapehiss.contracts.counts import Part
from tapehiss.contracts.operations import parse
from tapehiss.contracts.paging_facts import HEADER, place_words
from tapehiss.contracts.pairtable import one_value, sent_names
from tapehiss.contracts.schemas import evidence_tree
from tapehiss.contracts.unions import shape_of
from tapehiss.contracts.values import values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tapehiss.contracts.asking import Asking
    from tapehiss.contracts.counts import Evidence
    from tapehiss.contracts.facts import Fact

NAMED_MAX = 2
WAYS_MAX = 8
"""How many ways of paging an overview tells."""


def next_page(first: Asking, evidence: Evidence, facts: Sequence[Fact]) -> tuple[Asking, str] | None:
    """The request for the page after the first one, and where its cursor comes from (empty for numbers).

    ``facts`` are those of the operation; ``None`` where no parameter is proven, or nothing is known that could be sent.
    """
    way = next((fact for fact in facts if fact.topic == "pagination" and fact["parameter"]), None)
    if way is None:
        return None
    name = str(way["parameter"])
    if way["in"] == "body":
        known = isinstance(first.body, dict) and "[" not in name
        note = f"<{_cursor_words(way)}>"
        return (replace(first, body={**first.body, name: note}), "") if known and way["style"] == "cursor" else None
    pairs = _sized(first, evidence, name, str(way["size_parameter"] or ""))
    others = [pair for pair in pairs if pair[0] != name]
    if way["style"] == "cursor":
        told = replace(first, url=_with_query(first.url, others), cursor=name)
        return (told, f"{CURSOR}: {_cursor_words(way)}") if first.body is None else None
    value = _second(way, dict(pairs), _seen(evidence, name))
    return None if value is None else (replace(first, url=_with_query(first.url, [*others, (name, str(value))])), "")


def _cursor_words(way: Fact) -> str:
    """Where the cursor comes from."""
    place = f"{HEADER}{way['header']}" if way["header"] else str(way["field"] or "")
    where = place_words(place)
    return f"{way['parameter']} of the URL in {where}" if way["proof"] == "offered" else f"{where} of the answer before"


def _sized(first: Asking, evidence: Evidence, name: str, size: str) -> list[tuple[str, str]]:
    """The parameters of the first request that later pages were asked for with, and a size of the page that was seen."""
    beside = _beside(evidence, name)
    pairs = parse_qsl(urlsplit(first.url).query, keep_blank_values=True)
    pairs = [pair for pair in pairs if beside is None or _outer(pair[0]) in beside]
    seen = _seen(evidence, size) if size and size not in dict(pairs) else []
    return [*pairs, *((size, str(value)) for value in seen[:1])]


def _beside(evidence: Evidence, name: str) -> frozenset[str] | None:
    """What most requests had that had this parameter, by names before brackets; ``None`` where none is known."""
    tree = evidence_tree(evidence.parts.get("query", Part()))
    shapes = [(count, text) for text, count in (tree.seen.shapes if tree is not None else {}).items()]
    known = [(count, sorted(shape.names)) for count, text in shapes if _outer(name) in (shape := shape_of(text)).names]
    return frozenset(max(known)[1]) if known else None


def _outer(name: str) -> str:
    return name.partition("[")[0] if not name.endswith("[]") else name


def _with_query(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    return urlunsplit(urlsplit(url)._replace(query=urlencode(pairs)))


def _second(way: Fact, pairs: dict[str, str], seen: Sequence[Any]) -> int | None:
    """The number of the second page, or of the items before it."""
    numbers = [value for value in seen if type(value) is int]
    if way["style"] == "page":
        return 1 if 0 in numbers else 2
    size = pairs.get(str(way["size_parameter"] or ""), "")
    return int(size) if size.isdecimal() else min((value for value in numbers if value > 0), default=None)


def _seen(evidence: Evidence, name: str) -> list[Any]:
    """The values that were sent under a name of the query, the most frequent first."""
    tree = evidence_tree(evidence.parts.get("query", Part()))
    nodes = [node for told, node in sent_names(tree) if told == name] if tree is not None else []
    return [value for node in nodes for value in values_of(one_value(node).seen)]


def paging_lines(facts: Sequence[Fact], *, short: bool = False) -> Iterator[str]:
    """How the lists of a vendor are paged: each way once, with the operations that are paged so, ``short`` without their origin."""
    ways: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.topic == "pagination" and fact["parameter"]:
            ways.setdefault(fact.words.partition("; ")[0], []).append(fact)
    ranked = sorted(ways.items(), key=lambda way: (-len(way[1]), way[0]))
    for _, about in ranked[:WAYS_MAX]:
        best = max(about, key=lambda fact: fact.seen)
        often = f"{len(about)} operations, most often " if len(about) > 1 else ""
        yield f"{best.words[:1].upper()}{best.words[1:]} (at {often}{_line(best.operation, short=short)})"
    known = {fact.operation for about in ways.values() for fact in about}
    others = sorted({fact.operation for fact in facts if fact.topic == "pagination"} - known)
    if others:
        named = ", ".join(_line(each, short=short) for each in others[:NAMED_MAX])
        more = ", …" if len(others) > NAMED_MAX else ""
        yield f"No tape has a second page of {named}{more} ({len(others)} in all), though the answers speak of pages"


def _line(operation: str, *, short: bool) -> str:
    told = parse(operation)
    return f"{told.method} {told.path}" if short else operation
