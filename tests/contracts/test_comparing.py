"""A published description against what the tapes prove."""

from __future__ import annotations

import json

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.comparing import compared
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
