"""The laws of contracts on real traffic: any order and any split gives the same bytes, and nothing that was learnt from is rejected.

The judge takes a short way where it can; for each vendor one half of the traffic is judged by the other half's contract both ways, and
they must find the same. At the end the contracts of all vendors are added up, in both directions.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from recordings import by_vendor, exchanges
from rows import Row, progress

from tapehiss.cassettes.redaction import Quarantined, Redactor, load_rules
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import Contract, Taped, from_json, learn, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tapehiss.cassettes.exchange import Clean

SHUFFLES = 2
PIECES = 7


@dataclass
class Held:
    """What one vendor's traffic showed."""

    vendor: str
    exchanges: int = 0
    orders: int = 0
    differing: list[str] = field(default_factory=list)
    """Orders and splits whose contract has other bytes."""
    rejected: int = 0
    short_differs: int = 0
    """Exchanges of one half that the short way judges otherwise than the long way."""
    saved: str = ""
    findings: Counter[str] = field(default_factory=Counter)
    witnesses: list[str] = field(default_factory=list)
    spent_s: float = 0.0


def taken(root: Path, paths: Sequence[Path]) -> list[Clean]:
    """A vendor's exchanges as `tape import` would take them: what redaction quarantines is left out."""
    redactor = Redactor(load_rules(None, {}), key=b"corpus")
    cleaned = [redactor.clean(exchange) for path in paths for _, exchange in exchanges(path, root)]
    return [one for one in cleaned if not isinstance(one, Quarantined)]


def held(root: Path, vendor: str, paths: list[Path]) -> Held:
    """Both laws, for one vendor."""
    begun = time.perf_counter()
    held = Held(vendor)
    known = [Taped(one, f"{vendor}.yaml", line) for line, one in enumerate(taken(root, paths), start=4)]
    held.exchanges = len(known)
    held.saved = to_json(learn(known))
    for name, other in reordered(known, random.Random(vendor)):
        held.orders += 1
        if to_json(other) != held.saved:
            held.differing.append(name)
    half = Conformance(learn(known[::2]))
    held.short_differs = sum(half.findings(one.exchange) != half.explained(one.exchange) for one in known)
    judge = Conformance(from_json(held.saved))
    for one in known:
        findings = judge.findings(one.exchange)
        held.rejected += bool(findings)
        held.findings.update(finding.id for finding in findings)
        held.witnesses += [str(finding) for finding in findings[: max(0, 3 - len(held.witnesses))]]
    held.spent_s = time.perf_counter() - begun
    return held


def reordered(known: list[Taped], dice: random.Random) -> Iterator[tuple[str, Contract]]:
    """The contract of the same exchanges in other orders and splits."""
    yield "reversed", learn(known[::-1])
    for number in range(SHUFFLES):
        yield f"shuffle {number + 1}", learn(dice.sample(known, len(known)))
    shuffled = dice.sample(known, len(known))
    pieces = [learn(shuffled[at::PIECES]) for at in range(PIECES)]
    dice.shuffle(pieces)
    yield f"{PIECES} pieces, added from the left", reduce(add, pieces, Contract())
    yield f"{PIECES} pieces, added from the right", reduce(lambda total, piece: piece + total, pieces, Contract())
    middle = len(known) // 3
    resumed = from_json(to_json(learn(known[middle:])))
    yield "saved, loaded and resumed", learn(known[:middle], resumed)


def rows(root: Path, vendors: list[str], jobs: int) -> Iterator[Row]:
    """One row for each law; the vendors that break one are named."""
    chosen = by_vendor(root, vendors)
    found: list[Held] = []
    with ProcessPoolExecutor(max_workers=jobs) as pool:
        for one in pool.map(held, [root] * len(chosen), chosen, chosen.values()):
            progress(f"laws: {one.vendor}, {one.exchanges:,} exchanges")
            found += [one] if one.exchanges else []
    total = sum(one.exchanges for one in found)
    differing = sum(len(one.differing) for one in found)
    orders = sum(one.orders for one in found)
    note = f"{len(found)} vendors, {total:,} exchanges"
    yield Row("other bytes by order or split", f"{differing} of {orders} contracts", "0", differing == 0, note)
    yield from (
        Row(f"  {one.vendor}", f"{len(one.differing)} of {one.orders}", note="; ".join(one.differing))
        for one in found
        if one.differing
    )
    contracts = [from_json(one.saved) for one in found]
    progress("all contracts as one")
    whole = to_json(reduce(add, contracts, Contract()))
    same = to_json(reduce(add, contracts[::-1], Contract())) == whole
    size = f"{sum(len(one.saved) for one in found) / 1e6:.1f} MB saved, {len(whole) / 1e6:.1f} as one"
    yield Row("all vendors as one, added both ways", "equal" if same else "differs", "equal", same, size)
    differs = sum(one.short_differs for one in found)
    yield Row("judged otherwise by the short way", f"{differs} of {total:,}", "0", differs == 0)
    rejected = sum(one.rejected for one in found)
    yield Row("own exchanges rejected", f"{rejected} of {total:,}", "0", rejected == 0)
    for one in found:
        if one.rejected:
            kinds = ", ".join(f"{count} {name}" for name, count in one.findings.most_common(4))
            yield Row(f"  {one.vendor}", f"{one.rejected} of {one.exchanges:,}", note=kinds)
            for words in one.witnesses:
                print(f"      {words[:200]}")
