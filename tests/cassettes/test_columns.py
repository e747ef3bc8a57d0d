"""Secrets in tables."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes import columns
from tapehiss.cassettes.columns import COLUMNS_MAX, ROW_MAX_BYTES
from tapehiss.cassettes.secretnames import Names, Strength

CELLS = st.text(st.sampled_from('ab1,;"\t\n é'), max_size=6)


def found(table: str | bytes) -> list[bytes]:
    view = b"\x00before" + (table if isinstance(table, bytes) else table.encode())
    return [view[find.start : find.end] for find in columns.finds(view, 7, len(view), Names())]


@given(st.lists(st.tuples(CELLS, CELLS.filter(bool), CELLS), max_size=5), st.sampled_from([",", ";", "\t"]))
def test_whatever_csv_writes_is_found(rows, mark):
    """Quotes, marks and line breaks inside cells do not lead astray: every cell of the column is found, and no other."""
    out = io.StringIO()
    csv.writer(out, delimiter=mark).writerows([("user", "password", "note"), *rows])
    told = [find.decode().replace('""', '"') for find in found(out.getvalue())]
    assert told == [row[1] for row in rows]


@pytest.mark.parametrize(
    ("table", "secrets"),
    [
        ("user,token\nada,s3cret\n", [b"s3cret"]),
        (b"\xef\xbb\xbfapi_key;n\r\nabc;1\r\ndef;2", [b"abc", b"def"]),
        ("password\nonly\n\n", [b"only"]),
        ("a,b\n1,2\n", []),
        ("user,password\nshort\n", []),
        ('user,password\nada,"open\n', []),
        ("", []),
        ("password," * COLUMNS_MAX + "password\n", []),
        ("x" * ROW_MAX_BYTES + ",password\n1,2\n", []),
    ],
)
def test_tables_of_all_sorts(table, secrets):
    """With a byte order mark or none, with short rows, unfinished quotes, and rows that are too long to be a table's."""
    assert found(table) == secrets


def test_the_name_says_how_sure_it_is():
    """``token`` may be a word; ``password`` may not."""
    view = b"token,password\na,b\n"
    assert [find.strength for find in columns.finds(view, 0, len(view), Names())] == [Strength.WEAK, Strength.STRONG]
