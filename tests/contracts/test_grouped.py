"""Findings about one documented schema are told once."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.acceptance import acceptance
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.comparing import compared
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.findings import Finding, Severity
from tapehiss.contracts.grouped import together
from tapehiss.contracts.published import read_description
from tapehiss.contracts.wording import message_of
from traffic import answer

HOST = "https://api.vendor.example"
ACCOUNT = {"$ref": "#/components/schemas/Account"}
STATUS = {"type": "object", "properties": {"account": {"allOf": [ACCOUNT], "nullable": True}}}
DESCRIPTION = {
    "openapi": "3.0.3",
    "components": {"schemas": {"Account": {"type": "object", "properties": {"id": {"type": "string"}}}}},
    "paths": {
        "/me": {"get": {"responses": {"200": {"content": {"application/json": {"schema": ACCOUNT}}}}}},
        "/all": {
            "get": {
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "array", "items": ACCOUNT}}}}}
            }
        },
        "/post": {"get": {"responses": {"200": {"content": {"application/json": {"schema": STATUS}}}}}},
    },
}
NEW = {"id": "1", "new": 1}


def found() -> tuple[Finding, ...]:
    """What the description does not say of an account, in three operations, and of what has one."""
    bodies = {"me": NEW, "all": [NEW, NEW], "post": {"account": NEW, "own": 1}}
    contract = learn([answer(body, url=f"{HOST}/{name}") for name, body in bodies.items()])
    return compared(catalogue(contract), read_description(json.dumps(DESCRIPTION))).findings


def test_one_entity_is_told_once():
    """The member of an account is one finding for all operations, with the sums; what is of one operation stays as it is."""
    account, own = sorted(together(found()), key=lambda each: each.subject)
    assert (account.place, account.count) == ("schema Account /new", 4)
    assert message_of(account) == "new is not documented, 4 of 4 objects had it, in 3 operations"
    assert own in found()
    assert len(found()) == 4


def test_what_is_told_can_be_accepted():
    """By the fingerprint of the group, and by its place."""
    account = next(each for each in together(found()) if each.subject == "new")
    for entry in (f'fingerprint = "{account.fingerprint}"', 'place = "schema Account /*"'):
        decided = acceptance(f'[[accept]]\n{entry}\nreason = "known"\n').decide(found(), None)
        assert [each.subject for each in decided.findings] == ["own"]


FINDINGS = st.builds(
    Finding,
    st.just("published-member-missing"),
    st.sampled_from(Severity),
    st.sampled_from(["GET /a", "GET /b"]),
    st.just("response 200 application/json"),
    st.sampled_from(["/x", "/y"]),
    st.sampled_from(["x", "y"]),
    st.sampled_from([(), (("of", 2), ("schema", "S/x"), ("seen", 1))]),
    count=st.integers(1, 5),
)


@given(st.lists(FINDINGS, max_size=12, unique_by=lambda each: each.fingerprint))
def test_nothing_is_lost(findings):
    """Counts by severity stay, what has no schema stays as it is, and putting together twice changes nothing more."""
    told = together(findings)
    for severity in Severity:
        before, after = (sum(f.count for f in each if f.severity is severity) for each in (findings, told))
        assert before == after
    assert [each for each in told if not each.arguments] == [each for each in findings if not each.arguments]
    assert len(together(told)) == len(told)
