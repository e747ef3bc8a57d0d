"""What webhooks tell of."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.errors import NoEvent, WebhookError
from tapehiss.contracts.webhook_events import EVENTS_MAX, challenge_of, events_of, headers_of
from tapehiss.contracts.webhook_styles import STYLES

KLAVIYO = {
    "data": [
        {"external_id": "a", "topic": "event:klaviyo.opened_email", "payload": {}},
        {"external_id": "b", "topic": "event:klaviyo.sent_sms", "payload": {}},
    ],
    "meta": {"klaviyo_webhook_id": "wh_1", "version": "2024-06-28"},
}

CASES = [
    ("standard", (("webhook-id", "msg_1"),), {"type": "user.created", "data": {}}, ("msg_1", "user.created", "")),
    ("stripe", (), {"id": "evt_1", "type": "charge.failed", "api_version": "2026-01-01"}, ("evt_1", "charge.failed", "2026-01-01")),
    ("github", (("X-GitHub-Delivery", "d1"), ("X-GitHub-Event", "push")), {"ref": "x"}, ("d1", "push", "")),
    ("slack", (), {"event_id": "Ev1", "event": {"type": "message"}}, ("Ev1", "message", "")),
    ("shopify", (("X-Shopify-Event-Id", "e"), ("X-Shopify-Topic", "orders/paid"), ("X-Shopify-API-Version", "2026-10")), {}, ("e", "orders/paid", "2026-10")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "headers", "body", "expected"), CASES)
def test_where_each_vendor_tells_of_an_event(name, headers, body, expected):
    """Id, type and version, from headers or body; the payload is the body."""
    (event,) = events_of(STYLES[name], headers, json.dumps(body).encode())
    assert ((event.id, event.type, event.version), event.payload) == (expected, body)
    assert event.key == f"{name} {expected[1]} {expected[0]}"


def test_one_delivery_may_bring_several_events():
    """Klaviyo's are taken apart: each has its own id, and the version of the whole."""
    found = events_of(STYLES["klaviyo"], (("Klaviyo-Webhook-Id", "wh_1"),), json.dumps(KLAVIYO).encode())
    assert [(each.id, each.type, each.version) for each in found] == [
        ("a", "event:klaviyo.opened_email", "2024-06-28"),
        ("b", "event:klaviyo.sent_sms", "2024-06-28"),
    ]


def test_a_webhook_that_is_not_the_named_one_is_refused():
    """Klaviyo: header and body have to name the same webhook."""
    with pytest.raises(NoEvent, match="different"):
        events_of(STYLES["klaviyo"], (("Klaviyo-Webhook-Id", "wh_2"),), json.dumps(KLAVIYO).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"[]", b"{}", b'{"id":1}', b'{"id":true,"type":"x"}', b'{"id":"%s","type":"x"}' % (b"x" * 300), b"\xff", b'{"id":NaN}'],
)  # fmt: skip
def test_what_is_no_event(body):
    """No JSON, no id, no type, or an id that nobody could keep."""
    with pytest.raises(NoEvent):
        events_of(STYLES["stripe"], (), body)


def test_a_delivery_has_a_bounded_number_of_events():
    """More than that are refused, not kept."""
    with pytest.raises(NoEvent):
        events_of(STYLES["klaviyo"], (), json.dumps({"data": [{}] * (EVENTS_MAX + 1)}).encode())


@given(st.sampled_from(list(STYLES)), st.binary(max_size=80), st.lists(st.tuples(st.text(), st.text())))
def test_only_webhook_errors_come_of_any_bytes(name, body, headers):
    """Reading is total."""
    try:
        events_of(STYLES[name], tuple(headers), body)
        challenge_of(STYLES[name], body)
    except WebhookError:
        pass


def test_a_challenge_is_sent_back():
    """Slack asks whether the endpoint is meant; an event that has such a field is no question."""
    asked = b'{"type":"url_verification","challenge":"3eZb"}'
    assert challenge_of(STYLES["slack"], asked) == "3eZb"
    assert challenge_of(STYLES["slack"], b'{"event_id":"E","challenge":"x"}') == ""
    assert challenge_of(STYLES["slack"], b'{"event_id":"E"}') == challenge_of(STYLES["stripe"], asked) == ""


def test_the_headers_that_tell_of_an_event():
    """Only those that the style has, and none that signing writes."""
    assert headers_of(STYLES["github"], "d1", "push") == (("X-GitHub-Delivery", "d1"), ("X-GitHub-Event", "push"))
    assert headers_of(STYLES["shopify"], "e", "orders/paid", "2026-10")[2] == ("X-Shopify-API-Version", "2026-10")
    assert headers_of(STYLES["standard"], "m", "t") == headers_of(STYLES["stripe"], "e", "t") == ()
