"""The collector of cycles rests for a while."""

from __future__ import annotations

import gc
import weakref

from tapehiss.contracts.resting import clear_up, resting


class Knot:
    """An object that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def test_the_collector_rests_and_goes_on():
    """Inside it is off; afterwards it is as it was, nested or not."""
    assert gc.isenabled()
    with resting():
        assert not gc.isenabled()
        with resting():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_others_tied_meanwhile_is_cleared():
    """Cycles that were made while it rested are collected when asked."""
    with resting():
        knot = weakref.ref(Knot())
        assert knot() is not None
        clear_up()
        assert knot() is None
