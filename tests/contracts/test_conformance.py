"""Does an exchange fit a contract?"""

from __future__ import annotations

import json

import jsonschema
import pytest
from hypothesis import given

from tapehiss.cassettes.exchange import Clean, Exchange, Request, Response
from tapehiss.contracts.conformance import FINDINGS_MAX, Conformance, Finding
from tapehiss.contracts.evidence import Contract, learn
from tapehiss.contracts.reading import read
from tapehiss.contracts.schemas import DIALECT, schema_of
from traffic import answer, answers, exchanges, lists

LINE = "GET https://api.vendor.example/v1/things"
BODY = "response 200 application/json"


@given(lists())
def test_a_contract_accepts_what_it_was_learnt_from(several):
    """The first law: no exchange that a contract was learnt from has a finding."""
    conformance = Conformance(learn(several))
    assert [()] * len(several) == [conformance.findings(exchange) for exchange in several]


@given(lists(), exchanges())
def test_both_validators_say_the_same(several, other):
    """jsonschema, the reference, finds fault with a document of any exchange exactly when jsonschema-rs does."""
    contract = learn(several)
    found = {finding.part for finding in Conformance(contract).findings(other) if finding.id == "value-unexpected"}
    account = read(other)
    evidence = contract.operations.get(str(account.operation))
    wrong = set()
    for reading in account.readings:
        part = evidence.parts.get(reading.part) if evidence else None
        if part is not None and part.fields:
            validator = jsonschema.Draft202012Validator({"$schema": DIALECT, **schema_of(part)})
            wrong |= {reading.part for document in reading.documents if not validator.is_valid(document)}
    assert wrong == found


@pytest.mark.parametrize(
    ("other", "finding"),
    [
        (answer({"a": 1}, url="https://api.vendor.example/v2"), Finding("operation-unknown", "GET https://api.vendor.example/v2")),
        (answer({"a": 1}, status=202), Finding("status-unknown", LINE, "response 202 application/json", detail="202")),
        (Clean(Exchange(Request("GET", LINE[4:]), Response(200, "", (("Content-Type", "text/html"),), b"x"))),
         Finding("media-unknown", LINE, "response 200 text/html", detail="text/html")),
        (Clean(Exchange(Request("GET", LINE[4:]), Response(200, "", (("Content-Type", "application/json"),), b"x"))),
         Finding("body-unread", LINE, BODY, detail="not JSON")),
        (answer({}), Finding("value-unexpected", LINE, BODY, "", "required")),
        (answer({"a": "x"}), Finding("value-unexpected", LINE, BODY, "/a", "properties/a/type")),
        (answer({"a": 1, "l/~": [1, None]}), Finding("value-unexpected", LINE, BODY, "/l~1~0/1", "properties/l~1~0/items/type")),
        (answer({"a": 1}, url=LINE[4:] + "?limit=many"),
         Finding("value-unexpected", LINE, "query", "/limit", "properties/limit/type")),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(other, finding):
    """Each thing that was not seen so has an id and a place, and no word of the vendor's data."""
    contract = learn([*answers([{"a": 1}, {"a": 2, "l/~": [3]}]), answer({"a": 1}, url=LINE[4:] + "?limit=3")])
    assert (finding,) == Conformance(contract).findings(other)


def test_a_rejected_request_is_no_finding():
    """What the vendor turned down as it does is as expected, however it was asked."""
    contract = learn([answer({"a": 1}), answer({"e": 1}, status=422)])
    assert Conformance(contract).findings(answer({"e": 2}, url=LINE[4:] + "?limit=many", status=422)) == ()


def test_the_first_accepted_request_is_no_finding_about_asking():
    """Where only rejections were seen, how to ask is not known: the new status is the finding."""
    contract = learn([answer({"e": 1}, status=422)])
    assert [finding.id for finding in Conformance(contract).findings(answer({}))] == ["status-unknown"]


def test_beyond_a_bound_nothing_is_judged():
    """What a bounded contract may have seen and dropped is not held against the vendor."""
    assert Conformance(Contract({}, frozenset({"operations"}))).findings(answer({})) == ()


def test_findings_are_bounded():
    """A page of nonsense is a hundred findings, not a million."""
    contract = learn(answers([[1]]))
    assert len(Conformance(contract).findings(answer([None] * 1000))) == FINDINGS_MAX


def test_findings_survive_json():
    """A finding is data."""
    finding = Finding("status-unknown", LINE, BODY, detail="202")
    names = ("id", "operation", "part", "pointer", "detail")
    assert Finding(**json.loads(json.dumps({name: getattr(finding, name) for name in names}))) == finding
