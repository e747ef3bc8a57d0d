"""The formats in which a report can be told, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tapehiss.contracts.report_github import as_github
from tapehiss.contracts.report_json import as_json
from tapehiss.contracts.report_junit import as_junit
from tapehiss.contracts.report_markdown import as_markdown
from tapehiss.contracts.report_sarif import as_sarif
from tapehiss.contracts.report_text import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tapehiss.contracts.report import Report

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": as_text,
    "json": as_json,
    "junit": as_junit,
    "sarif": as_sarif,
    "github": as_github,
    "markdown": as_markdown,
}
"""Name of a format -> what makes text of a report."""

FOR_PROGRAMS = frozenset({"json", "sarif"})
"""Formats that hold everything that was found, unless something else is asked for: their readers filter on their own."""
