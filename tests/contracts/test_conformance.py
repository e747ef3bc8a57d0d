"""Does an exchange fit a contract?"""

from __future__ import annotations

from dataclasses import replace

import jsonschema
import pytest
from hypothesis import given, settings

from tapehiss.cassettes.exchange import Clean, Ending, Exchange, Request, Response
from tapehiss.contracts import conformance as module
from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.conformance import FINDINGS_MAX, Conformance, worst
from tapehiss.contracts.evidence import learn
from tapehiss.contracts.findings import Severity, Witness
from tapehiss.contracts.reading import read
from tapehiss.contracts.schemas import DIALECT, schema_of
from tapehiss.contracts.wording import CHECK, message_of
from traffic import answer, answers, exchanges, lists

LINE = "GET https://api.vendor.example/v1/things"
BODY = "response 200 application/json"
DIFFERENT = {"member-missing", "kind-unexpected", "fraction-unexpected", "null-unexpected", "value-after-null"}


def typed(body: bytes, media: str) -> Clean:
    """An answer with this body and media type."""
    return Clean(Exchange(Request("GET", LINE[4:]), Response(200, "", (("Content-Type", media),), body)))


@settings(max_examples=50)
@given(lists())
def test_a_contract_accepts_what_it_was_learnt_from(several):
    """The first law: no exchange that a contract was learnt from has a finding, by the long way and by the short one."""
    conformance = Conformance(learn(several))
    nothing = [()] * len(several)
    assert [conformance.explained(exchange) for exchange in several] == nothing
    assert [conformance.findings(exchange) for exchange in several] == nothing
    assert [conformance.findings(exchange) for exchange in several] == nothing


@settings(max_examples=50)
@given(lists(), exchanges(), exchanges())
def test_the_short_way_says_what_the_long_way_says(several, one, other):
    """Whatever was judged before, the findings of an exchange are the same."""
    conformance = Conformance(learn([*several, one]))
    for exchange in (one, other, one, other, *several):
        assert conformance.findings(exchange) == conformance.explained(exchange)


@settings(max_examples=50)
@given(lists(), exchanges())
def test_check_finds_whatever_the_schema_refuses(several, other):
    """What jsonschema refuses by the schema that we publish is a finding, and every difference found is one of its refusals."""
    contract = learn(several)
    found = {finding.part for finding in Conformance(contract).findings(other) if finding.id in DIFFERENT}
    account = read(other)
    evidence = contract.operations.get(str(account.operation))
    wrong = set()
    for reading in account.readings:
        part = evidence.parts.get(reading.part) if evidence else None
        if part is not None and part.fields:
            validator = jsonschema.Draft202012Validator({"$schema": DIALECT, **schema_of(part)})
            wrong |= {reading.part for document in reading.documents if not validator.is_valid(document)}
    assert wrong <= found


@settings(max_examples=50)
@given(lists(), exchanges())
def test_every_finding_can_be_told(several, other):
    """Each has its row and its words, and no rule is exceeded; a finding is told once."""
    found = Conformance(learn(several)).findings(other, Witness("t.yaml", 3))
    assert [each.id for each in found if not message_of(each) or each.severity > CHECK[each.id].severity] == []
    assert len({each.fingerprint for each in found}) == len(found)
    assert {str(each.witness) for each in found} <= {"t.yaml:3"}
    assert {each.count for each in found} <= {1}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (answer({"a": 1}, url="https://api.vendor.example/v2"), ("operation-unknown", "", "", "")),
        (answer({"a": 1}, status=202), ("status-unknown", "response 202 application/json", "", "202")),
        (typed(b"x", "text/html"), ("media-unknown", "response 200 text/html", "", "text/html")),
        (typed(b"", "application/json"), ("media-unknown", "response 200 -", "", "empty")),
        (typed(b"x", "application/json"), ("body-unread", BODY, "", "not JSON")),
        (answer({}), ("member-missing", BODY, "/a", '"a"')),
        (answer({"a": "x"}), ("kind-unexpected", BODY, "/a", "string")),
        (answer({"a": 1, "l/~": [1, None]}), ("null-unexpected", BODY, "/l~1~0/~*", "null")),
        (answer({"a": 1}, url=LINE[4:] + "?limit=many"), ("kind-unexpected", "query", "/limit", "string")),
        (replace(answer({"a": 1}), ending=Ending.TRUNCATED), ("ending-unknown", "", "", "truncated")),
    ],
)
def test_what_does_not_fit_is_named(other, told):
    """Each thing that was not seen so has an id, a place and a subject."""
    contract = learn([*answers([{"a": 1}, {"a": 2, "l/~": [3]}]), answer({"a": 1}, url=LINE[4:] + "?limit=3")])
    (found,) = Conformance(contract).findings(other)
    assert (found.id, found.part, found.pointer, found.subject) == told


def test_severity_follows_the_evidence():
    """The same surprise is a remark after three exchanges, a warning after ten and an error after fifty."""
    severities = [
        Conformance(learn(answers([{"a": 1}] * times))).findings(answer({}))[0].severity for times in (3, 10, 50)
    ]
    assert severities == [Severity.INFO, Severity.WARN, Severity.ERROR]


def test_where_rare_things_were_seen_more_of_them_are_to_come():
    """A vendor that left a member out once will leave out another: fifty exchanges are not enough for an error then."""
    rarely = [{"a": 1, "b": 1, "c": 1}] * 48 + [{"a": 1, "c": 1}] + [{"a": 1, "b": 1}]
    (found,) = Conformance(learn(answers(rarely))).findings(answer({"b": 1, "c": 1}))
    assert (found.id, found.severity) == ("member-missing", Severity.WARN)


def test_how_others_ask_is_a_remark():
    """A request that the vendor took is not wrong, however unusual; how it turns requests down is a warning at most."""
    assert worst("kind-unexpected", "query") == Severity.INFO
    assert worst("kind-unexpected", "request application/json") == Severity.INFO
    assert worst("kind-unexpected", "response 404 application/json") == Severity.WARN
    assert worst("kind-unexpected", BODY) == Severity.ERROR


def test_a_rejected_request_is_no_finding():
    """What the vendor turned down as it does is as expected, however it was asked."""
    contract = learn([answer({"a": 1}), answer({"e": 1}, status=422)])
    assert Conformance(contract).findings(answer({"e": 2}, url=LINE[4:] + "?limit=many", status=422)) == ()


def test_a_status_that_turns_down_is_a_remark_or_a_warning():
    """A new 4xx is not the vendor's drift; a new 2xx is, when there is evidence enough."""
    conformance = Conformance(learn(answers([{"a": 1}] * 50)))
    assert [conformance.findings(answer({"a": 1}, status=status))[0].severity.word for status in (202, 404, 500)] == [
        "error", "info", "info",
    ]  # fmt: skip


def test_the_first_accepted_request_is_no_finding_about_asking():
    """Where only rejections were seen, how to ask is not known: the new status is the finding."""
    contract = learn([answer({"e": 1}, status=422)])
    assert [finding.id for finding in Conformance(contract).findings(answer({}))] == ["status-unknown"]


def test_the_client_s_leaving_is_nobody_s_fault():
    """An exchange that the client broke off says nothing about the vendor."""
    gone = replace(answer({"a": 1}), ending=Ending.CLIENT_GONE)
    assert Conformance(learn(answers([{"a": 1}]))).findings(gone) == ()


def test_beyond_a_bound_nothing_is_judged():
    """What a bounded contract may have seen and dropped is not held against the vendor."""
    contract = learn(answers([{"a": 1}]))
    bounded = replace(contract, operations={LINE: replace(contract.operations[LINE], bounds=frozenset({"parts"}))})
    assert Conformance(bounded).findings(answer({}, status=201)) == ()


def test_a_page_is_one_finding():
    """A thousand items that are wrong in the same way are one finding, with a pointer to the first."""
    contract = learn(answers([[1]]))
    (found,) = Conformance(contract).findings(answer([1] + ["x"] * 1000))
    assert (found.pointer, found.witness.pointer, found.count) == ("/~*", "/1", 1)


def test_findings_are_bounded():
    """A page of nonsense is a hundred findings, not a million."""
    contract = learn(answers([{"a": 1}]))
    assert len(Conformance(contract).findings(answer({f"n{n}": 1 for n in range(1000)}))) == FINDINGS_MAX


def test_judges_are_bounded(monkeypatch):
    """When all that is prepared grows too large it is prepared anew, and says the same."""
    monkeypatch.setattr(module, "NODES_MAX", 3)
    conformance = Conformance(learn([answer({"a": 1}), answer({"a": 1}, status=201)]))
    others = [answer({"a": "x"}), answer({"a": "x"}, status=201)] * 2
    assert [len(conformance.findings(other)) for other in others] == [1] * 4


def test_operations_are_named_by_either_way():
    """The line of an operation is the same before and after it was judged, and for one that is unknown."""
    conformance = Conformance(learn(answers([{"a": 1}])))
    first = conformance.operation(answer({"a": 1}))
    conformance.findings(answer({"a": 1}))
    assert [first, conformance.operation(answer({"a": 1}))] == [LINE, LINE]
    assert conformance.operation(answer({}, url="https://h/v2")) == "GET https://h/v2"


def test_a_catalogue_is_taken_as_it_is():
    """Who has folded operations by their own overrides is judged by them."""
    contract = learn(answers([{"a": 1}]))
    assert Conformance(catalogue(contract)).findings(answer({"a": 1})) == ()


def with_headers(*headers):
    """An answer with these headers beside its media type."""
    plain = answer({"a": 1})
    return replace(plain, response=replace(plain.response, headers=(*plain.response.headers, *headers)))


def test_of_headers_the_names_are_judged():
    """A header that always came and is missing is a warning at most; what it says is another matter with every answer."""
    conformance = Conformance(learn([with_headers(("ETag", f'"{n}"')) for n in range(50)]))
    for _ in range(2):
        assert conformance.findings(with_headers(("ETag", "another kind"))) == ()
        (missing,) = conformance.findings(answer({"a": 1}))
        (new,) = conformance.findings(with_headers(("ETag", '"1"'), ("Retry-After", "1")))
        assert (missing.id, missing.part, missing.pointer) == ("member-missing", "response-headers 200", "/etag")
        assert (missing.severity, new.id, new.severity) == (Severity.WARN, "member-unknown", Severity.INFO)
