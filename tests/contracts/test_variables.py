"""Credentials within documents."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.secretnames import Place
from tapehiss.contracts.variables import Variable, variable_name, variables_in, with_variables

RANDOM = "Zx9" + "qT4kV7" * 3


def test_what_has_the_name_of_a_secret_is_a_variable():
    """At any depth; what only could be one is judged by its value, and everything else stays."""
    document = {
        "api_key": "a",
        "list": [{"client-secret": "b", "id": 1}],
        "token": RANDOM,
        "auth": "none",
        "password": "",
    }
    told = with_variables(document, Place.FIELD)
    assert told == {
        "api_key": "API_KEY", "list": [{"client-secret": "CLIENT_SECRET", "id": 1}], "token": "TOKEN", "auth": "none", "password": "",
    }  # fmt: skip
    assert list(variables_in(told)) == [("api_key", "API_KEY"), ("client-secret", "CLIENT_SECRET"), ("token", "TOKEN")]
    assert all(isinstance(variable, Variable) for _, variable in variables_in(told))


def test_what_is_known_to_be_a_credential_is_one():
    """What every accepted request had is taken for one, whatever it looks like."""
    assert with_variables([{"auth": "off"}], Place.FIELD, {"auth"}) == [{"auth": "AUTH"}]


def test_numbers_of_forms_are_texts():
    """A form's password may be a number; in JSON a number is none, and a switch never is."""
    assert with_variables({"password": 1234}, Place.QUERY) == {"password": "PASSWORD"}
    assert with_variables({"password": 1234}, Place.FIELD) == {"password": 1234}
    assert with_variables({"password": True}, Place.QUERY) == {"password": True}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("X-Api-Key", "X_API_KEY"),
        ("apiKey", "API_KEY"),
        ("2fa_secret", "CREDENTIAL_2FA_SECRET"),
        ("ключ", "CREDENTIAL"),
    ],
)
def test_a_shell_knows_the_name(name, expected):
    """Letters, digits and underscores, and a letter first."""
    assert variable_name(name) == expected
