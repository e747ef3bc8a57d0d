"""One exchange while it goes on."""

from __future__ import annotations

from types import SimpleNamespace

from mitmproxy.test import tflow

from tapehiss.proxy.take import MESSAGES_MAX, SHOWN_MAX_BYTES, Take
from tapehiss.proxy.tee import Budget, Tee


def _tee(body: bytes, limit: int = 10**7) -> Tee:
    tee = Tee(Budget(10**8), lambda: 7.0, limit)
    tee(body)
    return tee


def test_what_the_tee_kept_goes_before_what_mitmproxy_kept() -> None:
    """A streamed body is in the tee; without one, mitmproxy has it."""
    flow = tflow.tflow(resp=True)
    take = Take(1.0, "label")
    take.reply_tee = _tee(b"streamed")
    snapshot = take.snapshot(flow, "complete", "", 9.0)

    assert snapshot.reply is not None
    assert (snapshot.reply.body, snapshot.reply.chunks) == (b"streamed", ((7.0, 8),))
    assert snapshot.body == flow.request.raw_content
    assert (snapshot.label, snapshot.complete_request) == ("label", False)


def test_the_vendors_headers_are_recorded_not_the_clients() -> None:
    """What was rewritten since is not on the tape."""
    flow = tflow.tflow(resp=True)
    take = Take(1.0, "")
    take.begins(2.0, ((b"Location", b"https://vendor/"),), (0.1, 0.2))
    take.reply_content = b"whole"
    snapshot = take.snapshot(flow, "complete", "", 9.0)

    assert snapshot.reply is not None
    assert snapshot.reply.fields == ((b"Location", b"https://vendor/"),)
    assert (snapshot.reply.body, snapshot.reply.chunks) == (b"whole", ((2.0, 5),))
    assert (snapshot.connect_s, snapshot.tls_s) == (0.1, 0.2)


def test_messages_are_bounded_in_bytes_and_number() -> None:
    """What is beyond is counted in a note."""
    take = Take(1.0, "")
    take.messages = [(True, True, b"", 0.0)] * (MESSAGES_MAX - 1)
    for size in (5, 5, 100):
        message = SimpleNamespace(content=b"x" * size, from_client=True, is_text=False, timestamp=1.0)
        take.message(message, 10)

    assert len(take.messages) == MESSAGES_MAX
    assert take.snapshot(tflow.tflow(), "complete", "", 2.0).notes == (("messages_dropped", "2"),)


def test_other_addons_are_shown_small_bodies() -> None:
    """mitmproxy's ``save`` would store nothing of a streamed body; a large one stays out of memory."""
    response = SimpleNamespace(content=None)
    take = Take(1.0, "")
    take.show(response)
    take.reply_tee = _tee(b"x" * (SHOWN_MAX_BYTES + 1))
    take.show(response)
    assert response.content is None

    take.reply_tee = _tee(b"small")
    take.show(response)
    assert response.content == b"small"


def test_the_last_sign_of_life() -> None:
    """The latest of everything that was seen."""
    take = Take(1.0, "")
    assert take.last_seen == 1.0
    take.sent = 3.0
    assert take.last_seen == 3.0
    take.reply_tee = _tee(b"x")
    assert take.last_seen == 7.0


def test_a_stream_that_said_its_last_word_is_whole() -> None:
    """Not before there is a head, nor where the end was not kept."""
    take = Take(1.0, "")
    assert not take.is_whole
    take.begins(2.0, ((b"Content-Type", b"text/event-stream"),), (None, None))
    assert not take.is_whole
    take.reply_tee = _tee(b"data: [DONE]\n\n")
    assert take.is_whole
    take.reply_tee = _tee(b"data: [DONE]\n\n", limit=5)
    assert not take.is_whole
