"""When the pieces of a slow body come."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks.manner import DRIPS_MAX, mannered
from tapehiss.mocks.outcome import PLAIN, Manner

PIECES = st.lists(st.tuples(st.floats(0, 9), st.binary(min_size=1, max_size=30)), max_size=5).map(
    lambda found: tuple(sorted(found, key=lambda piece: piece[0]))
)
MANNERS = st.builds(
    Manner, stall_at_bytes=st.integers(0, 80), stall_s=st.floats(0, 60), bytes_per_s=st.sampled_from([0.0, 1.0, 200.0])
)


@given(PIECES, MANNERS)
def test_nothing_is_lost_and_nothing_comes_early(pieces, manner):
    """The same bytes in the same order; the times never run back, and no byte comes before its time."""
    slow = mannered(pieces, manner)
    assert b"".join(content for _, content in slow) == b"".join(content for _, content in pieces)
    times = [at_s for at_s, _ in slow]
    assert times == sorted(times)
    assert not times or times[-1] >= pieces[-1][0]


def test_a_drip_keeps_to_its_rate():
    """A hundred bytes at twenty a second: the last ones after almost five."""
    slow = mannered(((0.0, bytes(100)),), Manner(bytes_per_s=20.0))
    assert len(slow) == 50
    assert slow[-1][0] == pytest.approx(4.9)


def test_a_long_body_drips_in_larger_pieces():
    """The number of pieces has a bound."""
    assert len(mannered(((0.0, bytes(1_000_000)),), Manner(bytes_per_s=1.0))) <= DRIPS_MAX


def test_a_pause_comes_where_it_was_asked_for():
    """After so many bytes; in a shorter body before its last one."""
    pieces = ((0.0, b"abc"), (1.0, b"def"))
    assert mannered(pieces, Manner(stall_s=30.0, stall_at_bytes=4)) == ((0.0, b"abc"), (1.0, b"d"), (31.0, b"ef"))
    assert mannered(pieces, Manner(stall_s=30.0, stall_at_bytes=99))[-2:] == ((1.0, b"de"), (31.0, b"f"))
    assert mannered(pieces, PLAIN) is pieces


def test_nothing_stays_nothing():
    """An empty piece is one still: what comes after it must not be taken for its beginning."""
    assert mannered(((0.0, b""),), Manner(bytes_per_s=1.0, stall_s=1.0)) == ((0.0, b""),)
