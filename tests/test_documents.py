"""What the documents say about the house is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ARCHITECTURE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize(("room", "head"), [("cassettes", "| group | modules |"), ("mocks", "| part | modules |")])
def test_every_module_of_a_large_room_is_in_a_group(room: str, head: str) -> None:
    """The table of the room names each module once, and none that is gone."""
    table = ARCHITECTURE.split(head)[1].split("\n\n")[0]
    named = re.findall(r"`(\w+)`", table)
    there = {path.stem for path in (ROOT / room).glob("*.py") if path.stem != "__init__"}
    assert sorted(named) == sorted(there)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_and_named_files_exist(document: Path) -> None:
    """Relative links lead to files, and so does every path in backticks that looks like one of ours."""
    text = document.read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    paths = re.findall(
        r"`((?:cassettes|cli|clients|contracts|docs|mocks|proxy|tests|benchmarks)/[\w/.-]+\.(?:py|md))`", text
    )
    missing = [link for link in links if link and not (document.parent / link).exists()]
    missing += [path for path in paths if not (ROOT / path).exists()]
    assert missing == []


def test_make_targets_that_are_named_exist() -> None:
    """Every ``make target`` in a document is one of the Makefile's."""
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for document in DOCUMENTS
        for target in re.findall(r"(?:`|^    )make ([a-z0-9-]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named <= targets
