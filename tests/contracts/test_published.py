"""Published descriptions are read."""

from __future__ import annotations

import json

import pytest
from described import OPENAPI

from tapehiss.contracts.errors import UnknownDescription
from tapehiss.contracts.published import read_description


def test_openapi():
    """Servers, base paths, references, parameters of the path that an operation says anew, bodies and statuses."""
    description = read_description(json.dumps(OPENAPI))
    [operation] = description.operations
    assert description.format == "OpenAPI 3.0.3"
    assert description.origins == ("https://api.vendor.example",)
    assert str(operation) == "POST /v1/things/{id}"
    assert [(each.name, each.place, each.required, each.schema) for each in operation.parameters] == [
        ("id", "path", True, True),
        ("x", "query", True, {"type": "integer"}),
    ]
    assert operation.request == {"application/json": {"type": "object"}}
    assert operation.answers == {"200": {"application/json": {"type": "string"}}, "4XX": {}, "default": {}}


def test_swagger_as_yaml():
    """Hosts and base paths, bodies and forms as parameters, answers in the media types that are produced; dates stay text."""
    description = read_description("""
swagger: "2.0"
host: vendor.example
basePath: /api
produces: [application/json]
paths:
  /a:
    post:
      consumes: [application/x-www-form-urlencoded]
      parameters:
      - {name: since, in: formData, required: true, type: string, enum: [2026-01-01]}
      responses: {200: {description: ok, schema: {type: array}}}
    put:
      parameters: [{name: body, in: body, schema: {type: object}}]
""")
    post, put = sorted(description.operations, key=lambda each: each.method)
    assert description.origins == ("https://vendor.example",)
    assert post.path == "/api/a"
    [form] = post.request.values()
    assert form["required"] == ["since"]
    assert form["properties"]["since"]["enum"] == ["2026-01-01"]
    assert post.answers == {"200": {"application/json": {"type": "array"}}}
    assert put.request == {"application/json": {"type": "object"}}


@pytest.mark.parametrize(
    "text", ["[1]", "{}", "a: [", '{"openapi": "4.0", "paths": {}}', '{"openapi": "3.1.0"}', b"\xff\xfe\x00", "x" * 9]
)
def test_anything_else_is_named(text):
    """What is no description is an error that names the file."""
    with pytest.raises(UnknownDescription, match=r"api\.json"):
        read_description(text, where="api.json")


def test_swagger_without_a_body():
    """Parameters of the query make no body."""
    description = read_description(
        '{"swagger": "2.0", "paths": {"/a": {"post": {"parameters": [{"name": "q", "in": "query"}], "responses": {}}}}}'
    )
    assert description.operations[0].request == {}


def test_a_body_that_is_none_has_no_schemas():
    """A fault of the description in one place leaves the rest readable."""
    description = read_description(
        '{"openapi": "3.0.0", "paths": {"/a": {"post": {"requestBody": 7, "responses": {"200": "ok"}}}}}'
    )
    [operation] = description.operations
    assert (operation.request, operation.answers) == ({}, {"200": {}})
