"""``tapehiss contract report``."""

from __future__ import annotations

from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[2] / "cassettes" / "library"


def test_markdown_unless_the_name_says_otherwise(tapehiss, tmp_path):
    """Standard output is Markdown; a file that ends in .html is HTML; --format is asked first."""
    assert tapehiss("contract", "report", LIBRARY / "gcs").out.startswith("# http")
    page = tmp_path / "r.html"
    assert tapehiss("contract", "report", LIBRARY / "gcs", "-o", page).code == 0
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
    assert tapehiss("contract", "report", LIBRARY / "gcs", "-o", page, "--format", "markdown").code == 0
    assert page.read_text(encoding="utf-8").startswith("# http")
