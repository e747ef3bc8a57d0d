"""Texts in pieces."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.deltas import elements, events, groups, lines, through_pieces

pieces = st.lists(st.text(max_size=6), min_size=2, max_size=8)


def joined(view: bytes, documents) -> set[str]:
    """Each group as the text that it makes."""
    return {
        "".join(json.loads(b'"' + view[start:end] + b'"') for start, end in spans) for spans in groups(view, documents)
    }


@given(pieces)
def test_the_text_of_a_stream_is_put_together(parts):
    """Of whatever vendor's form: the strings at the same path."""
    bodies = [
        b"".join(
            b"event: x\ndata: " + json.dumps({"choices": [{"index": 0, "delta": {"content": part}}]}).encode() + b"\n\n"
            for part in parts
        ),
        b"".join(
            b"data:"
            + json.dumps({"type": "delta", "index": 3, "delta": {"type": "t", "text": part}}).encode()
            + b"\r\n\r\n"
            for part in parts
        ),
    ]
    assert all("".join(parts) in joined(body, events(body, 0, len(body))) for body in bodies)


@given(pieces)
def test_lines_and_elements_are_documents_too(parts):
    """JSON lines, JSON text sequences, and an array that is streamed."""
    texts = [json.dumps({"message": {"content": part}}) for part in parts]
    line = "\n".join(texts).encode()
    sequence = "".join(f"\x1e{text}\n" for text in texts).encode()
    array = ("[" + ",\r\n".join(texts) + "]").encode()
    assert "".join(parts) in joined(line, lines(line, 0, len(line)))
    assert "".join(parts) in joined(sequence, lines(sequence, 0, len(sequence)))
    assert "".join(parts) in joined(array, elements(array, 0, len(array)))


def test_streams_that_are_interleaved_are_told_apart():
    """By the index that stands beside the text."""
    body = b"".join(
        b"data: " + json.dumps({"choices": [{"index": i % 2, "delta": {"content": text}}]}).encode() + b"\n\n"
        for i, text in enumerate(["ab", "12", "cd", "34"])
    )
    assert {"abcd", "1234"} <= joined(body, events(body, 0, len(body)))


def test_texts_that_are_no_json_are_joined_as_they_come():
    """Plain server-sent events."""
    body = b"data: ab\n\ndata: cd\n\n"
    assert [
        b"".join(body[start:end] for start, end in spans) for spans in groups(body, events(body, 0, len(body)))
    ] == [b"abcd"]


@given(st.lists(st.binary(max_size=5), min_size=1, max_size=8))
def test_pieces_go_back_to_their_places(parts):
    """As long as before, and nothing between them is touched."""
    view = b"|".join(parts)
    spans, at = [], 0
    for part in parts:
        spans.append((at, at + len(part)))
        at += len(part) + 1
    assert through_pieces(view, tuple(spans), bytes) == view
    assert through_pieces(view, tuple(spans), lambda text: bytes(byte ^ 1 for byte in text)) == b"|".join(
        bytes(byte ^ 1 for byte in part) for part in parts
    )


@given(st.binary(max_size=200))
def test_any_bytes_are_survived(view):
    """Streams are cut off and damaged."""
    for documents in (
        events(view, 0, len(view)),
        lines(view, 0, len(view)),
        elements(view, 0, len(view)),
        [(0, len(view))],
    ):
        assert all(0 <= start <= end <= len(view) for spans in groups(view, documents) for start, end in spans)


def test_there_is_a_limit():
    """A stream of very many strings is read to a point."""
    body = b"data: " + json.dumps(["x"] * 150_000).encode() + b"\n\n"
    assert len(groups(body * 3, events(body * 3, 0, 3 * len(body)))) <= 150_000
