"""Rules as a person types them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks import strategies
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.faults import (
    ClockStep,
    Damage,
    Drip,
    Expired,
    Garble,
    GzipCut,
    Hang,
    Latency,
    Lognormal,
    Lose,
    Reset,
    Rising,
    Stall,
    Status,
    Truncate,
)
from tapehiss.mocks.schedule import Rule
from tapehiss.mocks.shorthand import rule_from_text, rule_to_text


@given(strategies.rules(on=st.sampled_from(["*", "POST /v1/*", "/v1/a"])))
def test_the_short_form_is_read_back(rule):
    """What is shown to a person can be typed in again."""
    assert rule_from_text(rule_to_text(rule)) == rule


@given(st.text(max_size=40) | st.text("0123456789=. prstafoe", max_size=40))
def test_any_text_is_a_rule_or_a_flaw(text):
    """Nothing that is typed in raises."""
    assert isinstance(rule_from_text(text), Rule | Flaw)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("429 retry-after=2 first=2 on=POST /v1/*", Rule(Status(429, (("Retry-After", "2"),)), "POST /v1/*", first=2)),
        ("  503 p=.25   from=10 to=60.5 ", Rule(Status(503), probability=0.25, from_s=10.0, to_s=60.5)),
        ("latency=1.5s after=3", Rule(Latency(1.5), after=3)),
        ("truncate=100", Rule(Truncate(100))),
        ("truncate=100 lying abrupt first=1", Rule(Truncate(100, lying=True, abrupt=True), first=1)),
        ("drip=200", Rule(Drip(200.0))),
        ("stall=30 at=100", Rule(Stall(30.0, 100))),
        ("damage=missing at=/data/0/id", Rule(Damage("missing", "/data/0/id"))),
        ("gzip-cut", Rule(GzipCut())),
        ("lose first=1 on=POST *", Rule(Lose(), "POST *", first=1)),
        ("hang", Rule(Hang())),
        ("reset p=1e-2", Rule(Reset(), probability=0.01)),
        ("latency=lognormal median=0.2 sigma=0.8", Rule(Lognormal(0.2, 0.8))),
        ("latency=rising low=0 high=3s over=60", Rule(Rising(0.0, 3.0), over_s=60.0)),
        (
            "503 p=0.1..0.5 from=10 over=60",
            Rule(Status(503), probability_from=0.1, probability=0.5, from_s=10.0, over_s=60.0),
        ),
        ("429 early wait=2 as=http_date", Rule(Status(429, wait_s=2.0, form="http_date", early=True))),
        ("200 body-of=500 calls=3", Rule(Status(200, body_of=500), from_call=3, to_call=3)),
        ("reset early calls=3..5 every=2", Rule(Reset(early=True), from_call=3, to_call=5, every=2)),
        ("503 until-end as=http_date to=60", Rule(Status(503, until_end=True, form="http_date"), to_s=60.0)),
        ("reset calls=..5", Rule(Reset(), to_call=5)),
        ("reset calls=3..", Rule(Reset(), from_call=3)),
        (
            "expired since=POST /a until=POST /b where=X-Account: 4*",
            Rule(Expired(), since="POST /a", until="POST /b", where="X-Account: 4*"),
        ),
        ("clock=-3600", Rule(ClockStep(-3600.0))),
        ("stall=30 head", Rule(Stall(30.0, in_head=True))),
        ('damage=set at=/a value={"b": 1}', Rule(Damage("set", "/a", '{"b": 1}'))),
        ("damage=set at=/a value=text", Rule(Damage("set", "/a", '"text"'))),
        ("garble part=header", Rule(Garble("header"))),
        (
            '500 header=X-A: b c header=X-D:e body={"a": 1} on=*',
            Rule(Status(500, (("X-A", "b c"), ("X-D", "e")), '{"a": 1}')),
        ),
    ],
)
def test_examples(text, rule):
    """The forms that the documentation shows."""
    assert rule_from_text(text) == rule


def test_a_header_and_a_body_are_shown():
    """Nothing of a status is left out of the short form."""
    rule = Rule(Status(500, (("X-A", "b"), ("retry-after", "1")), "sorry"))
    assert rule_to_text(rule) == "500 header=X-A: b retry-after=1 body=sorry"


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", ""),
        ("teapot", ""),
        ("429 frist=2", "frist"),
        ("latency=soon", "latency_s"),
        ("503 p=often", "probability"),
        ("503 first=2 first=3", "first"),
        ("503 header=nothing", "header"),
        ("200", "body"),
        ("damage=dent", "damage"),
        ("truncate=7 loudly", ""),
        ("reset at=7", "at_bytes"),
        ("503 calls=few", "from_call"),
        ("503 calls=..", "from_call"),
        ("503 calls=0", "from_call"),
        ("503 lying", ""),
        ("reset header=A: b", "headers"),
        ("latency=weird", "latency_s"),
        ("garble=tail", ""),
    ],
)
def test_a_flaw_names_the_field_and_the_remedy(text, field):
    """What cannot be read is answered with what could have been written."""
    flaw = rule_from_text(text)
    assert isinstance(flaw, Flaw)
    assert (flaw.field, bool(flaw.remedy)) == (field, True)
