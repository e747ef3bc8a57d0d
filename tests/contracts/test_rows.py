"""Columns and the exchanges of their values."""

from __future__ import annotations

from tapehiss.contracts.rows import Rows, joined


def test_rows_know_their_exchanges():
    """How many there are, which come first and last, and whether each has one value only."""
    rows = Rows([3, 1, 1])
    assert (rows.count, rows.first, rows.last, rows.once) == (2, 1, 3, False)
    assert Rows([2, 5]).once


def test_columns_of_one_path_are_one_column():
    """Values and rows one after another; the same rows are made once."""
    a, b = Rows([0, 1]), Rows([2])
    known: dict[tuple[int, ...], Rows] = {}
    values, rows = joined([((1, 2), a), ((3,), b)], known)
    assert (values, rows.ids) == ([1, 2, 3], [0, 1, 2])
    assert rows is joined([((4, 5), a), ((6,), b)], known)[1]
    assert ((1, 2), a) == joined([((1, 2), a)], known)
