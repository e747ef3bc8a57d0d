"""Promises of ``cli/import_plan.py``."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tapehiss.cassettes.errors import Misuse
from tapehiss.cli.import_plan import plan

if TYPE_CHECKING:
    from pathlib import Path


def files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: 1\n")


def test_a_folder_becomes_a_folder(tmp_path: Path) -> None:
    """Sub-folders as they were, in order, each file a tape with the label of where it lay."""
    files(tmp_path / "src", "b.har", "a/one.yaml", "a/two.json")
    jobs = plan([tmp_path / "src"], tmp_path / "into")
    assert [(str(job.target.relative_to(tmp_path)), job.label) for job in jobs] == [
        ("into/a/one.yaml", "a/one"),
        ("into/a/two.yaml", "a/two"),
        ("into/b.yaml", "b"),
    ]
    assert {(job.root, job.named) for job in jobs} == {(tmp_path, False)}


def test_one_tape_for_everything(tmp_path: Path) -> None:
    """A target that ends in .yaml and is no folder."""
    files(tmp_path, "a.har", "b.har")
    jobs = plan([tmp_path / "a.har", tmp_path / "b.har"], tmp_path / "all.yaml")
    assert [(job.target, job.named) for job in jobs] == [(tmp_path / "all.yaml", True)] * 2


def test_names_that_meet_part(tmp_path: Path) -> None:
    """Two sources never go to one tape unasked."""
    files(tmp_path, "x/a.har", "x/a.json", "y/a.har", "y/a.json")
    jobs = plan([tmp_path / "x", tmp_path / "y"], tmp_path / "into")
    assert [job.target.name for job in jobs] == ["a.yaml", "a.json.yaml", "a.har.yaml", "a.json-2.yaml"]


def test_a_folder_of_mappings_becomes_one_tape(tmp_path: Path) -> None:
    """WireMock keeps one interaction a file, numbered; a tape holds them in that order."""
    files(tmp_path / "stubs", "one/mappings/10-c.json", "one/mappings/9-b.json", "two/mappings/1-a.json")
    jobs = plan([tmp_path / "stubs"], tmp_path / "into")
    assert [(job.target.name, job.path.name) for job in jobs] == [
        ("one.yaml", "9-b.json"),
        ("one.yaml", "10-c.json"),
        ("two.yaml", "1-a.json"),
    ]


@pytest.mark.parametrize("source", ["stubs", "stubs/mappings"])
def test_mappings_at_the_top_take_the_name_of_their_folder(tmp_path: Path, source: str) -> None:
    """Whichever of the two folders the command line names."""
    files(tmp_path / "stubs", "mappings/1.json", "mappings/2.json")
    jobs = plan([tmp_path / source], tmp_path / "into")
    assert [job.target for job in jobs] == [tmp_path / "into" / "stubs.yaml"] * 2


def test_hidden_things_and_other_peoples_are_passed_over(tmp_path: Path) -> None:
    """What begins with a dot, bodies of WireMock, installed packages, our own quarantine, links to folders."""
    files(
        tmp_path / "src",
        ".git/config",
        ".hidden.yaml",
        "__files/a.json",
        "node_modules/a.json",
        "quarantine/a.yaml",
        "b.yaml",
    )
    (tmp_path / "src" / "again").symlink_to(tmp_path / "src")
    assert [job.path.name for job in plan([tmp_path / "src"], tmp_path / "into")] == ["b.yaml"]


def test_a_tape_that_is_there_already_is_never_added_to(tmp_path: Path) -> None:
    """Importing twice would double every exchange."""
    files(tmp_path, "a.har", "into/a.yaml")
    with pytest.raises(Misuse, match="there already"):
        plan([tmp_path / "a.har"], tmp_path / "into")


def test_a_source_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Before anything is read."""
    with pytest.raises(Misuse, match="no such file"):
        plan([tmp_path / "gone"], tmp_path / "into")


def test_a_file_that_is_no_tape_is_not_imported_into(tmp_path: Path) -> None:
    """``--into prog.py`` is neither a folder nor a tape."""
    files(tmp_path, "a.har", "prog.py")
    with pytest.raises(Misuse, match=r"prog\.py: a file that is no tape -> name a folder, or a tape"):
        plan([tmp_path / "a.har"], tmp_path / "prog.py")


def test_the_number_of_files_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit on everything."""
    monkeypatch.setattr("tapehiss.cli.import_plan.FILES_MAX", 1)
    files(tmp_path / "src", "a.yaml", "b.yaml")
    with pytest.raises(Misuse, match="more than 1 files"):
        plan([tmp_path / "src"], tmp_path / "into")


def test_a_pipe_is_refused_before_anything_is_read(tapehiss, tmp_path):
    """Everything is read twice, so `<(...)` of a shell cannot be imported: said at once, with what to do."""
    os.mkfifo(tmp_path / "pipe")
    said = tapehiss("tape", "import", tmp_path / "pipe", "--into", tmp_path / "into")
    assert (said.code, said.out) == (2, "")
    assert "save it to a file first" in said.err
