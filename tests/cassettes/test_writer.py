"""What was reported as written is there, whatever happens next."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from strategies import short_exchange
from tapehiss.cassettes.errors import DamagedTape, Misuse, TapeBusy, UnsupportedFormat, Weather
from tapehiss.cassettes.exchange import Ending, Exchange, Request
from tapehiss.cassettes.line import FORMAT_LINE, HEADER, Gap, encode_gap, encode_line
from tapehiss.cassettes.tape import open_tape, open_tapes
from tapehiss.cassettes.writer import Sync, TapeWriter, tape_path

ONE, TWO = short_exchange(1), short_exchange(2)
LOST = Exchange(Request("GET", "http://h/3"), ending=Ending.REFUSED, started_at=3.0)
GAP = Gap(1.0, 2.0, 7, "queue full")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tapes" / "a.yaml"


@settings(max_examples=40)
@given(xs=st.lists(strategies.exchanges(), max_size=4), data=st.data())
def test_what_is_appended_is_read(tmp_path_factory, xs, data):
    """In any number of sittings; and at every moment vcrpy can load the file, once there is something to replay."""
    path = tmp_path_factory.mktemp("t") / "a.yaml"
    for x in xs:
        if data.draw(st.booleans()) and path.exists() and path.read_bytes()[-1:] == b"\n":
            path.write_bytes(path.read_bytes()[:-1])
        with TapeWriter(path, sync=Sync.NONE) as writer:
            writer.append(x)

    assert path.exists() is bool(xs)
    if xs:
        assert sorted(xs, key=lambda x: x.started_at) == list(open_tape(path))
        document = yaml.load(path.read_bytes(), yaml.CSafeLoader)
        assert len((document or {"interactions": []})["interactions"]) == sum(x.replayable for x in xs)


def test_the_first_write_holds_the_header_and_the_first_interaction(path):
    """A header alone would be a file that vcrpy cannot load."""
    with TapeWriter(path) as writer:
        assert path.read_bytes() == b""
        writer.append(LOST)
        assert path.read_bytes() == FORMAT_LINE + encode_line(LOST)
        writer.append(ONE)
        writer.append(TWO)
        writer.append_gap(GAP)

    content = FORMAT_LINE + encode_line(LOST) + HEADER + encode_line(ONE) + encode_line(TWO) + encode_gap(GAP)
    assert content == path.read_bytes()


@pytest.mark.parametrize("sync", list(Sync))
def test_sync_counts_what_is_safe(path, sync):
    """Every policy counts the same exchanges."""
    with TapeWriter(path, sync=sync) as writer:
        assert writer.sync() == 0
        writer.append(ONE)
        writer.append_gap(GAP)
        writer.append(TWO)
        assert writer.sync() == 2


def test_a_file_without_a_line_disappears(path):
    """A recording of nothing leaves nothing."""
    TapeWriter(path).close()

    assert not path.exists()


def test_a_closed_writer_refuses(path):
    """Closing is final, and doing it twice does no harm."""
    writer = TapeWriter(path)
    writer.append(ONE)
    writer.close()
    writer.close()

    with pytest.raises(Misuse, match="closed"):
        writer.append(TWO)
    assert list(open_tape(path)) == [ONE]


def test_one_writer_at_a_time(path):
    """The second one is told that the tape is busy, and changes nothing."""
    with TapeWriter(path) as writer:
        writer.append(ONE)
        with pytest.raises(TapeBusy, match="another process"):
            TapeWriter(path)
        writer.append(TWO)
    with TapeWriter(path) as writer:
        writer.append(LOST)

    assert list(open_tape(path)) == [ONE, TWO, LOST]


def test_a_torn_tail_is_cut_off_with_a_warning_at_every_byte(path, caplog):
    """Whatever a killed writer left, the next one goes on behind the last whole line."""
    whole = FORMAT_LINE + encode_line(LOST) + HEADER + encode_line(ONE)
    path.parent.mkdir()
    for cut in range(1, len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = [x for x, line in [(LOST, encode_line(LOST)), (ONE, encode_line(ONE))] if line[:-1] in whole[:cut]]
        caplog.clear()
        with caplog.at_level(logging.WARNING), TapeWriter(path, sync=Sync.NONE) as writer:
            writer.append(TWO)
            assert bool(caplog.records) is (writer.torn is not None)

        assert sorted([*kept, TWO], key=lambda x: x.started_at) == list(open_tape(path))
        assert len(yaml.safe_load(path.read_bytes())["interactions"]) == 1 + (ONE in kept)


def test_damage_and_other_files_are_not_appended_to(path):
    """Appending to a file that is not whole, or not a tape, would bury the problem."""
    path.parent.mkdir()
    for content, error in [
        (HEADER + b"- {]}}\n" + encode_line(ONE), DamagedTape),
        (b"interactions: []\n", UnsupportedFormat),
    ]:
        path.write_bytes(content)

        with pytest.raises(error):
            TapeWriter(path)
        assert content == path.read_bytes()


@pytest.mark.parametrize("sync", list(Sync))
def test_rotation_by_size(path, sync):
    """Each file is a tape of its own, in an order that sorting by name gives back."""
    with TapeWriter(path, sync=sync, size_max_bytes=600) as writer:
        for _ in range(3):
            writer.append(ONE)
            writer.append(TWO)
            writer.append(LOST)
        assert writer.sync() == 9
        paths = writer.paths

    assert len(paths) > 3
    assert all(file.stat().st_size <= 600 for file in paths)
    assert list(paths) == sorted(paths) == [tape.path for tape in open_tapes([path.parent])]
    assert paths[1].name == "a_0002.yaml"
    assert [x for tape in open_tapes([path.parent]) for x in tape] == [ONE, TWO, LOST] * 3


def test_an_exchange_larger_than_a_file_gets_one_of_its_own(path):
    """The limit moves lines to new files; it never refuses one."""
    with TapeWriter(path, size_max_bytes=1) as writer:
        writer.append(ONE)
        writer.append(TWO)

    assert [len(tape) for tape in open_tapes([path.parent])] == [1, 1]


def test_a_recording_of_too_many_files_stops(path):
    """There is a limit to the number of files; what was written stays."""
    with TapeWriter(path, size_max_bytes=1, files_max=2) as writer:
        writer.append(ONE)
        writer.append(TWO)
        with pytest.raises(Misuse, match="a recording of 2 files"):
            writer.append(LOST)

    assert [len(tape) for tape in open_tapes([path.parent])] == [1, 1]


def test_writers_may_take_turns(path):
    """Four at once, each opening the tape for one exchange at a time: nothing lost, nothing interleaved."""

    def write(numbers):
        for i in numbers:
            for _ in range(100_000):
                try:
                    with TapeWriter(path, sync=Sync.NONE) as writer:
                        writer.append(short_exchange(i))
                except TapeBusy:
                    continue
                break

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, [range(i, 100, 4) for i in range(4)]))

    assert [short_exchange(i) for i in range(100)] == list(open_tape(path))


def test_rotation_passes_over_files_that_exist(path):
    """Somebody else's tape is not continued."""
    path.parent.mkdir()
    other = path.with_name("a_0002.yaml")
    other.write_bytes(b"mine")
    with TapeWriter(path, size_max_bytes=1) as writer:
        writer.append(ONE)
        writer.append(TWO)
        assert writer.paths == (path, path.with_name("a_0003.yaml"))

    assert other.read_bytes() == b"mine"


SHORT_WRITE = """
import resource, sys
from pathlib import Path
sys.path[:0] = [sys.argv[2]]
from strategies import short_exchange as exchange
from tapehiss.cassettes.errors import Weather
from tapehiss.cassettes.writer import TapeWriter
path = Path(sys.argv[1])
with TapeWriter(path) as writer:
    writer.append(exchange(1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 100, resource.RLIM_INFINITY))
    try:
        writer.append(exchange(2))
    except Weather as error:
        print(error)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    writer.append(exchange(3))
"""


def test_a_disk_that_takes_half_a_line_keeps_none_of_it(path):
    """A short write is cut back at once: the caller is told, the tape stays whole, and writing goes on."""
    said = subprocess.run(
        [sys.executable, "-c", SHORT_WRITE, path, Path(strategies.__file__).parent],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout

    assert said.startswith(f"{path}: the disk refused (File too large)")
    with open_tape(path) as tape:
        assert tape.torn is None
        assert [short_exchange(1), short_exchange(3)] == list(tape)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_a_full_disk_is_weather_with_a_remedy(path):
    """What happened, where, and what to do; and where half a line could not be taken back, nothing is written after it."""
    writer = TapeWriter(path)
    writer.append(ONE)
    tape, full = os.dup(writer._file._fd), os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._file._fd)
    with pytest.raises(Weather, match=r"disk is full.*make room"):
        writer.append(TWO)
    os.dup2(tape, writer._file._fd)

    with pytest.raises(Weather, match="Invalid argument"):
        writer.append(TWO)
    with pytest.raises(Weather, match="Invalid argument"):
        writer.sync()
    with pytest.raises(Weather):
        writer.close()
    os.close(tape)
    os.close(full)
    assert list(open_tape(path)) == [ONE]


def test_a_sync_that_failed_is_never_called_done(path):
    """After a failed fsync the kernel forgets what it could not write: no later one may claim success."""
    writer = TapeWriter(path)
    writer.append(ONE)
    reading, writing = os.pipe()
    tape = os.dup(writer._file._fd)
    os.dup2(writing, writer._file._fd)
    with pytest.raises(Weather, match="disk refused"):
        writer.sync()
    os.dup2(tape, writer._file._fd)

    with pytest.raises(Weather, match="disk refused"):
        writer.sync()
    with pytest.raises(Weather):
        writer.close()
    for fd in (reading, writing, tape):
        os.close(fd)


def test_a_file_that_cannot_be_created_is_the_callers(tmp_path):
    """A path below a file, or a folder: which, why, and what to do."""
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(Misuse, match="choose a folder"):
        TapeWriter(tmp_path / "file" / "a.yaml")
    with pytest.raises(Misuse, match="choose a folder"):
        TapeWriter(tmp_path)


def test_names_of_tapes():
    """Host, start in UTC, process: they sort by time, and nothing in a host name can leave the folder."""
    folder = Path("tapes")

    assert folder / "api.vendor.example-20010909T014640Z-77.yaml" == tape_path(folder, "api.vendor.example", 1e9, 77)
    assert folder / "1-8080-20010909T014640Z-77.yaml" == tape_path(folder, "[::1]:8080", 1e9, 77)
    assert folder / "etc-passwd-20010909T014640Z-77.yaml" == tape_path(folder, "../../etc/passwd", 1e9, 77)
    assert folder / "tape-20010909T014640Z-77.yaml" == tape_path(folder, "", 1e9, 77)
    assert len(tape_path(folder, "x" * 999, 1e9, 77).name) < 140
