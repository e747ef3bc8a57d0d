"""Parameters as rows, by the names that are sent."""

from __future__ import annotations

from gathered import tree
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.fieldtable import ROWS_MAX
from tapehiss.contracts.pairs import of_pairs, pairs_of
from tapehiss.contracts.pairtable import pair_rows, sent_names

NAMES = st.sampled_from(["a", "a[]", "a[b]", "a[b][]", "a[b][c]", "d", "d.e", "f[g.h]", "f[<]", "x[y][z][]"])


def rows(*queries: str) -> list[tuple[str, ...]]:
    return pair_rows(tree(*(of_pairs(pairs_of(query)) for query in queries)))


@given(st.lists(st.lists(st.tuples(NAMES, st.sampled_from(["1", "x"])), max_size=5), min_size=1, max_size=4))
def test_rows_have_the_names_that_were_sent(requests):
    """Every name is there as it was written, and no other, however names were read together."""
    names = {name for name, _ in sent_names(tree(*map(of_pairs, requests)))}
    assert names == {name for pairs in requests for name, _ in pairs}


def test_a_name_is_written_as_it_is_sent():
    """Brackets, dots within brackets, and the brackets of a list once; how many requests had it, and whether repeatedly."""
    assert rows("types[]=mention&types[]=poll&data[alerts][admin.report]=true", "sys.id[in]=a,b", "sys.id=a&n=1&n=2") == [
        ("data[alerts][admin.report]", "boolean", "1 of 3", "e.g. true"),
        ("n", "integer, may be repeated", "1 of 3", "e.g. 1, 2"),
        ("sys.id", "string", "1 of 3", "e.g. a"),
        ("sys.id[in]", "string", "1 of 3", "e.g. a,b"),
        ("types[]", "string, may be repeated", "1 of 3", "e.g. mention, poll"),
    ]  # fmt: skip


def test_names_that_are_data_are_told_as_such():
    """Line items by their number are one row; a value that is once alone and once among others is one, too."""
    assert rows("items[0][price]=p&items[1][price]=q&a=x", "items[0][price]=p&a=x&a=y") == [
        ("a", "string, may be repeated", "always", "e.g. x, y"),
        ("items[<key>][price]", "string", "always", "e.g. p, q"),
    ]


def test_a_file_is_one_row():
    """A form's file has a name and a media type, which are no parameters."""
    assert pair_rows(tree(*[{"file": {"filename": "a.png", "media": "image/png"}, "n": 1}] * 2))[0] == (
        "file",
        "file",
        "always",
        "always image/png",
    )


def test_a_table_of_parameters_is_bounded():
    """Too many names are counted."""
    assert len(rows("&".join(f"member{number:03}x=1" for number in range(100)))) == ROWS_MAX
