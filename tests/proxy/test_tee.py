"""The tee: every byte passes, and what is kept is a beginning within its limits."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.proxy.settings import BEGINNING_BYTES
from tapehiss.proxy.tee import CHUNKS_MAX, Budget, Piped, Tee, passing

BODIES = st.lists(st.binary(min_size=1, max_size=50), max_size=20)


def _clock() -> float:
    return 1.0


def _pour(tee: Tee, pieces: list[bytes]) -> bytes:
    out = [tee(piece) for piece in pieces] + [tee(b"")]
    assert b"" not in out, "empty bytes would end a chunked message"
    return b"".join(piece if isinstance(piece, bytes) else b"".join(piece) for piece in out)


@given(BODIES, st.integers(0, 400), st.integers(0, 400), st.integers(0, 1000))
def test_a_body_passes_and_its_beginning_is_kept(pieces: list[bytes], limit: int, room: int, expected: int) -> None:
    """Whatever the limit, the budget and the announced length: all of it passes; kept is all, or a beginning and the digest."""
    body = b"".join(pieces)
    budget = Budget(room)
    tee = Tee(budget, _clock, limit, expected_bytes=expected)

    assert _pour(tee, pieces) == body
    assert body.startswith(tee.body)
    assert len(tee.body) <= limit or not tee.body
    assert tee.size == len(body)
    assert tee.sha256 in ({""} if tee.body == body else {hashlib.sha256(body).hexdigest()})
    assert [size for _, size in tee.chunks] == [len(piece) for piece in pieces]
    assert budget.left == room - len(tee.body)
    tee.release()
    assert budget.left == room


def test_of_a_large_body_a_beginning_is_kept() -> None:
    """As much as is good to look at, not the whole limit."""
    tee = Tee(Budget(10**9), _clock, 3 * BEGINNING_BYTES)
    _pour(tee, [b"x" * BEGINNING_BYTES] * 4)

    assert len(tee.body) == BEGINNING_BYTES
    assert tee.sha256 == hashlib.sha256(b"x" * 4 * BEGINNING_BYTES).hexdigest()


def test_what_is_kept_is_what_came_not_what_a_rewriter_made() -> None:
    """The client's bytes are changed, the tape's are the vendor's."""
    tee = Tee(Budget(100), _clock, 100, rewriter=lambda data: data.upper() or b"!")

    assert _pour(tee, [b"ab", b"c"]) == b"ABC!"
    assert tee.body == b"abc"


def test_a_rewriter_that_holds_back_does_not_end_the_message() -> None:
    """No bytes yet is an empty list, for mitmproxy would send empty bytes as the last chunk."""
    assert Tee(Budget(9), _clock, 9, rewriter=lambda _: b"")(b"x") == []
    assert passing(lambda _: b"")(b"x") == []


def test_endless_streams_have_bounded_chunk_times() -> None:
    """Bytes beyond the last chunk that is timed are counted to it."""
    tee = Tee(Budget(10**6), _clock, 10**6)
    _pour(tee, [b"x"] * (CHUNKS_MAX + 10))

    assert len(tee.chunks) == CHUNKS_MAX
    assert tee.chunks[-1] == (1.0, 11)


@given(BODIES)
def test_what_the_vendor_is_sent_is_what_is_kept_of_a_request(pieces: list[bytes]) -> None:
    """A filter before the tee: its output passes and is kept, with what it gives at the end."""
    tee = Tee(Budget(10**6), _clock, 10**6)
    held: list[bytes] = []

    def delaying(data: bytes) -> bytes:
        held.append(data.upper())
        return held.pop(0) if len(held) > 1 else b""

    piped = Piped(delaying, tee)
    out = [piped(piece) for piece in pieces] + [piped(b"")]

    passed = b"".join(piece if isinstance(piece, bytes) else b"".join(piece) for piece in out)
    assert passed == tee.body
    assert b"".join(pieces).upper().startswith(passed)


def test_the_end_of_a_body_is_told_once_it_comes() -> None:
    """For who has to look at the connection at that moment."""
    ended: list[bool] = []
    tee = Tee(Budget(9), _clock, 9, on_end=lambda: ended.append(True))
    tee(b"x")

    assert ended == []
    tee(b"")
    assert ended == [True]


@given(st.lists(st.binary(min_size=1, max_size=5), max_size=8), st.integers(1, 30))
def test_the_tail_is_the_end_of_what_was_kept(parts: list[bytes], limit: int) -> None:
    """However it came in."""
    tee = Tee(Budget(1000), lambda: 0.0, 1000)
    for part in parts:
        tee(part)
    assert tee.tail(limit) == b"".join(parts)[-limit:]
