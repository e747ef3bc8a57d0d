"""The control plane over its own ASGI interface."""

from __future__ import annotations

import pytest
from openapi_spec_validator import validate
from steering import Control


@pytest.fixture
def control():
    return Control()


@pytest.mark.parametrize(
    ("method", "path", "data"),
    [
        ("PUT", "/schedule", {}),
        ("PUT", "/schedule", {"rules": "503"}),
        ("PUT", "/schedule", {"rules": [], "sede": 1}),
        ("PUT", "/schedule", {"rules": [], "seed": -1}),
        ("POST", "/verify", {"on": "*", "exactly": -1}),
        ("POST", "/verify", {}),
    ],
)
def test_wrong_types_are_refused(control, method, path, data):
    """422, not 500."""
    assert control(method, path, json=data).status_code == 422


def test_the_interface_describes_itself(control):
    """The OpenAPI document is valid, and every operation has a summary a person understands."""
    document = control("GET", "/openapi.json").json()
    validate(document)
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(operation["description"] for operation in operations)
    assert "/_tapehiss/schedule" in control("GET", "/docs").text
    for path in ("", "/"):
        links = control("GET", path).json()
        assert links["docs"] == "/_tapehiss/docs"
        assert {control("GET", link.removeprefix("/_tapehiss")).status_code for link in links.values()} == {200}
