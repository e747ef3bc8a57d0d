"""The word for how an exchange ended, from mitmproxy's words and from what was seen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Ending
from tapehiss.proxy.endings import DETAIL_MAX_CHARS, Mishap, Stage, ending_of, is_whole

GOAWAY = "HTTP/2 connection closed: <ConnectionTerminated error_code:0, last_stream_id:1, additional_data:None>"
BEFORE = {
    "server closed connection": Ending.RESET,
    "unexpected server response: b'HTTP/1.1 200 OK\\r\\nContent-Le'": Ending.RESET,
    "unexpected server response: b'HTT'": Ending.RESET,
    "unexpected server response: b'SSH-2.0-OpenSSH'": Ending.MALFORMED,
    "Cannot parse HTTP response: Invalid status line": Ending.MALFORMED,
    "HTTP/2 protocol error: Invalid ConnectionInputs": Ending.MALFORMED,
    "Received header contains invalid characters from server, refusing to prevent request smuggling attacks.": Ending.MALFORMED,
    "stream reset by client (INTERNAL_ERROR)": Ending.RESET,
    "peer closed connection": Ending.RESET,
    GOAWAY: Ending.RESET,
    "[Errno 111] Connect call failed ('127.0.0.1', 1)": Ending.REFUSED,
    "[Errno -2] Name or service not known": Ending.REFUSED,
    "[Errno 110] Connect call failed ('192.0.2.1', 80)": Ending.TIMED_OUT,
    "Certificate verify failed: self-signed certificate": Ending.TLS_FAILURE,
    "The remote server does not speak TLS.": Ending.TLS_FAILURE,
    "Client disconnected.": Ending.CLIENT_GONE,
    "Connection killed.": Ending.RESET,
}
INSIDE = {
    "HTTP/1 protocol error: peer closed connection without sending complete message body (incomplete chunked read)": Ending.TRUNCATED,
    "HTTP/1 protocol error: illegal chunk header: bytearray(b'zzz')": Ending.MALFORMED,
    "stream reset by client (INTERNAL_ERROR)": Ending.TRUNCATED,
    "peer closed connection": Ending.TRUNCATED,
    "connection reset by the vendor": Ending.TRUNCATED,
    GOAWAY: Ending.TRUNCATED,
    "Client disconnected.": Ending.CLIENT_GONE,
}


@pytest.mark.parametrize(("message", "ending"), BEFORE.items())
def test_before_the_response(message: str, ending: Ending) -> None:
    """Nothing came that is a response."""
    assert ending_of(Mishap(message)) is ending


@pytest.mark.parametrize(("message", "ending"), INSIDE.items())
def test_inside_the_response(message: str, ending: Ending) -> None:
    """The head had come."""
    assert ending_of(Mishap(message, response_began=True)) is ending


@pytest.mark.parametrize(
    ("stage", "message", "ending"),
    [
        (Stage.CONNECT, "whatever words", Ending.REFUSED),
        (Stage.CONNECT, "[Errno 110] Operation timed out", Ending.TIMED_OUT),
        (Stage.TLS, "connection closed early", Ending.TLS_FAILURE),
    ],
)
def test_what_a_hook_has_seen_counts_more_than_words(stage: Stage, message: str, ending: Ending) -> None:
    """mitmproxy's words change; its hooks do not."""
    assert ending_of(Mishap(message, failed=stage)) is ending


@given(st.text(max_size=50), st.booleans())
def test_the_client_is_never_taken_for_the_vendor(message: str, began: bool) -> None:
    """Where the client's side broke, the words do not matter."""
    assert ending_of(Mishap(message, by_client=True, response_began=began)) is Ending.CLIENT_GONE


@given(st.text(max_size=50), st.booleans())
def test_silence_is_a_timeout(message: str, by_client: bool) -> None:
    """mitmproxy closes the client's connection after long silence; it is the vendor who was silent."""
    assert ending_of(Mishap(message, by_client=by_client, idle_s=600, timeout_s=600)) is Ending.TIMED_OUT


@given(st.text(max_size=2 * DETAIL_MAX_CHARS), st.booleans())
def test_there_is_always_a_word_and_never_the_good_one(message: str, began: bool) -> None:
    """Any text is a bad ending, and its detail is bounded."""
    mishap = Mishap(message, response_began=began)

    assert ending_of(mishap) is not Ending.COMPLETE
    assert len(mishap.detail) <= DETAIL_MAX_CHARS


STREAM = ((b"Content-Type", b"Text/Event-Stream; charset=utf-8"),)


@pytest.mark.parametrize(
    ("fields", "tail", "size", "whole"),
    [
        (((b"Content-Length", b" 5 "),), b"hello", 5, True),
        (((b"content-length", b"5"),), b"hell", 4, False),
        (STREAM, b"data: {}\n\ndata: [DONE]\n\n", 99, True),
        (STREAM, b"data:[DONE]\r\n\r\n", 99, True),
        (STREAM, b'event: message_stop\ndata: {"type": "message_stop"}\n\n', 99, True),
        (STREAM, b"event: response.completed\ndata: {}\n\n", 99, True),
        (STREAM, b'data: {"text": "data: [DONE]"}\n\n', 99, False),
        (STREAM, b"data: [DONE]\n\ndata: {}\n\n", 99, False),
        (STREAM, b"event: message_stop\ndata: {}\n\nevent: ping\ndata: {}\n\n", 99, False),
        (((b"Content-Type", b"text/plain"),), b"data: [DONE]\n\n", 99, False),
        ((), b"", 0, False),
    ],
)
def test_a_client_that_had_everything(
    fields: tuple[tuple[bytes, bytes], ...], tail: bytes, size: int, whole: bool
) -> None:
    """What was announced has come, or the stream said that nothing follows."""
    assert is_whole(fields, tail, size) is whole
