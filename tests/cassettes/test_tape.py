"""A tape is read lazily, in the order in which the requests began."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import pytest

from tapehiss.cassettes.errors import DamagedTape, Misuse, TapeError, UnsupportedFormat, Weather
from tapehiss.cassettes.exchange import Ending, Exchange, Request, Response
from tapehiss.cassettes.line import FORMAT_LINE, HEADER, Gap, encode_gap, encode_line
from tapehiss.cassettes.quarantine import FOLDER as QUARANTINE
from tapehiss.cassettes.tape import open_tape, open_tapes


def thing(i: int, started_at: float) -> Exchange:
    return Exchange(Request("GET", f"http://h/{i}"), Response(200, "OK", (), b"%d" % i), started_at=started_at)


EARLY, LATE = thing(1, 10.0), thing(2, 20.0)
LOST = Exchange(Request("GET", "http://h/3"), ending=Ending.TIMED_OUT, started_at=15.0)
SAME = thing(4, 20.0)
CONTENT = FORMAT_LINE + HEADER + b"".join(map(encode_line, [LATE, EARLY, LOST, SAME]))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes(CONTENT)
    return file


def test_a_tape_is_a_sequence_in_the_order_of_requests(path):
    """The file is in order of completion, the tape in order of start; equal starts stay in file order."""
    with open_tape(path) as tape:
        assert list(tape) == [EARLY, LOST, LATE, SAME]
        assert len(tape) == 4
        assert tape[-1] == SAME
        assert tape[1:3] == (LOST, LATE)
        assert tape.path == path
        assert [entry.status for entry in tape.index] == [200, None, 200, 200]
        with pytest.raises(IndexError):
            tape[4]


def test_gaps_are_told(path):
    """What was not recorded is part of what a tape says."""
    gap = Gap(1.0, 2.0, 7, "queue full")
    path.write_bytes(CONTENT + encode_gap(gap))

    assert (gap,) == open_tape(path).gaps


def test_reading_a_torn_tape_changes_nothing(path):
    """The reader ignores the tail and names it; the file stays as it is."""
    path.write_bytes(CONTENT + b"- {")

    with open_tape(path) as tape:
        assert len(tape) == 4
        assert str(tape.torn).startswith(f"{path}:8: torn tail of 3 bytes")
    assert path.read_bytes() == CONTENT + b"- {"


def test_a_tape_shows_what_was_there_when_it_was_opened(path):
    """A writer that goes on does not disturb a reader."""
    with open_tape(path) as tape, path.open("ab") as file:
        file.write(encode_line(thing(5, 1.0)))
        file.flush()

        assert list(tape) == [EARLY, LOST, LATE, SAME]
    assert len(open_tape(path)) == 5


def test_damage_says_where_and_what_to_do(path):
    """File and line, and the verb that looks further."""
    path.write_bytes(CONTENT + b"- {]}}\n" + encode_line(EARLY))

    with pytest.raises(DamagedTape, match="verify") as caught:
        open_tape(path)

    assert f"{path}:8" == caught.value.where


def test_damage_is_skipped_on_request_and_kept_in_mind(path):
    """skip_damaged leaves out the damaged lines and lists them."""
    path.write_bytes(CONTENT + b"- {]}}\n" + encode_line(EARLY))

    with open_tape(path, skip_damaged=True) as tape:
        assert list(tape) == [EARLY, EARLY, LOST, LATE, SAME]
        assert [f"{path}:8"] == [error.where for error in tape.damaged]


def test_damage_inside_a_line_is_raised_when_it_is_read(path):
    """Lazy is not silent."""
    path.write_bytes(CONTENT.replace(b'"string": "2"', b'"string": "2'))

    with open_tape(path) as tape:
        assert tape[0] == EARLY
        with pytest.raises(DamagedTape, match="verify") as caught:
            tape[2]
    assert f"{path}:4" == caught.value.where


def test_a_file_that_changes_under_the_reader_is_noticed(path):
    """Somebody truncated or rewrote the tape: that is damage, not an answer."""
    tape = open_tape(path)
    path.write_bytes(b"\n" * len(CONTENT))

    with pytest.raises(DamagedTape, match="changed while it was read"):
        tape[0]


def test_files_that_cannot_be_opened(tmp_path):
    """A missing file and a folder are the caller's; a closed tape says so too."""
    with pytest.raises(Misuse, match="No such file"):
        open_tape(tmp_path / "none.yaml")
    with pytest.raises(Misuse, match="directory"):
        open_tape(tmp_path)
    (tmp_path / "a.yaml").write_bytes(CONTENT)
    tape = open_tape(tmp_path / "a.yaml")
    tape.close()
    tape.close()
    with pytest.raises(Weather, match="Bad file descriptor"):
        tape[0]


def test_a_block_style_cassette_says_how_to_import_it(tmp_path):
    """vcrpy re-saves tapes in block style; the way back is named."""
    (tmp_path / "a.yaml").write_text("interactions:\n- request:\n    body: null\n")

    with pytest.raises(UnsupportedFormat, match=r"block style.*tapehiss tape import"):
        open_tape(tmp_path / "a.yaml")


def test_folders_stand_for_the_tapes_below_them(tmp_path):
    """Sorted by path, so that a series of rotated files is in order; what is hidden or in quarantine is not meant."""
    for name in [
        "b/z.yaml",
        "b/a.yaml",
        "c.yaml",
        "c_0002.yaml",
        "note.txt",
        ".venv/x.yaml",
        "b/.x.yaml",
        f"{QUARANTINE}/x.yaml",
    ]:
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(CONTENT)

    tapes = open_tapes([tmp_path, tmp_path / "c.yaml"])

    assert [tmp_path / QUARANTINE / "x.yaml"] == [tape.path for tape in open_tapes([tmp_path / QUARANTINE])]
    names = ["b/a.yaml", "b/z.yaml", "c.yaml", "c_0002.yaml", "c.yaml"]
    assert [tmp_path / name for name in names] == [tape.path for tape in tapes]


def test_no_tape_at_all_is_an_error(tmp_path):
    """An empty folder is a mistake, not an empty recording."""
    with pytest.raises(Misuse, match="no tape there"):
        open_tapes([tmp_path])


def test_one_bad_tape_among_many_is_an_error(tmp_path):
    """Nothing is left out in silence."""
    (tmp_path / "a.yaml").write_bytes(CONTENT)
    (tmp_path / "b.yaml").write_bytes(b"hello\n")

    with pytest.raises(UnsupportedFormat, match=r"b\.yaml:1"):
        open_tapes([tmp_path])


def test_an_exchange_without_time_sorts_first(path):
    """Imported recordings may know no times; they keep the order of their file."""
    timeless = [dataclasses.replace(thing(i, 0.0)) for i in (9, 8, 7)]
    path.write_bytes(CONTENT + b"".join(map(encode_line, timeless)))

    assert timeless == list(open_tape(path))[:3]


@pytest.mark.parametrize("what", ["pipe", "device"])
def test_what_is_no_file_is_refused_at_once(what, tmp_path):
    """A pipe (`<(...)` in a shell) would wait for ever, /dev/zero would never end: neither is read."""
    path = Path("/dev/zero")
    if what == "pipe":
        path = tmp_path / "pipe.yaml"
        os.mkfifo(path)
    with pytest.raises(TapeError, match="not a file"):
        open_tape(path)
