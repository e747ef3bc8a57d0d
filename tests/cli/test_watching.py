"""Files that are read again when they have changed."""

from __future__ import annotations

import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.watching import LOOKS_MAX, Source, stamps


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "storm.yaml"
    path.write_text("- reset\n")
    return path


def looks(source: Source, count: int) -> list[str]:
    return [source.look() for _ in range(count)]


def test_a_change_is_read_once_it_rests(file):
    """At the second look that finds the same, and not again; a file that did not change is not read at all."""
    source = Source("the rules", [file], file.read_text)
    assert looks(source, 3) == [""] * 3
    file.write_text("- reset\n- empty\n")
    assert looks(source, 3) == ["", "the rules read again: - reset\n- empty\n", ""]


def test_a_file_that_never_rests_is_read_all_the_same(file):
    """A tape that is being recorded grows at every look."""
    source = Source("the tape", [file], lambda: "grown")
    said = []
    for _ in range(2 * LOOKS_MAX):
        with file.open("a") as tape:
            tape.write("x")
        said.append(source.look())
    assert said == [*[""] * (LOOKS_MAX - 1), "the tape read again: grown"] * 2


def test_what_cannot_be_read_is_said_once_and_tried_again_when_it_changes(file):
    """With its place; and the next good version is taken."""

    def again() -> str:
        if "bad" in file.read_text():
            raise Misuse("is no rule", f"{file}:1", "mend it")
        return "good"

    source = Source("the rules", [file], again)
    file.write_text("bad")
    assert looks(source, 4) == ["", f"the rules stay as they were: {file}:1: is no rule -> mend it", "", ""]
    file.write_text("fine again")
    assert looks(source, 2) == ["", "the rules read again: good"]


def test_replaced_new_and_removed_files_are_changes(tmp_path):
    """Editors write a new file under the old name; folders gain and lose tapes."""
    (tmp_path / "a.yaml").write_text("1")
    before = stamps([tmp_path])
    (tmp_path / "new").write_text("1")
    (tmp_path / "new").replace(tmp_path / "a.yaml")
    replaced = stamps([tmp_path])
    (tmp_path / "b.yaml").write_text("")
    (tmp_path / "notes.txt").write_text("")
    added = stamps([tmp_path])
    (tmp_path / "a.yaml").unlink()
    assert len({str(each) for each in (before, replaced, added, stamps([tmp_path]))}) == 4
    assert list(added) == [tmp_path / "a.yaml", tmp_path / "b.yaml"]
    assert stamps([tmp_path / "none.yaml"]) == {}


def test_files_that_cannot_be_looked_at_are_looked_at_later(tmp_path):
    """A drive that is away for a while changes nothing and ends nothing."""
    folder = tmp_path / "drive"
    folder.mkdir()
    (folder / "storm.yaml").write_text("- reset\n")
    source = Source("the rules", [folder / "storm.yaml"], lambda: "read")
    folder.rename(tmp_path / "away")
    folder.write_text("")
    assert looks(source, 3) == [""] * 3
    folder.unlink()
    (tmp_path / "away").rename(folder)
    assert looks(source, 3) == [""] * 3
