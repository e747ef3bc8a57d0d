"""What a command line calls a contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.knowledge import catalogue_of, contract_of, operation_named
from tapehiss.contracts.evidence import learn, to_json
from traffic import answer

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


def test_what_was_called_names_its_operation():
    """A path or a URL with real ids, as one has it from a log, is the operation that it calls."""
    known = catalogue_of(LIBRARY / "stripe")
    by_id = next(operation for operation, _ in known.entries if operation.path == "/v1/customers/{customer_id}")
    for words in (["GET", "/v1/customers/cus_9s6XKzkNRiz8i3"], [f"GET {by_id.origin}/v1/customers/cus_1?expand[]=x"]):
        chosen = operation_named(known, words)[0]
        assert (chosen.method, chosen.path) == ("GET", "/v1/customers/{customer_id}")


def test_a_word_that_is_misspelt_has_a_suggestion():
    """What is written most like it, with and without a method."""
    known = catalogue_of(LIBRARY / "stripe")
    for words in (["GET /v1/custmers"], ["/v1/custmers"]):
        with pytest.raises(Misuse) as caught:
            operation_named(known, words)
        assert "perhaps" in caught.value.remedy
        assert "/v1/customers" in caught.value.remedy
    with pytest.raises(Misuse) as caught:
        operation_named(known, ["zzz"])
    assert "perhaps" not in caught.value.remedy


def test_one_of_several_hosts_is_not_chosen_silently(tapehiss, tmp_path):
    """The page is of the host that was called most, and the others are named beside it."""
    saved = tmp_path / "c.json"
    urls = [f"https://{host}.vendor.example/v1/things/4242" for host in ("api", "api", "cdn")]
    saved.write_text(to_json(learn([answer({"id": 1}, url=url) for url in urls])))
    said = tapehiss("contract", "show", saved, "GET /v1/things/{thing_id}")
    assert said.out.startswith("# GET https://api.vendor.example/v1/things/")
    assert "there is also GET https://cdn.vendor.example/v1/things/{thing_id}" in said.err
    whole = tapehiss("contract", "show", saved, "GET https://cdn.vendor.example/v1/things/{thing_id}")
    assert whole.out.startswith("# GET https://cdn.")
    assert whole.err == ""


def test_a_verb_over_one_operation_says_that_it_takes_one(tapehiss):
    """No dots that promise several."""
    for verb in ("show", "schema"):
        assert "OPERATION]..." not in tapehiss("contract", verb, "--help").out
        assert "OPERATION..." not in tapehiss("contract", verb, "--help").out
