"""Receiving, without a server."""

from __future__ import annotations

import json
import logging
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhooking import NOW, RING, SECRETS, delivery

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.errors import InboxUnusable
from tapehiss.clients.webhook_inbox import KEEP_MIN_S, SqliteInbox
from tapehiss.clients.webhooks import TOLERANCE_MAX_S, Fate, Notice, Receiver, Route, Unknown, receive
from tapehiss.contracts.webhook_signatures import keyring, sign
from tapehiss.contracts.webhook_styles import STYLES


class Books:
    """A receiver that writes down, in the inbox's own database, what it handles."""

    def __init__(self, **more) -> None:
        self.inbox = SqliteInbox(":memory:")
        self.notices: list[Notice] = []
        ring = more.pop("ring", RING)
        routes = more.pop("routes", (Route(self.book),))
        self.receiver = Receiver(ring, routes, notice=self.notices.append, **more)
        self.inbox.once("table", NOW, lambda db: db.execute("CREATE TABLE handled (id TEXT)"))

    def book(self, event, db) -> None:
        """Handle an event."""
        db.execute("INSERT INTO handled VALUES (?)", (event.id,))

    def __call__(self, headers, body, at=NOW) -> int:
        """The status of the answer to a delivery."""
        return receive(self.receiver, self.inbox, headers, body, at).status

    @property
    def handled(self) -> list[str]:
        """The ids of what was handled, in order."""
        seen: list[str] = []
        self.inbox.once(f"look {len(self.inbox)}", NOW, lambda db: seen.extend(db.execute("SELECT id FROM handled")))
        return [each for (each,) in seen]

    @property
    def fates(self) -> list[Fate]:
        """What the receiver noticed, in order."""
        return [notice.fate for notice in self.notices]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.booleans()), max_size=12))
def test_every_valid_event_is_handled_once_and_no_forged_one(deliveries):
    """In any order, however often, and whatever is forged between."""
    books = Books()
    for event_id, forged in deliveries:
        headers, body = delivery(event_id)
        assert books(headers, body + b" " * forged) == (401 if forged else 204)
    assert books.handled == list(dict.fromkeys(event_id for event_id, forged in deliveries if not forged))
    assert books.fates.count(Fate.REFUSED) == sum(forged for _, forged in deliveries)


@pytest.mark.parametrize("name", STYLES)
def test_every_style_is_received(name):
    """From each vendor: handled, and known when it comes again."""
    ring = keyring(name, SECRETS[:1])
    books = Books(ring=ring)
    assert [books(*delivery("e1", ring=ring)) for _ in range(2)] == [204, 204]
    assert books.handled == ["e1"]
    assert books.fates == [Fate.HANDLED, Fate.DUPLICATE]


def test_events_go_by_type_and_version():
    """The first route that covers an event has it."""
    seen = []
    routes = (
        Route(lambda event, _: seen.append(("old", event.id)), "charge.*", "2024-*"),
        Route(lambda event, _: seen.append(("new", event.id)), "charge.*"),
    )
    ring = keyring("stripe", ["whsec_x"])
    books = Books(ring=ring, routes=routes)
    for number, (kind, version) in enumerate([("charge.paid", "2024-06"), ("charge.paid", "2026"), ("refund", "2026")]):
        body = json.dumps({"id": f"e{number}", "type": kind, "api_version": version}).encode()
        assert books(sign(ring, "m", NOW, body), body) == 204
    assert seen == [("old", "e0"), ("new", "e1")]
    assert books.notices[-1] == Notice(Fate.UNKNOWN, ("refund", "e2"))


def test_what_nobody_wants_can_be_refused_and_is_never_remembered():
    """By choice: thank you, or 422. Once there is a route, the same event is handled."""
    assert Books(routes=())(*delivery("e")) == 204
    books = Books(routes=(), unknown=Unknown.REFUSE)
    assert books(*delivery("e")) == 422
    later = Receiver(RING, (Route(books.book),))
    assert receive(later, books.inbox, *delivery("e"), NOW).status == 204
    assert books.handled == ["e"]


def test_a_failed_event_is_sent_again_and_what_it_wrote_is_undone():
    """500 until the handler succeeds; what it had written before it failed is not there."""
    tries = iter([RuntimeError("no"), KeyError("no"), None])

    def book(event, db):
        books.book(event, db)
        if error := next(tries):
            raise error

    books = Books(routes=(Route(book),))
    assert [books(*delivery("e")) for _ in range(4)] == [500, 500, 204, 204]
    assert books.handled == ["e"]
    assert books.fates == [Fate.FAILED, Fate.FAILED, Fate.HANDLED, Fate.DUPLICATE]


def test_one_failure_does_not_keep_the_others_of_a_delivery():
    """Events that came together are handled each on its own; the second delivery brings the one that failed."""
    ring = keyring("klaviyo", ["k" * 20])
    failing = {"b"}

    def book(event, db):
        if event.id in failing:
            raise RuntimeError(event.id)
        books.book(event, db)

    books = Books(ring=ring, routes=(Route(book),))
    body = json.dumps({"data": [{"external_id": each, "topic": "t"} for each in "abc"]}).encode()
    assert books(sign(ring, "m", NOW, body), body) == 500
    failing.clear()
    assert books(sign(ring, "m", NOW, body), body) == 204
    assert books.handled == ["a", "c", "b"]


def test_what_is_answered_to_what_is_not_taken():
    """401 for what is not believed, 422 for what is not understood, 413 for what is too long; none of it is a success."""
    books = Books(body_max_bytes=300)
    headers, body = delivery("e")
    assert books((), body) == books(headers, body, NOW + 301) == books(headers, body, NOW - 301) == 401
    assert books(sign(RING, "m", NOW, b"[1]"), b"[1]") == 422
    assert books(headers, b" " * 301) == 413
    assert books.fates == [Fate.REFUSED] * 5


def test_no_success_before_it_is_remembered():
    """An inbox that cannot commit is 503: the vendor still has the event."""

    class Full:
        def once(self, _key, _unix_s, handle):
            handle(None)
            raise InboxUnusable("webhooks cannot be remembered: disk full", "x", InboxUnusable.advice)

    answer = receive(Receiver(RING, (Route(lambda *_: None),)), Full(), *delivery("e"), NOW)
    assert (answer.status, b"disk full" in answer.body) == (503, True)


def test_a_challenge_is_answered_if_it_is_signed():
    """Slack asks before it sends anything."""
    ring = keyring("slack", ["s"])
    body = b'{"type":"url_verification","challenge":"3eZb"}'
    receiver, inbox = Receiver(ring, ()), SqliteInbox(":memory:")
    answer = receive(receiver, inbox, sign(ring, "m", NOW, body), body, NOW)
    assert (answer.status, answer.body) == (200, b"3eZb")
    assert receive(receiver, inbox, (), body, NOW).status == 401


def test_the_log_is_told_of_failures_without_the_payload(caplog):
    """A handler's error with its trace, a refusal in a line; neither body nor signature."""

    def broken(*_):
        raise sqlite3.OperationalError("no such table")

    receiver, inbox = Receiver(RING, (Route(broken),)), SqliteInbox(":memory:")
    headers, body = delivery("e1")
    with caplog.at_level(logging.WARNING, "tapehiss.webhooks"):
        receive(receiver, inbox, headers, body, NOW)
        receive(receiver, inbox, headers, body + b" ", NOW)
        receive(Receiver(RING, ()), inbox, headers, body, NOW)
    assert [record.getMessage()[:24] for record in caplog.records] == [
        "webhook invoice.paid e1 ",
        "webhook refused: webhook",
    ]
    assert caplog.records[0].exc_info
    assert "amount" not in caplog.text
    assert headers[-1][1] not in caplog.text


@given(st.binary(max_size=200), st.lists(st.tuples(st.sampled_from([name for name, _ in delivery("e")[0]]), st.text())))
def test_any_bytes_are_answered(body, headers):
    """Never an exception, never a success."""
    assert 400 <= receive(Receiver(RING, ()), SqliteInbox(":memory:"), tuple(headers), body, NOW).status < 500


@pytest.mark.parametrize(
    "more", [{"body_max_bytes": 0}, {"tolerance_s": -1.0}, {"tolerance_s": 43_201.0}, {"tolerance_s": float("nan")}]
)
def test_a_receiver_that_cannot_be_meant(more):
    """Refused before the first delivery; above all a tolerance beyond what an inbox remembers."""
    with pytest.raises(Misuse):
        Receiver(RING, (), **more)


def test_no_inbox_forgets_what_would_still_be_believed():
    """The longest tolerance, both ways, is the shortest memory; and no style has a longer one."""
    assert 2 * TOLERANCE_MAX_S == KEEP_MIN_S
    assert max(style.tolerance_s for style in STYLES.values()) <= TOLERANCE_MAX_S
