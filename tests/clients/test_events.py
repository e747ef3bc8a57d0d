"""Server-sent events as they come."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.clients.events import EVENT_MAX_CHARS, EventReader, ServerEvent, done

TEXTS = st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"]), max_size=6)
EVENTS = st.lists(st.builds(ServerEvent, TEXTS.filter(bool), TEXTS.filter(bool), TEXTS), max_size=5)


def written(events, line_end):
    """Events as a vendor writes them, with a comment here and there."""
    blocks = [[f"data: {each.data}", f"event: {each.event}", f"id: {each.id}", ": a comment", ""] for each in events]
    return "".join(f"{line}{line_end}" for block in blocks for line in block).encode()


def read(reader, body, cuts=()):
    """The events of a body that comes in pieces."""
    ends = [*sorted(cut % (len(body) + 1) for cut in cuts), len(body)]
    found, begin = [], 0
    for end in ends:
        found += reader.feed(body[begin:end])
        begin = end
    return found


@given(EVENTS, st.sampled_from(["\n", "\r\n"]), st.lists(st.integers(0, 500), max_size=5))
def test_pieces_do_not_matter(events, line_end, cuts):
    """However the bytes are cut, also inside a character or a line's end, the same events come out."""
    reader = EventReader()
    assert read(reader, written(events, line_end), cuts) == events
    assert reader.flaw() == ""


@given(EVENTS.filter(bool), st.data())
def test_a_cut_is_noticed(events, data):
    """A stream that is cut before its last event is not whole, wherever that was (V4)."""
    body = written([*events, ServerEvent("[DONE]")], "\n")
    cut = data.draw(st.integers(0, len(body) - 1))
    reader = EventReader(done)
    found = read(reader, body[:cut])
    assert found == [*events, ServerEvent("[DONE]")][: len(found)]
    assert bool(reader.flaw()) is (ServerEvent("[DONE]") not in found)


def test_half_an_event_is_none():
    """Without a last event that is agreed on, an end inside an event is noticed all the same."""
    for body in (b"data: 1\n\ndata: 2", b"data: 1\n\ndata: 2\n", b"data: 1\n\nda", b"data: 1\n\n\xc3"):
        reader = EventReader()
        assert [event.data for event in reader.feed(body)] == ["1"]
        assert reader.flaw()


@pytest.mark.parametrize(
    ("body", "events"),
    [
        (b"data:a\rdata: b\r\r ", [ServerEvent("a\nb")]),
        (b"\xef\xbb\xbfdata: x\n\n", [ServerEvent("x")]),
        (b"data\n\n", [ServerEvent("")]),
        (b"event: e\n\n", []),
        (b"id: 1\ndata: a\n\ndata: b\n\n", [ServerEvent("a", id="1"), ServerEvent("b", id="1")]),
        (b"id: 1\nid: a\0b\ndata: a\n\n", [ServerEvent("a", id="1")]),
        (b"retry: 30\ndata: a\n\nretry: x\ndata: b\n\n", [ServerEvent("a", retry_ms=30), ServerEvent("b")]),
        (b": nothing\n\nother: x\ndata:  y\n\n", [ServerEvent(" y")]),
    ],
)
def test_the_standard(body, events):
    """The fields as the HTML standard has them."""
    assert list(EventReader().feed(body)) == events


def test_nothing_comes_after_the_last():
    """What a vendor sends after its last event is not told."""
    assert [event.data for event in EventReader(done).feed(b"data: [DONE]\n\ndata: more\n\n")] == ["[DONE]"]


def test_what_cannot_be_an_event():
    """Text that is not UTF-8, and a line without an end: a ``ValueError``, before memory is gone."""
    with pytest.raises(ValueError, match="utf-8"):
        list(EventReader().feed(b"data: \xff\n\n"))
    for piece in (b"x" * (EVENT_MAX_CHARS // 8), b"data: %s\n" % (b"x" * (EVENT_MAX_CHARS // 8))):
        with pytest.raises(ValueError, match="without an end"):
            read(EventReader(), piece * 20, range(0, 20 * len(piece), len(piece)))


def test_a_long_event_costs_its_length():
    """Eight million characters on one line, in small pieces: looked at once, not once for each piece."""
    reader, began = EventReader(), time.process_time()
    found = read(reader, b"data: " + b"x" * 8_000_000 + b"\n\n", range(0, 8_000_000, 4_000))
    assert [len(each.data) for each in found] == [8_000_000]
    assert time.process_time() - began < 3.0
    assert reader.flaw() == ""
