"""What issues and promises say of contracts, measured: speed, memory, and on real traffic every law of the room.

    python benchmarks/contracts.py [--corpus DIR [VENDOR...]]     (make bench BENCH=contracts, make corpus CORPUS=DIR)

Without a folder of recordings: throughput, linearity, memory and checks on generated traffic. With one, for every vendor in it: the
same contract in any order and split, no exchange rejected that was learnt from, and the operations next to the vendor's published
description. Exit code: 0 all targets met, 1 one is missed, 2 there is nothing to measure.
"""

from __future__ import annotations

import argparse
import sys
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from rows import Row, told

if TYPE_CHECKING:
    from collections.abc import Iterator


def without_recordings() -> Iterator[Row]:
    """What can be measured anywhere."""
    import inference
    import vendorlike

    yield from inference.throughput("generated", list(vendorlike.exchanges(inference.SYNTHETIC_BYTES)))
    yield from inference.linear()
    yield from inference.memory()
    yield from inference.checks()


def with_recordings(root: Path, vendors: list[str], jobs: int) -> Iterator[Row]:
    """What real traffic shows."""
    import inference
    import laws
    import recorders
    import recovered
    from recordings import by_vendor, exchanges

    from tapehiss.cassettes.exchange import Clean

    recorded = [
        one for paths in by_vendor(root, vendors).values() for path in paths for _, one in exchanges(path, root)
    ]
    yield from inference.throughput("recorded", [Clean(one) for one in recorded], rounds=2)
    del recorded
    yield from laws.rows(root, vendors, jobs)
    yield from recorders.rows(root, vendors)
    yield from recovered.rows(root, vendors)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, help="a folder of recordings, the first level its vendors")
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("vendors", nargs="*", help="only these")
    given = parser.parse_args()
    rows: Iterator[Row] = chain(without_recordings() if not given.vendors else ())
    if given.corpus:
        if not given.corpus.is_dir():
            print(f"{given.corpus} is no folder", file=sys.stderr)
            return 2
        rows = chain(rows, with_recordings(given.corpus.resolve(), given.vendors, given.jobs))
    return told(rows)


if __name__ == "__main__":
    sys.exit(main())
