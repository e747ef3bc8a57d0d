"""What pages are made of."""

from __future__ import annotations

from tapehiss.contracts.blocks import Code, Heading, Lines, Table


def test_blocks_are_values():
    """Equal blocks are equal, so that pages can be compared."""
    assert (Heading("a"), Lines(("b",)), Code("c", "sh"), Table(("d",), (("e",),))) == (
        Heading("a", 2),
        Lines(("b",)),
        Code("c", "sh"),
        Table(("d",), (("e",),), ""),
    )
