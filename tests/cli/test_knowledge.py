"""What a command line calls a contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.knowledge import catalogue_of, contract_of, operation_named

LIBRARY = Path(__file__).resolve().parents[2] / "cassettes" / "library"


def test_tapes_and_saved_contracts_are_both_contracts(tapehiss, tmp_path):
    """The same evidence either way, with its witnesses."""
    saved = tmp_path / "c.json"
    assert tapehiss("infer", LIBRARY / "oidc", "--into", saved).code == 0
    assert contract_of(saved) == contract_of(LIBRARY / "oidc")
    [first, *_] = [evidence.last for _, evidence in catalogue_of(saved).entries]
    assert first is not None
    assert first.tape.endswith(".yaml")


def test_nothing_in_it_is_said(tmp_path):
    """A folder without tapes, a file that is missing."""
    for path in (tmp_path, tmp_path / "missing"):
        with pytest.raises(Misuse):
            catalogue_of(path)


def test_an_operation_is_named_by_what_no_other_has():
    """Whole lines and whole paths first, then pieces; several or none are an error that helps."""
    known = catalogue_of(LIBRARY / "stripe")
    assert operation_named(known, ["POST", "/v1/customers"])[0].path == "/v1/customers"
    assert operation_named(known, ["delete /v1/customers"])[0].method == "DELETE"
    with pytest.raises(Misuse, match="operations are called /v1/customers"):
        operation_named(known, ["/v1/customers"])
    lines = {str(operation) for operation, _ in known.entries if operation.path == "/v1/customers"}
    assert len(lines) > 2
    assert all(str(operation_named(known, [line])[0]) == line for line in lines)
    with pytest.raises(Misuse, match="no operation is called /nowhere"):
        operation_named(known, ["/nowhere"])
