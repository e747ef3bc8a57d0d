"""What webhooks say."""

from __future__ import annotations

import json

import pytest

from tapehiss.cassettes.exchange import Request, Response
from tapehiss.contracts.webhook_events import events_of
from tapehiss.contracts.webhook_styles import STYLES
from tapehiss.mocks.webhook_templates import (
    ENVELOPES,
    Occasion,
    Recorded,
    Template,
    forms_in,
    occasion_of,
    renamed,
    written,
)

NOW = 1_700_000_000.5
STRIPE = STYLES["stripe"]


NOTHING = Occasion()


def body_of(template, occasion=NOTHING, style=STRIPE, number=3):
    return json.loads(written(template, style, number, "evt_1", occasion, NOW).body)


@pytest.mark.parametrize("name", STYLES)
def test_every_vendors_envelope_is_read_by_its_receiver(name):
    """What the mock writes, the core of the receivers understands: id, type, version and what happened."""
    style = STYLES[name]
    template = Template("t", "order.paid", version="2026-01", data={"amount": 5})
    message = written(template, style, 0, "evt_1", NOTHING, NOW)
    headers = (*message.headers, *([(style.signed_id, "evt_1")] if style.signed_id else []))
    (event,) = events_of(style, headers, message.body)
    assert (event.id, event.type, event.version) == ("evt_1", "order.paid", "2026-01" if style.version else "")
    assert b'"amount": 5' in message.body
    assert set(ENVELOPES) == set(STYLES)


def test_places_are_values_from_the_occasion():
    """A text that is one place is the value; in a longer text it is written out; what is not there is null."""
    occasion = Occasion({"customer": {"id": 7}}, {"items": [{"sku": "a"}]}, None)
    data = {
        "whole": "{response}",
        "deep": "{response/items/0/sku}",
        "number": "{request/customer/id}",
        "text": "n{number} of {request/customer/id} at {now:rfc_3339}: {response/items}",
        "none": "{response/missing/0}",
        "plain": ["{no place}", 5, None],
        "now": "{now}",
    }
    assert body_of(Template("t", "x", data=data), occasion)["data"]["object"] == {
        "whole": {"items": [{"sku": "a"}]},
        "deep": "a",
        "number": 7,
        "text": 'n3 of 7 at 2023-11-14T22:13:21Z: [{"sku": "a"}]',
        "none": None,
        "plain": ["{no place}", 5, None],
        "now": 1_700_000_001,
    }


def test_what_the_control_plane_gives_stands_in_place_of_the_data():
    """Given data is what happened, whatever the template would have said."""
    assert body_of(Template("t", "x"), Occasion(data={"id": 1}))["data"]["object"] == {"id": 1}


def test_a_body_of_its_own_stands_in_place_of_the_envelope():
    """For vendors that wrap otherwise."""
    template = Template("t", "x", body={"event": "{type}", "ref": "{id}", "what": "{data}"}, data=[1])
    assert body_of(template) == {"event": "x", "ref": "evt_1", "what": [1]}


def test_the_documents_of_an_occasion():
    """Forms and JSON; what cannot be read is nothing."""
    form = Request("POST", "https://h/", (("Content-Type", "application/x-www-form-urlencoded"),), b"amount=5&to=a")
    broken = Response(200, "", (("Content-Type", "application/json"),), b"{")
    assert occasion_of(form, broken) == Occasion({"amount": 5, "to": "a"}, None)
    assert occasion_of(form, None).response is None


def test_recorded_ones_are_sent_in_order_with_a_new_id():
    """Then the last one again; only the id changes."""
    template = Template("t", "x", recorded=tuple(Recorded(b'{"id":"old","n":%d}' % n, (("X", "y"),)) for n in (1, 2)))
    sent = [written(template, STRIPE, number, f"evt_{number}", NOTHING, NOW) for number in range(3)]
    assert [json.loads(each.body) for each in sent] == [
        {"id": "evt_0", "n": 1},
        {"id": "evt_1", "n": 2},
        {"id": "evt_2", "n": 2},
    ]
    assert ("X", "y") in sent[0].headers


def test_a_recorded_body_is_renamed_where_its_id_is():
    """In each item of a list; where the id is a header, the body stays byte for byte."""
    batch = b'{"data":[{"external_id":"a","topic":"t"},{"external_id":"b","topic":"t"},5]}'
    assert [each["external_id"] for each in json.loads(renamed(STYLES["klaviyo"], batch, "e"))["data"][:2]] == [
        "e",
        "e-1",
    ]
    for body in (b'{ "id":1}', b"no json"):
        assert renamed(STYLES["github"], body, "e") == body
    for body in (b"no json", b"5"):
        assert json.dumps(renamed(STYLES["klaviyo"], body, "e").decode()) == json.dumps(body.decode())


def test_the_forms_of_instants_that_are_asked_for():
    """Wherever they stand, so that a file can be checked before anything is sent."""
    assert forms_in({"a": ["{now:rfc_3339}", {"b": "x {now:iso} {id}"}], "c": 5}) == {"rfc_3339", "iso"}
