"""From an outcome to bytes: framing that a strict parser accepts, whatever was recorded."""

from __future__ import annotations

import gzip

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from wires import read

from strategies import responses
from tapehiss.cassettes.coding import decode
from tapehiss.cassettes.exchange import Ending, Response
from tapehiss.mocks.faults import ALL, GARBLED
from tapehiss.mocks.outcome import Manner, Outcome, Rung
from tapehiss.mocks.wire import Asked, Then, accepts, message_of, script_of, sendable

FINAL = responses().filter(lambda response: response.status >= 200)
ASKED = st.builds(
    Asked,
    st.sampled_from(["GET", "POST", "HEAD"]),
    st.sampled_from(["", "gzip", "gzip, br;q=0.5", "*", "identity", "gzip;q=0"]),
    keep_alive=st.booleans(),
    chunking=st.booleans(),
    pace=st.sampled_from([0.0, 1.0]),
)
EVENTS = (("Content-Type", "text/event-stream"),)


def outcome(response: Response | None, ending: Ending = Ending.COMPLETE, body_bytes: int | None = None) -> Outcome:
    return Outcome(response, ending, body_bytes, Rung.EXACT, 0)


def sent(script) -> bytes:
    return b"".join(content for _, content in script.pieces)


@given(FINAL, ASKED)
def test_a_strict_parser_reads_every_answer(response, asked):
    """Whatever headers and framing were recorded, h11 reads the status and the body, and the message is whole."""
    script = script_of(outcome(response), asked)
    head, body, whole = read(sent(script), asked.method, ended=script.then is Then.CLOSE)
    assert (head.status_code, whole) == (response.status, True)
    bodiless = asked.method == "HEAD" or response.status in {204, 304}
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
    content = body if response.undecoded else decode(headers, body, limit_bytes=1 << 20)[0]
    assert content == (b"" if bodiless else response.body)
    assert script.then is (Then.KEEP if asked.keep_alive and (script.then is Then.KEEP) else Then.CLOSE)


@given(
    FINAL.filter(lambda r: r.body and r.status not in {204, 304}),
    st.integers(0, 80),
    ASKED.filter(lambda a: a.chunking),
)
def test_a_strict_parser_notices_every_truncation(response, limit, asked):
    """A cut answer is never read as a whole one, and the connection ends."""
    if asked.method == "HEAD":
        return
    script = script_of(outcome(response, Ending.TRUNCATED, min(limit, len(response.body) - 1)), asked)
    _, body, whole = read(sent(script), ended=True)
    assert not whole
    assert len(body) <= limit
    assert script.then is Then.CLOSE


@given(FINAL, ASKED)
def test_the_rung_is_told_once(response, asked):
    """``x-tapehiss-match`` is there exactly once, even if it was recorded."""
    message = message_of(outcome(response), asked)
    assert [value for name, value in message.headers if name.lower() == "x-tapehiss-match"] == ["exact"]


def test_a_coding_is_applied_anew_if_it_is_accepted():
    """gzip for who accepts it, plain for who does not, and the length is that of what is sent."""
    response = Response(200, "OK", (("Content-Encoding", "gzip"), ("Content-Length", "9999")), b"a" * 1000)
    head, body, _ = read(sent(script_of(outcome(response), Asked(accept_encoding="br, gzip"))))
    assert gzip.decompress(body) == b"a" * 1000
    assert (b"content-length", str(len(body)).encode()) in list(head.headers)
    head, body, _ = read(sent(script_of(outcome(response), Asked(accept_encoding="br"))))
    assert (body, b"content-encoding" in dict(head.headers)) == (b"a" * 1000, False)


def test_stacked_codings_are_applied_in_order():
    """``deflate, gzip`` was deflated first, and is again."""
    response = Response(200, "OK", (("Content-Encoding", "deflate, gzip"),), b"abc")
    head, body, _ = read(sent(script_of(outcome(response), Asked(accept_encoding="gzip, deflate"))))
    assert decode((("content-encoding", "deflate, gzip"),), body, limit_bytes=99) == (b"abc", False)
    assert dict(head.headers)[b"content-encoding"] == b"deflate, gzip"


def test_what_could_not_be_decoded_is_sent_as_it_is():
    """A body that stayed encoded keeps its coding, whoever asks."""
    response = Response(200, "OK", (("Content-Encoding", "x-own"),), b"\x00\x01", undecoded=True)
    head, body, _ = read(sent(script_of(outcome(response), Asked())))
    assert (body, dict(head.headers)[b"content-encoding"]) == (b"\x00\x01", b"x-own")


def test_an_event_stream_keeps_its_pieces_and_their_times():
    """One chunk for each recorded one, spaced as recorded, scaled by the pace."""
    response = Response(200, "OK", EVENTS, b"data: a\n\ndata: b\n\n", chunks=((1.0, 9), (3.0, 9)))
    script = script_of(outcome(response), Asked(pace=0.5))
    assert [at_s for at_s, _ in script.pieces] == [0.0, 1.0]
    assert script.pieces[1][1] == b"9\r\ndata: b\n\n\r\n0\r\n\r\n"
    assert [at_s for at_s, _ in script_of(outcome(response), Asked()).pieces] == [0.0]


def test_a_stream_without_usable_pieces_is_sent_event_by_event():
    """Where recorded sizes are of compressed bytes, events are the pieces."""
    response = Response(200, "OK", EVENTS, b"data: a\r\n\r\ndata: b\n\nrest", chunks=((1.0, 5),))
    assert [content for _, content in message_of(outcome(response), Asked()).pieces] == [
        b"data: a\r\n\r\n",
        b"data: b\n\n",
        b"rest",
    ]
    assert message_of(outcome(Response(200, "OK", EVENTS)), Asked()).pieces == ((0.0, b""),)


def test_a_stream_for_an_old_client_ends_with_the_connection():
    """HTTP/1.0 knows no chunks."""
    response = Response(200, "OK", EVENTS, b"data: a\n\n")
    script = script_of(outcome(response), Asked(keep_alive=False, chunking=False))
    assert script.then is Then.CLOSE
    assert b"chunked" not in sent(script)


def test_a_cut_stream_has_no_last_chunk():
    """A truncated event stream ends without its terminator."""
    response = Response(200, "OK", EVENTS, b"data: a\n\ndata: b\n\n")
    script = script_of(outcome(response, Ending.TRUNCATED, 12), Asked())
    assert sent(script).endswith(b"9\r\ndata: a\n\n\r\n3\r\ndat\r\n")


def test_a_recorded_truncation_announces_the_recorded_length():
    """The client misses as many bytes as it did when this was recorded."""
    cut = Response(200, "OK", (("Content-Length", "100"),), b"half")
    head, body, whole = read(sent(script_of(outcome(cut, Ending.TRUNCATED, 4), Asked())), ended=True)
    assert (dict(head.headers)[b"content-length"], body, whole) == (b"100", b"half", False)
    unknown = Response(200, "OK", (), b"half")
    assert not read(sent(script_of(outcome(unknown, Ending.TRUNCATED), Asked())), ended=True)[2]


@pytest.mark.parametrize(
    ("ending", "then"), [(Ending.RESET, Then.RESET), (Ending.REFUSED, Then.RESET), (Ending.TIMED_OUT, Then.HANG)]
)
def test_no_answer_is_a_script_too(ending, then):
    """A reset is sent; a silence is kept."""
    assert script_of(outcome(None, ending), Asked()).then is then


def test_head_promises_the_recorded_length():
    """HEAD has the length of what GET would send, and none that is no number."""
    for recorded, promised in (("17", b"17"), ("soon", None)):
        response = Response(200, "OK", (("Content-Length", recorded),))
        head, _, _ = read(sent(script_of(outcome(response), Asked("HEAD"))), "HEAD")
        assert dict(head.headers).get(b"content-length") == promised


@pytest.mark.parametrize(
    ("header", "coding", "accepted"),
    [
        ("gzip", "gzip", True),
        ("GZIP, br", "gzip", True),
        ("gzip;q=0", "gzip", False),
        ("gzip; Q = 0.000", "gzip", False),
        ("*", "zstd", True),
        ("*;q=0, gzip;q=0.1", "gzip", True),
        ("*;q=0", "gzip", False),
        ("", "gzip", False),
        ("identity", "gzip", False),
    ],
)
def test_accept_encoding(header, coding, accepted):
    """RFC 9110 section 12.5.3."""
    assert accepts(Asked(accept_encoding=header), coding) is accepted


def test_headers_of_the_recorded_connection_are_not_sent():
    """Framing, coding, hop-by-hop headers, those that Connection names, and names that no message can carry."""
    recorded = (
        ("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip"),
        ("Alt-Svc", "h3"), (":status", "200"), ("b a d", "1"), ("", "1"), ("ETag", '"a"'), ("Set-Cookie", "a"), ("Set-Cookie", "b"),
    )  # fmt: skip
    assert sendable(recorded) == (("ETag", '"a"'), ("Set-Cookie", "a"), ("Set-Cookie", "b"))


@pytest.mark.parametrize("part", [ALL, *GARBLED])
def test_a_strict_parser_reads_nothing_that_is_garbled(part):
    """Each kind of garbage is refused before there is an answer."""
    script = script_of(Outcome(None, Ending.MALFORMED, manner=Manner(garbage=part)), Asked())
    assert script.then is Then.CLOSE
    with pytest.raises(h11.RemoteProtocolError):
        read(sent(script))


def test_a_pause_in_the_head_comes_after_the_first_line():
    """The status is there at once; headers and body come when the pause is over, and what is due in between comes then, too."""
    late = Outcome(Response(200, "OK", EVENTS, b"data: a\n\n", chunks=((0.0, 9),)), manner=Manner(head_stall_s=3.0))
    (first_s, first), *rest = script_of(late, Asked()).pieces
    assert (first_s, first) == (0.0, b"HTTP/1.1 200 OK\r\n")
    assert {at_s for at_s, _ in rest} == {3.0}
    message = message_of(late, Asked(method="HEAD"))
    assert (message.head_s, message.pieces) == (3.0, ())


def test_an_early_answer_ends_the_connection():
    """Whatever the client would like to keep."""
    script = script_of(Outcome(Response(413), early=True), Asked())
    assert script.then is Then.CLOSE
    assert b"\r\nConnection: close\r\n" in sent(script)
