"""Flaws are values with a place."""

from __future__ import annotations

from tapehiss.mocks.errors import BadSchedule, EndlessFlow, Flaw, NothingToServe, PortTaken


def test_a_flaw_knows_its_path():
    """A flaw seen from above names the way down to the field."""
    assert Flaw("first", "is odd").under("rules[2]") == Flaw("rules[2].first", "is odd")
    assert Flaw("", "is odd").under("rules[2]") == Flaw("rules[2]", "is odd")
    assert str(Flaw("first", "is odd", "mend it")) == "first: is odd -> mend it"
    assert str(Flaw("first", "is odd")) == "first: is odd"
    assert str(Flaw("", "is odd", "mend it")) == "is odd -> mend it"


def test_errors_are_values():
    """Two errors with the same fields are equal; another kind is another error."""
    assert BadSchedule("a", "b", "c") == BadSchedule("a", "b", "c")
    assert len({kind("a", "b", "c") for kind in (BadSchedule, EndlessFlow, NothingToServe, PortTaken)}) == 4
