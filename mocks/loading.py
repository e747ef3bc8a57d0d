"""A vendor from tape files."""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from tapehiss.cassettes.tape import open_tapes
from tapehiss.mocks.errors import NothingToServe
from tapehiss.mocks.index import index_of
from tapehiss.mocks.matchers import NONE, Matchers
from tapehiss.mocks.vendor import Vendor

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tapehiss.cassettes.exchange import Exchange
    from tapehiss.cassettes.tape import Tape
    from tapehiss.mocks.schedule import Schedule


def load_vendor(paths: Sequence[Path], schedule: Schedule = (), *, seed: int = 0, latency: float = 0.0) -> Vendor:
    """The vendor on some tapes (files, or folders with tapes in them), in the order given.

    Raises ``NothingToServe`` if none of them holds anything to play, and what ``open_tapes`` raises.
    """
    return vendor_on(open_tapes(paths), schedule, seed=seed, latency=latency)


def vendor_on(
    tapes: Sequence[Tape], schedule: Schedule = (), *, seed: int = 0, latency: float = 0.0, matchers: Matchers = NONE
) -> Vendor:
    """The vendor on open tapes, which are closed; raises ``NothingToServe``."""
    exchanges: list[Exchange] = []
    with collecting_nothing():
        for tape in tapes:
            with tape:
                exchanges += tape
        vendor = Vendor(index_of(exchanges, matchers), schedule, seed, latency)
    if not vendor.index.recordings:
        places = ", ".join(str(tape.path) for tape in tapes)
        remedy = "record something first: tapehiss record --to URL"
        raise NothingToServe("no exchange that could be played", places, remedy)
    return vendor


@contextlib.contextmanager
def collecting_nothing() -> Iterator[None]:
    """Without the garbage collector: all that is made here stays, and to look through it again and again takes a third of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
