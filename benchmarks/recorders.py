"""The same API through two recorders: vcrpy's recordings and HAR of a vendor that has both must give equal contracts.

A call is the same in both when method, URL, request body and status are (the n-th of several with the n-th). Where the answer's body
differs, the vendor answered otherwise; such calls are counted and left out. What a recorder drops is left out on both sides: when the
exchange was, how long it took, and headers that the other one never has. What differs then has no explanation.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
from recordings import by_vendor, exchanges
from rows import Row, progress

from tapehiss.cassettes.exchange import Clean, Exchange, Timings
from tapehiss.cassettes.exporting import to_har, to_vcrpy
from tapehiss.cassettes.importing import Source, read_source
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.evidence import learn, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tapehiss.cassettes.exchange import Headers

CALLS_MIN = 100
"""A vendor with fewer common calls is passed over."""
EXPORTED = 1_000
"""How many of the common calls are exported by us and imported again."""
SHOWN = 5

Call = tuple[str, str, bytes, int, int]


def calls(found: Iterable[Exchange]) -> dict[Call, Exchange]:
    """The exchanges by what was asked and with which status it was answered; repeated ones are numbered."""
    seen: Counter[tuple[str, str, bytes, int]] = Counter()
    held: dict[Call, Exchange] = {}
    for one in found:
        if one.response is not None:
            key = one.request.method, one.request.url, one.request.body, one.response.status
            seen[key] += 1
            held[(*key, seen[key])] = one
    return held


def rows(root: Path, vendors: list[str]) -> Iterator[Row]:
    """One row for each vendor that was recorded by both."""
    for vendor, paths in by_vendor(root, vendors).items():
        progress(f"two recorders: {vendor}")
        by_recorder: dict[str, list[Exchange]] = defaultdict(list)
        for path in paths:
            for name, one in exchanges(path, root):
                by_recorder[
                    "HAR" if name.endswith(".har") else "vcrpy" if name.endswith((".yaml", ".yml")) else ""
                ].append(one)
        ours, theirs = calls(by_recorder["vcrpy"]), calls(by_recorder["HAR"])
        common = sorted(ours.keys() & theirs.keys())
        if len(common) >= CALLS_MIN:
            yield compared(vendor, [(ours[call], theirs[call]) for call in common])
            yield from exported(vendor, [Clean(ours[call]) for call in common[:EXPORTED]])


def compared(vendor: str, pairs: list[tuple[Exchange, Exchange]]) -> Row:
    """Whether both sides give the same contract, and what explains a difference."""
    same = [(a, b) for a, b in pairs if a.response and b.response and a.response.body == b.response.body]
    kept = _names(a for a, _ in same) & _names(b for _, b in same)
    mine, other = (learn(_bare(pair[side], kept) for pair in same) for side in (0, 1))
    here, there = ({str(operation): held for operation, held in catalogue(each).entries} for each in (mine, other))
    lines = here.keys() | there.keys()
    differing = sorted(line for line in lines if here.get(line) != there.get(line))
    met = not differing and to_json(mine) == to_json(other)
    dropped = (_names(a for a, _ in same) | _names(b for _, b in same)) - kept
    note = (
        f"{len(same)} calls; {len(pairs) - len(same)} answered otherwise; dropped by one: times, {len(dropped)} headers"
    )
    unexplained = "; ".join(differing[:SHOWN])
    found = f"{len(differing)} of {len(lines)} operations differ"
    return Row(f"two recorders: {vendor}", found, "0", met, f"{note} {unexplained}".strip())


def _names(found: Iterable[Exchange]) -> set[str]:
    """The names of all headers."""
    sides = ((one.request.headers, one.response.headers if one.response else ()) for one in found)
    return {name.lower() for each in sides for headers in each for name, _ in headers}


def _bare(one: Exchange, kept: set[str]) -> Clean:
    """An exchange without times, and with those headers only that both recorders have."""
    assert one.response is not None
    request = replace(one.request, headers=_only(one.request.headers, kept))
    response = replace(one.response, headers=_only(one.response.headers, kept), chunks=())
    return Clean(replace(one, request=request, response=response, started_at=0.0, timings=Timings()))


def _only(headers: Headers, kept: set[str]) -> Headers:
    return tuple((name, value) for name, value in headers if name.lower() in kept)


def exported(vendor: str, known: list[Clean]) -> Iterator[Row]:
    """Whether the same exchanges, exported for two tools and imported again, give the same contract."""
    held = [_bare(one, _names(known)) for one in known if one.replayable]
    saved = to_json(learn(held))
    texts = {"vcrpy": ("t.yaml", "".join(to_vcrpy(held)).encode()), "HAR": ("t.har", orjson.dumps(to_har(held)))}
    for name, (file, text) in texts.items():
        read = [one for one in read_source(Source(file, text)) if isinstance(one, Exchange)]
        same = to_json(learn(_bare(one, _names(known)) for one in read)) == saved
        yield Row(
            f"through {name} and back: {vendor}",
            "equal" if same else "differs",
            "equal",
            same,
            f"{len(held)} exchanges",
        )
