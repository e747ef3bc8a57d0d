"""The formats of reports, by name."""

from __future__ import annotations

from hypothesis import given, settings
from reporting import reports

from tapehiss.contracts.reports import FOR_PROGRAMS, FORMATS


@settings(max_examples=20)
@given(reports())
def test_every_format_tells_any_report(report):
    """None is empty, all end their last line, all can be written as UTF-8."""
    for format_of in FORMATS.values():
        assert format_of(report).encode().endswith(b"\n")
    assert FORMATS.keys() > FOR_PROGRAMS
