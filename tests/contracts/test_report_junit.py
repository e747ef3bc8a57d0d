"""A report as JUnit XML."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from hypothesis import given
from reporting import MISSING, REPORT, reports

from tapehiss.contracts.acceptance import Entry
from tapehiss.contracts.report_junit import as_junit

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


@pytest.mark.parametrize("wrong", ["<testsuites><testsuite/></testsuites>", "<testsuite/>"])
def test_the_schema_refuses_what_is_no_report(wrong):
    """The judge of the next test is awake."""
    assert not SCHEMA.is_valid(wrong)


@given(reports())
def test_any_report_is_valid(report):
    """Whatever was found and quoted, the document meets the schema, and its counts are true."""
    text = as_junit(report)
    SCHEMA.validate(text)
    suite = ET.fromstring(text)[0]
    cases = suite.findall("testcase")
    counts = (
        len(cases),
        sum(c.find("failure") is not None for c in cases),
        sum(c.find("skipped") is not None for c in cases),
    )
    assert counts == tuple(int(suite.get(name)) for name in ("tests", "failures", "skipped"))
    assert counts[1:] == (len(report.failing), len(report.decided.accepted))


def test_an_operation_with_nothing_wrong_passes():
    """One case for each operation that conforms, one for each finding that fails or is accepted."""
    accepted = replace(REPORT, decided=replace(REPORT.decided, accepted=((MISSING, Entry("r")),)))
    suite = ET.fromstring(as_junit(accepted))[0]
    assert [
        (case.get("classname"), case.get("name"), [child.tag for child in case]) for case in suite.iter("testcase")
    ] == [
        ("GET https://h/v1/c", "conforms", []),
        ("GET https://h/v1/a", 'member-missing response 200 application/json /data/~*/b "b"', ["failure"]),
        ("GET https://h/v1/a", 'member-missing response 200 application/json /data/~*/b "b"', ["skipped"]),
    ]
    assert "operation-unknown" in suite.find("system-out").text
