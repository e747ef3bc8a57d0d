"""``tapehiss contract openapi``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

LIBRARY = Path(__file__).resolve().parents[2] / "cassettes" / "library"


@pytest.mark.parametrize("vendor", sorted(folder.name for folder in LIBRARY.iterdir() if folder.is_dir()))
def test_every_tape_of_the_library_is_a_valid_description(tapehiss, vendor):
    """OpenAPI 3.1, by the validator."""
    said = tapehiss("contract", "openapi", LIBRARY / vendor)
    assert said.code == 0
    OpenAPIV31SpecValidator(json.loads(said.out)).validate()


def test_credentials_are_security_schemes(tapehiss):
    """What calls were accepted with is said as OpenAPI says it."""
    document = json.loads(tapehiss("contract", "openapi", LIBRARY / "stripe").out)
    assert document["components"]["securitySchemes"]["header-authorization-bearer"]["scheme"] == "bearer"
    assert {"header-authorization-bearer": []} in document["paths"]["/v1/customers"]["post"]["security"]
