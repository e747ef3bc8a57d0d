"""How fast a contract is learnt and checked, and in how much memory: next to genson, jsonschema and a bare parse.

MB are millions of bytes of response bodies that are JSON; seconds are processor time of one process, the best of several rounds in which the
contenders take turns. genson gets what it needs for nothing: bodies that are known to be JSON, sorted by operation and status. It
learns types and ``required``; learning a contract reads URLs, queries, headers and both bodies, and keeps values and witnesses.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import orjson
import vendorlike
from genson import SchemaBuilder
from rows import Row, progress

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conformance import Conformance
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.reading import read
from tapehiss.contracts.views import json_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tapehiss.cassettes.exchange import Clean

Groups = dict[str, list[bytes]]
"""Operation and status -> the JSON bodies of its answers."""

GENSON_TIMES = 1.5
STRAIGHT_MIN = 0.8
"""Linear: MB/s of the largest input over that of the smallest, at least."""
MEMORY_GROWS_MAX = 1.1
SYNTHETIC_BYTES = 8_000_000
MEMORY_SIZES = (20_000_000, 160_000_000)
CHECKS_TIMES = 50


def grouped(exchanges: Sequence[Clean]) -> tuple[list[Clean], Groups]:
    """The exchanges whose answer is JSON, and these answers by operation and status."""
    kept, groups = [], Groups()
    for exchange in exchanges:
        account, response = read(exchange), exchange.response
        if response and any(each.part.startswith("response ") and each.documents for each in account.readings):
            try:
                orjson.loads(response.body)
            except ValueError:
                continue
            kept.append(exchange)
            groups.setdefault(f"{account.operation} {response.status}", []).append(response.body)
    return kept, groups


def with_genson(groups: Groups) -> None:
    """Schemas as genson makes them."""
    for bodies in groups.values():
        builder = SchemaBuilder()
        for body in bodies:
            builder.add_object(orjson.loads(body))
        builder.to_schema()


def parsed(groups: Groups) -> None:
    """Nothing but the parse."""
    for bodies in groups.values():
        for body in bodies:
            orjson.loads(body)


def cpu_s(work: Callable[[], object]) -> float:
    """Processor seconds of one call; the garbage collector leaves alone what the benchmark itself keeps."""
    gc.collect()
    gc.freeze()
    begun = time.process_time()
    work()
    spent = time.process_time() - begun
    gc.unfreeze()
    return spent


def best_s(contenders: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The best of several rounds, in which all take turns."""
    best = dict.fromkeys(contenders, float("inf"))
    for number in range(rounds):
        for name, work in contenders.items():
            progress(f"round {number + 1} of {rounds}: {name}")
            best[name] = min(best[name], cpu_s(work))
    return best


def throughput(name: str, exchanges: Sequence[Clean], rounds: int = 3) -> Iterator[Row]:
    """MB per processor second, ours over genson's."""
    kept, groups = grouped(exchanges)
    size = sum(len(body) for bodies in groups.values() for body in bodies) / 1e6
    contenders: dict[str, Callable[[], object]] = {
        "parse": lambda: parsed(groups),
        "genson": lambda: with_genson(groups),
        "learn": lambda: learn(kept),
    }
    best = best_s(contenders, rounds)
    yield Row(f"{name}: orjson alone, the limit", f"{size / best['parse']:.1f} MB/s")
    yield Row(f"{name}: genson 1.4 + orjson", f"{size / best['genson']:.1f} MB/s")
    times = best["genson"] / best["learn"]
    found = f"{size / best['learn']:.1f} MB/s = {times:.2f} x"
    note = f"{len(kept):,} exchanges, {size:.1f} MB"
    yield Row(f"{name}: learn", found, f">= {GENSON_TIMES} x genson", times >= GENSON_TIMES, note)


def linear() -> Iterator[Row]:
    """Whether twice as much takes twice as long."""
    rates = {}
    for times in (1, 2, 4, 8):
        exchanges = list(vendorlike.exchanges(times * SYNTHETIC_BYTES // 4))
        progress(f"learning {times * SYNTHETIC_BYTES / 4e6:.0f} MB")
        spent = min(cpu_s(lambda xs=exchanges: learn(xs)) for _ in range(2))
        rates[times] = times * SYNTHETIC_BYTES / 4e6 / spent
    ratio = rates[8] / rates[1]
    found = " ".join(f"{rate:.0f}" for rate in rates.values())
    yield Row(
        "linear: MB/s at 2, 4, 8, 16 MB", found, f"last/first >= {STRAIGHT_MIN}", ratio >= STRAIGHT_MIN, f"{ratio:.2f}"
    )


def memory() -> Iterator[Row]:
    """How much the memory of a process grows when it learns from eight times as much."""
    peaks = []
    for size in MEMORY_SIZES:
        progress(f"learning {size / 1e6:.0f} MB in a process of its own")
        command = [sys.executable, __file__, str(size)]
        peaks.append(int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) / 1e3)
    grown = peaks[1] / peaks[0]
    sizes = " and ".join(f"{size / 1e6:.0f}" for size in MEMORY_SIZES)
    found = " -> ".join(f"{peak:.0f}" for peak in peaks) + " MB"
    yield Row(
        f"peak memory after {sizes} MB", found, f"<= {MEMORY_GROWS_MAX} x", grown <= MEMORY_GROWS_MAX, f"{grown:.2f} x"
    )


def checks() -> Iterator[Row]:
    """Checks per second on bodies of 4 kB: the validator alone, and the way of a whole exchange."""
    import jsonschema

    exchanges = four_kilobytes(400)
    contract = learn(exchanges)
    conformance = Conformance(contract)
    ((operation, _),) = catalogue(contract).entries
    schema = json_schema(catalogue(contract), operation, 200)
    documents: list[Any] = [orjson.loads(one.response.body) for one in exchanges if one.response]
    reference = jsonschema.Draft202012Validator(schema)
    fast = conformance_validator(schema)
    assert all(reference.is_valid(document) for document in documents[:50])
    contenders: dict[str, Callable[[], object]] = {
        "jsonschema": lambda: [reference.is_valid(document) for document in documents],
        "ours": lambda: [fast(document) for document in documents],
        "jsonschema, from the bytes": lambda: [
            reference.is_valid(orjson.loads(one.response.body)) for one in exchanges
        ],
        "exchange": lambda: [conformance.findings(one) for one in exchanges],
    }
    best = best_s(contenders, 5)
    rates = {name: len(documents) / spent for name, spent in best.items()}
    times = rates["ours"] / rates["jsonschema"]
    yield Row("checks/s of a 4 kB document: jsonschema", f"{rates['jsonschema']:,.0f}/s")
    yield Row(
        "checks/s of a 4 kB document: ours",
        f"{rates['ours']:,.0f}/s = {times:.0f} x",
        f">= {CHECKS_TIMES} x jsonschema",
        times >= CHECKS_TIMES,
    )
    whole = rates["exchange"] / rates["jsonschema, from the bytes"]
    note = "URL, query, headers and body, from the bytes; jsonschema parses with orjson"
    yield Row("  the same, a whole exchange", f"{rates['exchange']:,.0f}/s = {whole:.0f} x", note=note)


def conformance_validator(schema: dict[str, Any]) -> Callable[[Any], bool]:
    """What judges documents in hot paths."""
    import jsonschema_rs

    return jsonschema_rs.validator_for(schema).is_valid


def four_kilobytes(count: int) -> list[Clean]:
    """Exchanges of one operation whose bodies are about that large."""
    made = (one for one in vendorlike.exchanges(count * 30_000) if "/charges" in one.request.url)
    return [one for one, _ in zip(made, range(count), strict=False)]


def peak_kb(size_bytes: int) -> int:
    """The most memory that this process had while it learnt from so much."""
    learn(vendorlike.exchanges(size_bytes))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    print(peak_kb(int(sys.argv[1])))
