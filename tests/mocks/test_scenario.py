"""Schedules in files: every flaw has a file, a line and a field."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shop import HOST, JSON, get, post

from tapehiss.cassettes.exchange import Exchange, Request, Response, header
from tapehiss.mocks.errors import BadSchedule
from tapehiss.mocks.faults import Reset, Status
from tapehiss.mocks.scenario import parse_scenario, read_scenario, scenario, scenarios
from tapehiss.mocks.schedule import RULES_MAX, Rule
from tapehiss.mocks.vendor import State, Vendor


def test_a_file_holds_rules_in_either_form(tmp_path):
    """A list of rules, as texts and as mappings, is a schedule."""
    path = tmp_path / "storm.yaml"
    path.write_text("- 503 first=1\n- {status: 429, headers: {Retry-After: 2}, on: POST /v1/*}\n- reset: true\n")
    known = (Rule(Status(503), first=1), Rule(Status(429, (("Retry-After", "2"),)), "POST /v1/*"), Rule(Reset()))
    assert (read_scenario(path).name, read_scenario(path).rules) == ("storm", known)


def test_a_file_may_say_what_it_is_about():
    """The mapping form has a sentence and rules; an empty file is fair weather."""
    parsed = parse_scenario(b"about: a bad day\nrules: [reset]\n", "f.yaml", "f")
    assert (parsed.about, parsed.rules) == ("a bad day", (Rule(Reset()),))
    assert parse_scenario(b"rules: []", "f.yaml", "f").about == ""
    assert parse_scenario(b"", "f.yaml", "f").rules == ()


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("- 503\n- teapot\n", "f.yaml:2", "'teapot' is no fault that we know"),
        ("- status: 503\n  first: 0\n", "f.yaml:2", "first: 0 is not a count"),
        ("- status: 503\n\n  frist: 1\n", "f.yaml:3", "frist: is not a field of a rule"),
        ("about: x\nrule: []\n", "f.yaml:2", "rule: is no field of a schedule"),
        ("about: x\nrules: 3\n", "f.yaml:2", "rules: is not a list"),
        ("about: x\n", "f.yaml:1", "rules: is not a list"),
        ("503", "f.yaml:1", "is neither a list nor a mapping"),
        ("- [503]\n", "f.yaml:1", "[503] is not a rule"),
        ("- 503\n- : :\n  -", "f.yaml:2", "is not YAML"),
        ("- {status: !!python/name:os.system x}\n", "f.yaml:1", "is not plain data"),
        ("- {? [a] : b}\n", "f.yaml:1", "is not plain data"),
        ("- {status: 2026-13-45}\n", "f.yaml:1", "is not plain data"),
        ("\x00", "f.yaml", "is not YAML"),
        ("- reset\n" * (RULES_MAX + 1), "f.yaml", f"has {RULES_MAX + 1} rules"),
    ],
)
def test_a_broken_file_names_line_and_field(text, where, what):
    """The error says where and what, and what to do."""
    with pytest.raises(BadSchedule) as caught:
        parse_scenario(text.encode(), "f.yaml", "f")
    assert caught.value.where == where
    assert caught.value.what.startswith(what)
    assert caught.value.remedy


@given(st.binary(max_size=60) | st.text("-{}[]:? &*!|>'\"#%@`,abc0\n", max_size=60).map(str.encode))
def test_any_file_is_a_schedule_or_an_error_of_ours(content):
    """No content raises anything but ``BadSchedule``."""
    try:
        parse_scenario(content, "f.yaml", "f")
    except BadSchedule as error:
        assert error.where.startswith("f.yaml")  # noqa: PT017 (either way is fine, another error is not)


def test_a_file_that_is_not_there(tmp_path):
    """Is the user's error, with the path."""
    with pytest.raises(BadSchedule, match="cannot be read") as caught:
        read_scenario(tmp_path / "none.yaml")
    assert caught.value.where == str(tmp_path / "none.yaml")


def test_the_ready_scenarios_can_be_read():
    """Every scenario that ships says what it is about and has rules; an unknown name is answered with the known ones."""
    ready = scenarios()
    assert {each.name for each in ready} >= {"flaky", "outage", "rate-limited", "slow"}
    assert all(each.about and each.rules for each in ready)
    assert scenario("outage") in ready
    with pytest.raises(BadSchedule, match="flaky, flapping, lost-response, outage"):
        scenario("sunshine")


PAGE = b'{"data":[{"id":1,"status":"new"},{"id":2,"status":"paid"}],"next_cursor":"c2"}'
VISITED = (
    get("/v1/items?cursor=c1", 200, PAGE),
    get("/v1/items?cursor=c9", 200, PAGE.replace(b"c2", b"c3")),
    *(post("/v1/orders", b'{"n":%d}' % number, 201, b'{"id":7,"at":null}') for number in range(3)),
    Exchange(Request("PUT", HOST + "/v1/orders/7"), Response(200, "OK", (JSON,), b'{"id":7}')),
    Exchange(Request("PATCH", HOST + "/v1/orders/7"), Response(200, "OK", (JSON,), b'{"id":7}')),
    Exchange(Request("DELETE", HOST + "/v1/orders/7"), Response(204)),
)


@pytest.mark.parametrize("each", scenarios(), ids=lambda each: each.name)
def test_every_rule_of_a_ready_scenario_strikes(each):
    """Nothing in it is idle: a client that calls four times a second for two and a half minutes meets every rule, and at the end fair weather or not."""
    vendor, state, struck = Vendor.of(VISITED, each.rules, seed=1), State(), set()
    for number in range(600):
        request = VISITED[number % len(VISITED)].request
        request = replace(request, headers=(*request.headers, ("Authorization", "Bearer t")))
        state, outcome, _ = vendor.answer(state, request, number / 4)
        struck.update(outcome.struck)
    assert struck == set(each.rules)


def test_a_squeeze_grows_and_ends():
    """Of a hundred different requests at a time hardly one is refused at first, most at the end, none afterwards."""
    vendor = Vendor.of(VISITED, scenario("rate-limit-squeeze").rules)

    def refused(at_s: float) -> int:
        asked = [Request("GET", f"{HOST}/v1/x/{number}") for number in range(100)]
        return sum(bool(vendor.answer(State(), request, at_s)[1].struck) for request in asked)

    assert refused(0.0) == 0
    assert 25 < refused(60.0) < 65 < refused(119.0)
    assert refused(121.0) == 0


def test_a_quota_ends_at_the_moment_that_was_told():
    """Until then every date is the same one, and right after it calls are taken again."""
    vendor = replace(Vendor.of(VISITED, scenario("quota-at-midnight").rules[:1]), unix_s=1_800_000_000.0)
    told = set()
    for at_s in (0.0, 30.0, 59.5):
        response = vendor.answer(State(), VISITED[0].request, at_s)[1].response
        told.add(header(response.headers, "retry-after"))
    assert told == {"Fri, 15 Jan 2027 08:01:00 GMT"}
    assert vendor.answer(State(), VISITED[0].request, 60.0)[1].response.status == 200
