"""What a user knows better."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.contracts.catalogue import catalogue
from tapehiss.contracts.errors import DamagedOverrides
from tapehiss.contracts.evidence import from_json, learn, to_json
from tapehiss.contracts.overrides import is_template, overrides_of, read_overrides
from traffic import answer, lists

HOST = "https://api.vendor.example"


def paths(templates, *called):
    """The templates of what was called, as they are and as they are when the contract has the overrides."""
    several = [answer({"a": 1}, url=HOST + path) for path in called]
    seen = [operation.path for operation, _ in catalogue(learn(several), templates).entries]
    with_contract = learn(several, templates=templates)
    assert [operation.path for operation, _ in catalogue(with_contract).entries] == seen or any(
        "2024" in each for each in templates
    )
    return seen


def test_a_file_of_templates():
    """A list of templates, with and without an origin."""
    text = b'templates = ["/users/{login}", "https://api.vendor.example/users/me"]'
    assert read_overrides(text) == {"/users/{login}", "https://api.vendor.example/users/me"}
    assert read_overrides("") == frozenset()


@pytest.mark.parametrize(
    "text",
    ["templates = 3", "templates = [3]", 'templates = ["users"]', 'templates = ["/a b"]', 'templates = ["/a?b"]', "x = 1", "[", b"\xff",
     'templates = ["/{a}/{a}"]', 'templates = ["/{a"]', 'templates = ["/{1}"]'],
)  # fmt: skip
def test_anything_else_is_refused(text):
    """A file that is no list of templates is refused with its name."""
    with pytest.raises(DamagedOverrides, match=r"^operations\.toml: "):
        read_overrides(text, where="operations.toml")


@pytest.mark.parametrize(
    ("templates", "called", "seen"),
    [
        (["/users/{login}"], ["/users/ada/keys"], ["/users/{login}/keys"]),
        (["/users/{login}", "/users/top-ten"], ["/users/ada", "/users/top-ten"], ["/users/top-ten", "/users/{login}"]),
        (["/things/{sku}"], ["/things/7"], ["/things/{sku}"]),
        (["/things/odd-one"], ["/things/7", "/things/odd-one"], ["/things/odd-one", "/things/{thing_id}"]),
        (["/jobs/{job}:stop"], ["/jobs/night:stop"], ["/jobs/{job}:stop"]),
        (["/files/{name}.csv"], ["/files/sales.csv", "/files/sales.pdf"], ["/files/sales.pdf", "/files/{name}.csv"]),
        (["https://other.example/users/{login}"], ["/users/ada"], ["/users/ada"]),
        ([f"{HOST}/users/{{login}}"], ["/users/ada"], ["/users/{login}"]),
        (["/{tenant}/users/{login}"], ["/acme/users/ada"], ["/{tenant}/users/{login}"]),
        (["/b/{z}", "/b/{a}"], ["/b/x"], ["/b/{a}"]),
    ],
)
def test_templates_are_honoured(templates, called, seen):
    """Parameters are where a template has them, under its names, and its segments stay."""
    assert paths(templates, *called) == seen


def test_a_value_by_its_form_may_stay_literal():
    """A year that is a route of its own has its own evidence, from the moment that the user says so.

    What was learnt before is not told apart any more: as long as the year may be in it, it counts for both.
    """
    template = "/reports/2024/all"
    before = learn([answer({"old": 1}, url=f"{HOST}/reports/{year}/all") for year in (2023, 2024)])
    contract = learn(
        [answer({"a": 1}, url=f"{HOST}/reports/{year}/all") for year in (2023, 2024)], templates=[template]
    )
    known = {operation.path: evidence.exchanges for operation, evidence in catalogue(contract).entries}
    assert known == {"/reports/2024/all": 1, "/reports/{report_id}/all": 1}
    both = catalogue(before + contract)
    assert {operation.path: evidence.exchanges for operation, evidence in both.entries} == {
        "/reports/2024/all": 4,
        "/reports/{report_id}/all": 3,
    }
    only_before = catalogue(before, [template])
    assert [operation.path for operation, _ in only_before.entries] == ["/reports/{report_id}/all"]
    assert only_before.read(answer({}, url=f"{HOST}/reports/2024/all")).operation.path == "/reports/{report_id}/all"


@given(lists(6), st.lists(st.sampled_from(["/v1/things/{x}", "/v1/{y}", "/v1/things/7", "/{z}/things"]), max_size=3))
def test_with_overrides_every_exchange_is_found_where_its_evidence_is(several, templates):
    """Overrides change what is one operation, and never lose an exchange; they are saved with the contract."""
    half = len(several) // 2
    contract = learn(several[:half]) + learn(several[half:], templates=templates)
    assert from_json(to_json(contract)) == contract
    assert contract.templates == frozenset(templates)
    known = catalogue(contract)
    for exchange in several:
        account = known.read(exchange)
        assert {reading.part for reading in account.readings} <= known.evidence(account.operation).parts.keys()


@pytest.mark.parametrize("template", ["/", "/a/{b}", "https://h/a", "/a/{b}.json", "/a//b", "/%7Ea"])
def test_templates(template):
    """A path, with or without an origin, and every parameter has a name of its own."""
    assert is_template(template)
    assert overrides_of([template], "https://h") == overrides_of([template] * 2, "https://h")


@pytest.mark.parametrize("template", ["", "a", "/{a}/{a}", "/{}", "/a{b}", "/a b", "/a?b", "https://h", 3, None])
def test_no_templates(template):
    """Anything else is none."""
    assert not is_template(template)
