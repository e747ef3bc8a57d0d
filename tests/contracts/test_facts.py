"""Facts are values."""

from __future__ import annotations

from tapehiss.contracts.facts import Fact


def test_arguments_are_found_by_name():
    """And one that is not there is ``None``."""
    fact = Fact("limits", "limits-quota", arguments=(("limit", 60.0),))
    assert (fact["limit"], fact["window_s"]) == (60.0, None)
    assert fact == Fact("limits", "limits-quota", arguments=(("limit", 60.0),))
