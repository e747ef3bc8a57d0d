"""Every recording below a folder, imported, written to a tape, read back, exported, and loaded by vcrpy itself.

    python benchmarks/corpus.py DIR [VENDOR...]     (make corpus CORPUS=DIR)

Files lie plain or in archives (.tar.xz, .tar.gz, .tar.bz2, .tar, .zip); the first folder below DIR is taken for the vendor.
Nothing is written below DIR. What is held, each with its target:

    not imported   refused, or quarantined by the redaction door      at most 0.5 %, each kind named
    tape           what was written differs from what is read back    0
    vcrpy          what vcrpy loads from the export differs           0

Exit code: 0 all targets met, 1 one is missed, 2 there is nothing to import.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from recordings import by_vendor, sources

from tapehiss.cassettes.errors import UnsupportedFormat
from tapehiss.cassettes.exporting import in_vcrpy, to_vcrpy
from tapehiss.cassettes.importing import NO_RECORDING, read_source
from tapehiss.cassettes.redaction import Quarantined, Redactor, load_rules
from tapehiss.cassettes.source import Refusal
from tapehiss.cassettes.tape import open_tape
from tapehiss.cassettes.writer import TapeWriter
from tapehiss.cli.import_plan import RECORDINGS

if TYPE_CHECKING:
    from tapehiss.cassettes.exchange import Clean, Exchange
    from tapehiss.cassettes.importing import Source

NOT_IMPORTED_MAX = 0.005
EXPORT_AT_ONCE = 500
"""Interactions of one export: as many as an export without a warning has."""
REASONS_SHOWN = 30


@dataclass
class Result:
    """What became of one vendor."""

    vendor: str
    files: int = 0
    size_bytes: int = 0
    imported: int = 0
    not_replayable: int = 0
    tape_differs: int = 0
    vcrpy_differs: int = 0
    refused: list[str] = field(default_factory=list)
    quarantined: Counter[str] = field(default_factory=Counter)
    taken_out: Counter[str] = field(default_factory=Counter)
    import_s: float = 0.0
    clean_s: float = 0.0

    @property
    def not_imported(self) -> int:
        """Everything that is on no tape."""
        return len(self.refused) + self.quarantined.total()

    @property
    def share(self) -> float:
        """The share of what is on no tape."""
        return self.not_imported / max(1, self.imported + self.not_imported)


# --- one vendor -------------------------------------------------------------------------------------------------------


def measured(root: Path, vendor: str, paths: list[Path]) -> Result:
    """Everything, for one vendor."""
    result = Result(vendor)
    redactor = Redactor(load_rules(None, {}), key=b"corpus")
    for path in paths:
        exchanges = [one for source in sources(path, root) for one in imported(source, result)]
        began = time.perf_counter()
        for exchange in exchanges:
            redactor.clean(exchange)
        learnt = Counter(redactor.taken_out)
        cleaned = [redactor.clean(exchange) for exchange in exchanges]
        result.taken_out += Counter(redactor.taken_out) - learnt
        result.clean_s += time.perf_counter() - began
        taken = []
        for clean in cleaned:
            if isinstance(clean, Quarantined):
                result.quarantined.update({clean.suspicions[0].rule: 1})
            else:
                taken.append(clean)
        result.imported += len(taken)
        with tempfile.TemporaryDirectory() as folder:
            result.tape_differs += tape_differs(taken, Path(folder) / "tape.yaml")
        for at in range(0, len(taken), EXPORT_AT_ONCE):
            result.vcrpy_differs += vcrpy_differs(taken[at : at + EXPORT_AT_ONCE], result)
    return result


def imported(source: Source, result: Result) -> list[Exchange]:
    """The exchanges of a file; what was refused is noted."""
    began = time.perf_counter()
    exchanges = []
    try:
        for one in read_source(source):
            if isinstance(one, Refusal):
                result.refused.append(str(one))
            else:
                exchanges.append(one)
    except UnsupportedFormat as error:
        if error.what != NO_RECORDING and PurePosixPath(source.name).suffix in RECORDINGS:
            result.refused.append(str(error))
    result.import_s += time.perf_counter() - began
    if exchanges:
        result.files += 1
        result.size_bytes += len(source.data)
    return exchanges


def tape_differs(taken: list[Clean], path: Path) -> int:
    """How many exchanges come back from a tape otherwise than they were written."""
    if not taken:
        return 0
    with TapeWriter(path) as writer:
        for clean in taken:
            writer.append(clean)
    ordered = sorted(taken, key=lambda one: one.started_at)
    with open_tape(path) as tape:
        return abs(len(tape) - len(ordered)) + sum(one != other for one, other in zip(tape, ordered, strict=False))


def vcrpy_differs(taken: list[Clean], result: Result) -> int:
    """How many replayable exchanges vcrpy loads otherwise than the tape has them."""
    from vcr.serialize import deserialize
    from vcr.serializers import yamlserializer

    held = sorted((one for one in taken if in_vcrpy(one)), key=lambda one: one.started_at)
    result.not_replayable += len(taken) - len(held)
    requests, responses = deserialize("".join(to_vcrpy(held)), yamlserializer)[:2]
    loaded = [
        (request.method, request.uri, request.body or b"", response["status"]["code"], response["body"]["string"])
        for request, response in zip(requests, responses, strict=True)
    ]
    kept = [(*asked(one), one.response.status, one.response.body) for one in held if one.response]
    return abs(len(loaded) - len(kept)) + sum(one != other for one, other in zip(loaded, kept, strict=False))


def asked(exchange: Exchange) -> tuple[str, str, bytes]:
    """What vcrpy knows of a request."""
    return exchange.request.method, exchange.request.url, exchange.request.body


# --- telling ----------------------------------------------------------------------------------------------------------


def told(results: list[Result]) -> int:
    """The tables, and whether every target is met."""
    print(
        f"{'vendor':24}{'files':>7}{'imported':>10}{'refused':>9}{'quarant.':>9}{'tape':>6}{'vcrpy':>7}{'not replayable':>16}"
    )
    total = Result("TOTAL")
    for one in results:
        for name in (
            "files",
            "size_bytes",
            "imported",
            "not_replayable",
            "tape_differs",
            "vcrpy_differs",
            "import_s",
            "clean_s",
        ):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        total.refused += one.refused
        total.quarantined += one.quarantined
        total.taken_out += one.taken_out
    for one in [*results, total]:
        print(
            f"{one.vendor:24}{one.files:7}{one.imported:10}{len(one.refused):9}{one.quarantined.total():9}"
            f"{one.tape_differs:6}{one.vcrpy_differs:7}{one.not_replayable:16}"
        )
    for reason, count in Counter(re.sub(r"^\S+: ", "", words) for words in total.refused).most_common(REASONS_SHOWN):
        print(f"refused {count} x {reason[:160]}")
    for rule, count in total.quarantined.most_common():
        print(f"quarantined {count} x {rule}")
    for rule, count in total.taken_out.most_common():
        print(f"taken out {count} x {rule}")
    print(f"read {total.size_bytes / 1e6 / max(total.import_s, 1e-9):.1f} MB/s, cleaned twice in {total.clean_s:.1f} s")
    checks = {
        "not imported": (f"{total.share:.3%}", f"at most {NOT_IMPORTED_MAX:.1%}", total.share <= NOT_IMPORTED_MAX),
        "tape differs": (str(total.tape_differs), "0", total.tape_differs == 0),
        "vcrpy differs": (str(total.vcrpy_differs), "0", total.vcrpy_differs == 0),
    }
    for name, (found, target, met) in checks.items():
        print(f"{name:16}{found:>10}   target {target:14}{'met' if met else 'MISSED'}")
    if not total.imported:
        return 2
    return 0 if all(met for *_, met in checks.values()) else 1


def main() -> int:
    """Measure the folder that the command line names."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("vendors", nargs="*", help="only these")
    given = parser.parse_args()
    root = given.folder.resolve()
    chosen = by_vendor(root, given.vendors)
    with ProcessPoolExecutor(max_workers=2) as pool:
        results = list(pool.map(measured, [root] * len(chosen), chosen, chosen.values()))
    return told([one for one in results if one.imported or one.not_imported])


if __name__ == "__main__":
    sys.exit(main())
