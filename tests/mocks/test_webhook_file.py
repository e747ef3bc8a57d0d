"""Plans in files."""

from __future__ import annotations

import json

import pytest
from webhooking import SECRETS, delivery

from tapehiss.cassettes.exchange import Exchange, Request, Response
from tapehiss.cassettes.redaction import Redactor, load_rules
from tapehiss.cassettes.writer import TapeWriter
from tapehiss.contracts.webhook_events import events_of
from tapehiss.contracts.webhook_retries import RETRIES
from tapehiss.contracts.webhook_signatures import keyring
from tapehiss.mocks.errors import BadWebhooks
from tapehiss.mocks.webhook_file import parse_plan, read_plan
from tapehiss.mocks.webhook_templates import Occasion, Template, written
from tapehiss.mocks.webhooks import Storm

WHOLE = """
style: stripe
secrets: [$STRIPE_SECRET, old]
pace: 0.01
templates:
  charged: {type: charge.succeeded, on: POST /v1/charges, after_s: 0.5, version: "2026-01-01"}
  refunded:
    type: charge.refunded
    data: {id: "ch_{number}", at: "{now:rfc_3339}"}
storm: {duplicates: 0.2, reorder_s: 2, forged: 0.1, unheard: 0.1, lost: 0.1, dropped: 0.01, delay_s: 1}
"""


def parsed(text, path, **environ):
    return parse_plan(text.encode(), path / "hooks.yaml", environ)


def test_a_plan_is_read(tmp_path):
    """Everything there is to say, with secrets from the environment; YAML's ``on`` is a word."""
    plan = parsed(WHOLE, tmp_path, STRIPE_SECRET="whsec_1")
    assert plan.ring == keyring("stripe", ["whsec_1", "old"])
    assert plan.templates == (
        Template("charged", "charge.succeeded", "POST /v1/charges", "2026-01-01", after_s=0.5),
        Template("refunded", "charge.refunded", data={"id": "ch_{number}", "at": "{now:rfc_3339}"}),
    )
    assert plan.storm == Storm(1, 2, 0.2, 0.1, 0.1, 0.01, 0.1)
    assert (plan.pace, plan.retries) == (0.01, RETRIES["stripe"])


def test_json_is_yaml_and_retries_can_be_anothers(tmp_path):
    """The same in JSON; how a vendor insists need not go with how it signs."""
    data = {
        "style": "github",
        "secrets": ["s"],
        "retries": "standard",
        "templates": {"a": {"type": "push", "body": {}}},
    }
    (tmp_path / "hooks.json").write_text(json.dumps(data))
    plan = read_plan(tmp_path / "hooks.json", {})
    assert (plan.retries, plan.templates) == (RETRIES["standard"], (Template("a", "push", body={}),))


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (("style: stripe", "style: strip"), ":2", "style"),
        (("secrets: [$STRIPE_SECRET, old]", "secrets: []"), ":3", "secrets"),
        (("pace: 0.01", "pace: fast"), ":4", "pace"),
        (("after_s: 0.5", "after: 0.5"), ":6", "templates.charged.after"),
        (("on: POST /v1/charges", "on: POST /v1/charges now please"), ":6", "templates.charged.on"),
        (("on: POST /v1/charges", "on: POST"), ":6", "'POST' is not an operation"),
        (("duplicates: 0.2", "duplicates: 2"), ":10", "storm.duplicates"),
        (("{now:rfc_3339}", "{now:tomorrow}"), ":2", "tomorrow"),
        (("style: stripe", "style: [}"), ":2", "not YAML"),
        (("style: stripe", ""), ":3", "style"),
        (("$STRIPE_SECRET", "$NOWHERE"), "hooks.yaml", "environment has no NOWHERE"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, change, where, what):
    """File, line and field."""
    with pytest.raises(BadWebhooks) as caught:
        parsed(WHOLE.replace(*change), tmp_path, STRIPE_SECRET="x")
    assert caught.value.where.endswith(where)
    assert what in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "style: stripe\nsecrets: [x]", "5", "\x00"])
def test_a_file_that_is_no_plan(tmp_path, text):
    """Empty, something else, or without any webhook."""
    with pytest.raises(BadWebhooks):
        parsed(text, tmp_path)


def test_a_secret_that_is_none_is_not_said_aloud(tmp_path):
    """Only where it stands."""
    with pytest.raises(BadWebhooks) as caught:
        parsed("style: standard\nsecrets: ['no base64!']\ntemplates: {a: {type: x}}", tmp_path)
    assert "base64!" not in str(caught.value)


def taped(path, name, kinds):
    """A tape as a recorder in front of a receiver writes it: the requests are webhooks."""
    redactor = Redactor(load_rules(None, {}), key=b"k" * 32)
    ring = keyring(name, SECRETS[:1])
    with TapeWriter(path) as tape:
        for number, kind in enumerate(kinds):
            headers, body = delivery(f"e{number}", kind, ring)
            more = (
                ("Host", "us.example"),
                ("Content-Type", "application/json"),
                ("X-Vendor", "v"),
                ("X-Forwarded-For", "1.2.3.4"),
            )
            request = Request("POST", "https://us.example/hooks", (*headers, *more), body)
            tape.append(redactor.clean(Exchange(request, Response(200), started_at=1.7e9 + number)))
        request = Request("GET", "https://us.example/health")
        tape.append(redactor.clean(Exchange(request, Response(200), started_at=1.8e9)))


@pytest.mark.parametrize("name", ["standard", "stripe", "github", "klaviyo"])
def test_recorded_webhooks_are_sent_again(tmp_path, name):
    """By type, in their order, with the vendor's own headers but for those that sign; each as a new event."""
    taped(tmp_path / "tape.yaml", name, ["invoice.paid", "invoice.sent", "charge", "invoice.paid"])
    text = (
        f"style: {name}\nsecrets: [{SECRETS[0]}]\nrecorded: [{{tape: tape.yaml, type: 'invoice.*', on: POST /v1/pay}}]"
    )
    plan = parsed(text, tmp_path)
    assert [(each.name, each.type, each.on, len(each.recorded)) for each in plan.templates] == [
        ("recorded invoice.paid", "invoice.paid", "POST /v1/pay", 2),
        ("recorded invoice.sent", "invoice.sent", "POST /v1/pay", 1),
    ]
    message = written(plan.templates[0], plan.ring.style, 0, "new", Occasion(), 1.7e9)
    kept = {header.lower() for header, _ in message.headers}
    assert "x-vendor" in kept
    assert not kept & {"host", "x-forwarded-for", plan.ring.style.signature.lower()}
    signed_id = ((plan.ring.style.signed_id, "new"),) if plan.ring.style.signed_id else ()
    (event,) = events_of(plan.ring.style, (*message.headers, *signed_id), message.body)
    assert (event.id, event.type) == ("new", "invoice.paid")


def test_a_tape_without_such_webhooks(tmp_path):
    """Said before anything is served."""
    taped(tmp_path / "tape.yaml", "stripe", ["charge"])
    for kind, style in (("invoice", "stripe"), ("*", "slack")):
        text = f"style: {style}\nsecrets: [x]\nrecorded: [{{tape: tape.yaml, type: {json.dumps(kind)}}}]"
        with pytest.raises(BadWebhooks, match="no webhook of type"):
            parsed(text, tmp_path)
