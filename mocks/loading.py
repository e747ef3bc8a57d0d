"""A vendor from tape files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.cassettes.tape import open_tapes
from tapehiss.mocks.errors import NothingToServe
from tapehiss.mocks.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tapehiss.mocks.schedule import Schedule


def load_vendor(paths: Sequence[Path], schedule: Schedule = (), *, seed: int = 0, latency: float = 0.0) -> Vendor:
    """The vendor on some tapes (files, or folders with tapes in them), in the order given.

    Raises ``NothingToServe`` if none of them holds anything to play, and what ``open_tapes`` raises.
    """
    exchanges = []
    for tape in open_tapes(paths):
        with tape:
            exchanges += list(tape)
    vendor = Vendor.of(exchanges, schedule, seed=seed, latency=latency)
    if not vendor.index.recordings:
        places = ", ".join(str(path) for path in paths)
        raise NothingToServe(
            "no exchange that could be played", places, "record something first: tapehiss record --to URL"
        )
    return vendor
