"""Contracts as JSON Schema and as OpenAPI."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from openapi_spec_validator import OpenAPIV31SpecValidator

from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request, Response
from tapehiss.contracts.behaviour import facts
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.description import METHODS, rows_of
from tapehiss.contracts.errors import NoEvidence
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.operations import operation_of
from tapehiss.contracts.reading import UNLABELLED, media_of, status_of
from tapehiss.contracts.schemas import DIALECT
from tapehiss.contracts.views import json_schema, openapi
from traffic import answer, lists

JSON = (("Content-Type", "application/json"),)
URL = "https://api.vendor.example/v1/things"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists(5))
def test_every_contract_is_a_valid_openapi_document(exchanges):
    """Whatever was recorded, the document is valid OpenAPI 3.1, and JSON."""
    document = json.loads(json.dumps(openapi(learn(exchanges))))
    OpenAPIV31SpecValidator(document).validate()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lists(6))
def test_a_description_accepts_what_it_was_learnt_from(exchanges):
    """Components that are shared, maps, unions and all: every JSON body fits the schema that OpenAPI gives it."""
    known = catalogue(learn(exchanges))
    document = openapi(known, facts(known))
    rows = {line: row for row in rows_of(known.entries) for line in row.lines}
    for exchange in exchanges:
        account = known.read(exchange)
        row = rows[str(account.operation)]
        for reading in account.readings:
            schema = body_schema(document, row, reading.part) if reading.documents else None
            if schema is not None:
                validator = jsonschema_rs.validator_for({**document, "$schema": DIALECT, **schema})
                assert [error.message for each in reading.documents for error in validator.iter_errors(each)] == []


def body_schema(document, row, name):
    """What a document says of one body of an operation; of a stream, what it says of each event."""
    if row.method not in METHODS or not name.startswith(("request ", "response ")):
        return None
    operation, status, media = document["paths"][row.path][row.method.lower()], status_of(name), media_of(name)
    holder = operation.get("requestBody", {})
    if status is not None:
        holder = operation["responses"][str(status) if 100 <= status <= 599 else "default"]
    told = holder.get("content", {}).get("*/*" if media == UNLABELLED else media, {})
    return told["x-tapehiss"].get("each") or told.get("schema")


def test_a_document_says_what_was_asked_and_answered():
    """Path, query, request bodies by media type, responses by status, with support."""
    asked = Request("POST", f"{URL}/7?dry=true", JSON, b'{"name": "x"}')
    made = Clean(Exchange(asked, Response(201, "", JSON, b'{"id": 7}')))
    gone = answer({"error": "x"}, url=f"{URL}/9", method="POST", status=404)
    document = openapi(learn([made, gone]))
    operation = document["paths"]["/v1/things/{thing_id}"]["post"]
    assert document["servers"] == [{"url": "https://api.vendor.example"}]
    assert operation["operationId"] == "post_v1_things_thing_id"
    assert [(each["name"], each["in"], each["required"]) for each in operation["parameters"]] == [
        ("thing_id", "path", True),
        ("dry", "query", True),
    ]
    assert operation["requestBody"]["required"]
    assert operation["requestBody"]["content"]["application/json"]["schema"]["required"] == ["name"]
    assert list(operation["responses"]) == ["201", "404"]
    assert operation["x-tapehiss"] == {"exchanges": 2, "endings": {"complete": 2}}


def test_one_path_on_several_hosts_is_one_path():
    """The evidence of all hosts is added; parameters that are named otherwise get one name."""
    shops = [
        answer({"id": 1}, url=f"https://{shop}.example/v1/reports/{name}")
        for shop, name in (("a", "7"), ("b", "2026-11-21"))
    ]
    document = openapi(learn(shops))
    operation = document["paths"]["/v1/reports/{date}"]["get"]
    assert list(document["paths"]) == ["/v1/reports/{date}"]
    assert operation["x-tapehiss"]["exchanges"] == 2
    assert operation["parameters"][0]["schema"]["type"] == ["integer", "string"]


def test_what_openapi_cannot_say_is_kept_beside():
    """Other methods, statuses that are none, streams and unlabelled bodies have a place."""
    several = [
        answer({}, method="PROPFIND"),
        answer({}, status=999),
        Clean(
            Exchange(
                Request("GET", URL), Response(200, "", (("Content-Type", "text/event-stream"),), b'data: {"a":1}\n\n')
            )
        ),
        Clean(Exchange(Request("GET", URL), Response(203, "", (), b"text"))),
        Clean(Exchange(Request("GET", URL), Response(200, "", JSON, b"<html>"))),
    ]
    item = openapi(learn(several))["paths"]["/v1/things"]
    assert list(item["x-tapehiss-methods"]) == ["PROPFIND"]
    responses = item["get"]["responses"]
    assert responses["default"]["description"] == "Status 999"
    assert responses["203"]["content"] == {"*/*": {"x-tapehiss": {"exchanges": 1}}}
    assert responses["200"]["content"]["application/json"] == {
        "x-tapehiss": {"exchanges": 1, "unread": {"not JSON": 1}}
    }
    assert responses["200"]["content"]["text/event-stream"]["schema"] == {"type": "string"}
    assert responses["200"]["content"]["text/event-stream"]["x-tapehiss"]["each"]["required"] == ["a"]


def test_operation_ids_are_unique():
    """Two paths of the same words have different ids."""
    paths = openapi(learn([answer({}, url="https://h/a-b"), answer({}, url="https://h/a_b")]))["paths"]
    assert {item["get"]["operationId"] for item in paths.values()} == {"get_a_b", "get_a_b_2"}


def test_no_answer_no_operation():
    """Resets alone prove no operation; rejected ones still show how the vendor rejects."""
    reset = Clean(Exchange(Request("GET", URL), None, Ending.RESET))
    assert openapi(learn([reset]))["paths"] == {}
    truncated = Clean(Exchange(Request("GET", URL), Response(200), Ending.TRUNCATED))
    assert openapi(learn([truncated]))["paths"]["/v1/things"]["get"]["responses"] == {
        "default": {"description": "No answer was recorded."}
    }


def test_the_schema_of_one_answer():
    """By operation and status; the media type that was seen most often is taken unless one is named."""
    vnd = (("Content-Type", "application/vnd.api+json"),)
    several = [answer({"a": 1}), answer({"a": 2}), Clean(Exchange(Request("GET", URL), Response(200, "", vnd, b"[]")))]
    contract = learn(several)
    operation, _ = operation_of("GET", URL)
    assert json_schema(contract, operation, 200)["required"] == ["a"]
    assert json_schema(contract, str(operation), 200, "application/vnd.api+json")["type"] == "array"


def test_what_was_not_seen_has_no_schema():
    """Another status, operation or media type is an error that says so."""
    contract = learn([answer({"a": 1})])
    for operation, status, media in (
        (f"GET {URL}", 404, None),
        ("GET https://h/", 200, None),
        (f"GET {URL}", 200, "text/html"),
    ):
        with pytest.raises(NoEvidence):
            json_schema(contract, operation, status, media)
