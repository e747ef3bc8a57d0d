"""What a person reads."""

from __future__ import annotations

import pytest

from tapehiss.cli import console


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_960, "1.0 MB"), (5 * 10**15, "5000 TB")]
)
def test_sizes_have_decimal_units(count, said):
    """Bytes are said with SI prefixes, so that 2.6 kB means 2,600."""
    assert console.size(count) == said


@pytest.mark.parametrize(("seconds", "said"), [(None, ""), (0.0004, "0.4 ms"), (0.25, "250 ms"), (12.345, "12.35 s")])
def test_durations_have_three_digits_at_most(seconds, said):
    """Durations are said as precisely as anybody can use."""
    assert console.duration(seconds) == said


def test_unknown_times_stay_empty():
    """An exchange that was imported without a time shows none."""
    assert (console.instant(0.0), console.instant(1.5)) == ("", "1970-01-01T00:00:01.500Z")


def test_tables_in_a_pipe_are_plain(capsys):
    """Cells are separated by tabs, without a heading, and square brackets are no markup."""
    console.table(("a", "b"), [("1", "[bold]x")])
    assert capsys.readouterr().out == "1\t[bold]x\n"


def test_a_cell_in_a_pipe_stays_one_cell(capsys):
    """A label with tabs, line breaks and escape sequences is neither two columns nor two rows nor an order to a terminal."""
    console.table(("a", "b"), [("a\tb\nc\x1b[2J", "é \udcff")])
    assert capsys.readouterr().out == "a b\\nc\\x1b[2J\té \\udcff\n"
