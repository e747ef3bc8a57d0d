"""A published description against what the tapes prove."""

from __future__ import annotations

import json
from contextlib import suppress

from described import DISCOVERY, OPENAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.comparing import compared
from tapehiss.contracts.errors import UnknownDescription
from tapehiss.contracts.evidence import Taped, learn
from tapehiss.contracts.published import read_description
from tapehiss.contracts.wording import COMPARE, message_of
from traffic import answer

HOST = "https://api.vendor.example"
THING = {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]}
DESCRIPTION = {
    "openapi": "3.1.0",
    "servers": [{"url": HOST}],
    "paths": {
        "/things": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer"}},
                    {"name": "must", "in": "query", "required": True, "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": THING}}},
                    "404": {"description": "gone"},
                },
            },
        },
        "/never": {"get": {"responses": {"200": {"description": "ok"}}}},
    },
}


def told(*exchanges: Clean) -> set[tuple[str, str, str]]:
    known = catalogue(learn([Taped(each, "t.yaml", 3) for each in exchanges]))
    findings = compared(known, read_description(json.dumps(DESCRIPTION))).findings
    assert [each.id for each in findings if not message_of(each)] == []
    assert [each.id for each in findings if each.id not in COMPARE] == []
    return {(each.id.removeprefix("published-"), each.part, each.subject) for each in findings}


def test_what_agrees_leaves_what_was_never_seen():
    """Documented and recorded alike: only what was never asked for is told."""
    assert told(answer({"id": 1}, url=f"{HOST}/things?limit=3&must=x")) == {
        ("operation-unseen", "", ""),
        ("status-unseen", "response 404", "404"),
    }


def test_all_three_classes():
    """Never seen, not documented, seen otherwise: of operations, parameters, statuses, media types and bodies."""
    text = Clean(Exchange(Request("GET", f"{HOST}/things"), Response(200, "", (("Content-Type", "text/csv"),), b"x")))
    findings = told(
        answer({"id": "1"}, url=f"{HOST}/things?extra=1"), text, answer({}, url=f"{HOST}/things", status=409),
        answer({}, url=f"{HOST}/things", method="POST"),
    )  # fmt: skip
    assert findings == {
        ("operation-unseen", "", ""),
        ("operation-missing", "", ""),
        ("parameter-unseen", "query", "limit"),
        ("parameter-required", "query", "must"),
        ("parameter-missing", "query", "extra"),
        ("status-unseen", "response 404", "404"),
        ("status-missing", "response 409", "409"),
        ("media-missing", "response 200 text/csv", "text/csv"),
        ("kind-otherwise", "response 200 application/json", "string"),
    }


def test_a_rejected_request_says_nothing_about_how_to_ask():
    """What was turned down needs no documentation."""
    assert ("parameter-missing", "query", "extra") not in told(answer({}, url=f"{HOST}/things?extra=1", status=404))


def test_findings_have_a_witness_and_classes():
    """A line of a tape shows each; the classes are counted."""
    known = catalogue(learn([Taped(answer({"id": "1"}, url=f"{HOST}/things?must=x"), "t.yaml", 3)]))
    result = compared(known, read_description(json.dumps(DESCRIPTION)))
    [wrong] = [each for each in result.findings if each.id == "published-kind-otherwise"]
    assert str(wrong.witness) == "t.yaml:3"
    assert result.by_class == {"Documented, never seen": 3, "Seen otherwise": 1}
    assert (result.matched, result.documented) == (1, 2)


def test_path_parameters_are_compared_by_position():
    """Whatever both sides call it, the value in the same segment is compared."""
    path = {
        "parameters": [
            {"name": "which", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        ]
    }
    description = {"openapi": "3.0.0", "paths": {"/things/{which}": {"get": path}}}
    known = catalogue(learn([answer({}, url=f"{HOST}/things/cus_9s6XKzkNRiz8i{number}") for number in range(3)]))
    findings = compared(known, read_description(json.dumps(description))).findings
    assert [(each.id, each.part) for each in findings] == [("published-format-otherwise", "path")]


def test_headers_forms_and_streams():
    """An optional header that was never sent is told, a required one may be dropped by recorders; forms are text."""
    form = ("Content-Type", "application/x-www-form-urlencoded")
    sent = Clean(Exchange(Request("POST", f"{HOST}/things", (form,), b"on=true&n=1"), Response(204)))
    body = {"type": "object", "properties": {"on": {"type": "boolean"}, "n": {"type": "string"}}}
    operation = {
        "parameters": [{"name": "X-May", "in": "header"}, {"name": "X-Must", "in": "header", "required": True}],
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": body}}},
        "responses": {"2XX": {}, "default": {"content": {"application/json": {"schema": {"type": "array"}}}}},
    }
    description = {"openapi": "3.0.0", "paths": {"/things": {"post": operation}}}
    known = catalogue(learn([sent, answer({}, url=f"{HOST}/things", method="POST", status=500)]))
    findings = compared(known, read_description(json.dumps(description))).findings
    assert [(each.id, each.subject) for each in findings] == [
        ("published-parameter-unseen", "x-may"),
        ("published-kind-otherwise", "object"),
    ]


def test_a_body_that_nobody_could_read_is_not_compared():
    """It has no documents, so nothing in it contradicts the description."""
    json_type = (("Content-Type", "application/json"),)
    broken = Clean(Exchange(Request("GET", f"{HOST}/things?limit=3&must=x"), Response(200, "", json_type, b"{")))
    assert told(broken) == {("operation-unseen", "", ""), ("status-unseen", "response 404", "404")}


JUNK = st.sampled_from([None, 1, "x", [], {}, [{}], {"x": []}, "#/paths", {"$ref": "#/paths"}, True])


def spoilt(document, draw):
    """The document with one of its values replaced."""
    if isinstance(document, dict) and document and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(document)))
        return {**document, name: spoilt(document[name], draw)}
    if isinstance(document, list) and document and draw(st.integers(0, 3)):
        return [spoilt(document[0], draw), *document[1:]]
    return draw(JUNK)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_description_with_faults_is_compared_as_far_as_it_goes(data):
    """Published files have faults: whatever is wrong in one place, nothing crashes."""
    document = spoilt(spoilt(data.draw(st.sampled_from([DESCRIPTION, DISCOVERY, OPENAPI])), data.draw), data.draw)
    with suppress(UnknownDescription):
        description = read_description(json.dumps(document), where="x")
        known = catalogue(
            learn(
                [
                    answer({"id": "1"}, url=f"{HOST}/things?limit=1"),
                    answer([], url=f"{HOST}/v1/things/1", method="POST"),
                ]
            )
        )
        assert all(message_of(finding) for finding in compared(known, description).findings)
