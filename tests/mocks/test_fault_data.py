"""Faults as JSON data."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.mocks import strategies
from tapehiss.mocks.errors import Flaw
from tapehiss.mocks.fault_data import WIREMOCK, fault_from_json, fault_to_json
from tapehiss.mocks.fault_forms import BODY_MAX_BYTES
from tapehiss.mocks.faults import Damage, Drip, Hang, Lognormal, Reset, Stall, Status, Truncate

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
FAULTS = st.one_of(
    strategies.faults(),
    st.builds(Status, st.integers(400, 599), st.just((("X-Why", "weather"),)), TEXT),
    st.builds(Stall, st.floats(0, 99), st.integers(0, 99)),
    st.builds(Truncate, st.integers(0, 99), st.booleans(), st.booleans()),
    st.just(Hang()),
    st.just(Damage("missing", "/data/0")),
    st.just(Damage("set", "/data/0", '{"a": [1, null]}')),
)


@given(FAULTS)
def test_a_fault_survives_json(fault):
    """A fault written as JSON text is read back as the same value."""
    assert fault_from_json(json.loads(json.dumps(fault_to_json(fault)))) == fault


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, ""),
        ({"status": 500, "reset": True}, ""),
        ({"status": "500"}, "status"),
        ({"status": True}, "status"),
        ({"status": 199}, "status"),
        ({"status": 200}, "body"),
        ({"drip_bytes_per_s": 0}, "drip_bytes_per_s"),
        ({"stall_s": "long"}, "stall_s"),
        ({"stall_s": 1, "at_bytes": -1}, "at_bytes"),
        ({"damage": "dent"}, "damage"),
        ({"damage": "null", "at": "data"}, "at"),
        ({"damage": "nan", "at": "/data"}, "at"),
        ({"reset": True, "at": "/data"}, "at"),
        ({"truncate_bytes": 1, "lying": 1}, "lying"),
        ({"truncate_bytes": 1, "abrupt": "yes"}, "abrupt"),
        ({"hang": 1}, "hang"),
        ({"fault": "EXPLODE"}, "fault"),
        ({"fault": 7}, "fault"),
        ({"status": 500, "body": 1}, "body"),
        ({"status": 500, "body": "\ud800"}, "body"),
        ({"status": 500, "body": "x" * (BODY_MAX_BYTES + 1)}, "body"),
        ({"status": 500, "headers": "no"}, "headers"),
        ({"status": 500, "headers": [["a"]]}, "headers"),
        ({"status": 500, "headers": {"a b": "c"}}, "headers"),
        ({"status": 500, "headers": {"a": "b\r\nc: d"}}, "headers"),
        ({"status": 500, "headers": {"a": "\u2028"}}, "headers"),
        ({"latency_s": -1}, "latency_s"),
        ({"latency_s": float("nan")}, "latency_s"),
        ({"latency_s": 1, "headers": {}}, "headers"),
        ({"reset": True, "body": ""}, "body"),
        ({"truncate_bytes": -1}, "truncate_bytes"),
        ({"truncate_bytes": 1.5}, "truncate_bytes"),
        ({"reset": 1}, "reset"),
        ({"latency": "weird"}, "latency"),
        ({"latency": "uniform", "low_s": 1}, "high_s"),
        ({"latency": "uniform", "low_s": 2, "high_s": 1}, "high_s"),
        ({"latency": "lognormal", "median_s": 1, "sigma": 0}, "sigma"),
        ({"clock_step_s": 1e12}, "clock_step_s"),
        ({"status": 429, "as": "http_date"}, "as"),
        ({"status": 429, "wait_s": 1, "as": "stone"}, "as"),
        ({"status": 429, "wait_s": 1, "until_end": True}, "until_end"),
        ({"status": 200, "body_of": 500, "body": "x"}, "body_of"),
        ({"damage": "set", "at": "/a"}, "value"),
        ({"damage": "set", "value": 1}, "value"),
        ({"damage": "null", "at": "/a", "value": 1}, "value"),
        ({"damage": "set", "at": "/a", "value": float("nan")}, "value"),
        ({"garble": True, "part": "tail"}, "part"),
        ({"fault": "EMPTY_RESPONSE", "at": "/a"}, "at"),
        ({"latency_s": None}, "latency_s"),
    ],
)
def test_wrong_data_is_a_flaw_that_names_the_field(data, field):
    """Data that describes no fault is answered with the field that is wrong and a remedy."""
    flaw = fault_from_json(data)
    assert isinstance(flaw, Flaw)
    assert (flaw.field, bool(flaw.remedy)) == (field, True)


def test_headers_may_be_a_mapping_with_numbers():
    """``{Retry-After: 2}`` in YAML is what a person writes."""
    assert fault_from_json({"status": 503, "headers": {"Retry-After": 2}}) == Status(503, (("Retry-After", "2"),))


def test_wiremocks_names_are_understood():
    """What people have in their stubs already."""
    assert fault_from_json({"fault": "CONNECTION_RESET_BY_PEER"}) == Reset()
    assert all(fault_from_json({"fault": name}) == fault for name, fault in WIREMOCK.items())


def test_what_belongs_to_a_fault():
    """Its further keys, in their types."""
    assert fault_from_json({"drip_bytes_per_s": 20}) == Drip(20.0)
    assert fault_from_json({"stall_s": 3, "at_bytes": 7}) == Stall(3.0, 7)
    assert fault_from_json({"truncate_bytes": 7, "lying": True}) == Truncate(7, lying=True)
    assert fault_from_json({"status": 200, "body": "{}"}) == Status(200, (), "{}")
    assert fault_from_json({"latency": "lognormal", "median_s": 0.2}) == Lognormal(0.2)
    assert fault_from_json({"status": 429, "wait_s": 2, "as": "http_date", "early": True}) == Status(
        429, wait_s=2.0, form="http_date", early=True
    )
    assert fault_from_json({"damage": "set", "at": "/a", "value": {"b": None}}) == Damage("set", "/a", '{"b": null}')
