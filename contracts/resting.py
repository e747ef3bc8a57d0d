"""The collector of cycles rests while many values are made that do not refer to themselves.

Parsed documents are trees: each collection looks at all of them and finds nothing. What rests is the whole process' collector, so that this
is for stretches of work whose garbage is bounded.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

YOUNG = 1


@contextmanager
def resting() -> Iterator[None]:
    """No collection happens inside; one that was on is on again afterwards."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def clear_up() -> None:
    """Collect what is young: cycles that others made meanwhile."""
    gc.collect(YOUNG)
