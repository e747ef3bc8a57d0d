"""``tapehiss tape split``."""

from __future__ import annotations

import pytest
from recordings import ORDER, write_tape

from tapehiss.cassettes.tape import open_tape
from tapehiss.cli.tape_split import PARTS_MAX, file_name


@pytest.mark.parametrize(
    ("option", "names"),
    [
        (("--by", "host"), {"api.vendor.example.yaml": 3, "cdn.vendor.example.yaml": 1}),
        (("--by", "label"), {"create.yaml": 1, "unlabelled.yaml": 3}),
        (("--by", "status"), {"200.yaml": 2, "201.yaml": 1, "reset.yaml": 1}),
        (("--by", "path"), {"logo.png.yaml": 1, "v1-orders.yaml": 3}),
        (("--every", "3"), {"0001.yaml": 3, "0002.yaml": 1}),
    ],
)
def test_the_parts_are_the_whole(tapehiss, tmp_path, option, names):
    """Every exchange is on exactly one of the parts, and the parts are named after what they hold."""
    said = tapehiss("tape", "split", write_tape(tmp_path / "t.yaml"), *option, "--into", tmp_path / "parts")
    assert said.code == 0
    found = {}
    exchanges = []
    for path in sorted((tmp_path / "parts").iterdir()):
        with open_tape(path) as part:
            found[path.name] = len(part)
            exchanges += part
    assert found == names
    assert sorted(exchanges, key=lambda exchange: exchange.started_at) == list(ORDER)


def test_a_name_cannot_leave_the_folder():
    """What comes from the traffic cannot name a file elsewhere."""
    assert file_name("../../etc/passwd") == "etc-passwd.yaml"


def test_hundreds_of_files_are_refused(tapehiss, tmp_path):
    """A split into more parts than the limit stops with a remedy."""
    tape = write_tape(tmp_path / "t.yaml", [ORDER[0]] * (PARTS_MAX + 1))
    said = tapehiss("tape", "split", tape, "--every", "1", "--into", tmp_path / "parts")
    assert said.code == 2
    assert "coarser" in said.err
    assert (
        list((tmp_path / "parts").iterdir()) == []
    )  # the parts that were begun are gone, so that a second try may use the folder


def test_two_ways_to_split_are_one_too_many(tapehiss, tmp_path):
    """``--by`` and ``--every`` together are refused before anything is written."""
    said = tapehiss(
        "tape", "split", write_tape(tmp_path / "t"), "--by", "host", "--every", "2", "--into", tmp_path / "p"
    )
    assert said.code == 2
    assert not (tmp_path / "p").exists()
