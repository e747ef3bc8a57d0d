"""Google's Discovery documents."""

from __future__ import annotations

import json

from described import DISCOVERY

from tapehiss.contracts.discovery import RESOURCES_DEPTH_MAX
from tapehiss.contracts.published import read_description
from tapehiss.contracts.published_schema import followed


def test_methods_of_all_resources_are_operations():
    """Paths with their base, parameters with their place, schemas by bare names."""
    description = read_description(json.dumps(DISCOVERY))
    get, put = description.operations
    assert description.format == "Discovery v1"
    assert description.origins == ("https://www.example.com",)
    assert (str(get), str(put)) == ("GET /drive/v3/files/{fileId}", "PUT /drive/v3/files/{id}/parts")
    assert [(each.name, each.place, each.required) for each in get.parameters] == [
        ("alt", "query", False),
        ("fileId", "path", True),
        ("tag", "query", False),
    ]
    assert get.answers == {"2XX": {"application/json": {"$ref": "File"}}}
    assert followed(put.request["application/json"], description.document)["id"] == "File"


def test_faults_are_left_out():
    """A base URL that is none, and resources nested deeper than anybody nests them: what can be read is read."""
    method = {"m": {"httpMethod": "GET", "path": "x"}}
    deep = {"methods": method}
    for _ in range(RESOURCES_DEPTH_MAX + 1):
        deep = {"resources": {"r": deep}}
    description = read_description(json.dumps({**DISCOVERY, "baseUrl": "https://[", "methods": method, **deep}))
    assert description.origins == ()
    assert [str(each) for each in description.operations] == ["GET /x"]
