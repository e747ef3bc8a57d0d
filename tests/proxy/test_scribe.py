"""The scribe: what comes in is on a tape, in quarantine, or a gap; it is never nowhere."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snapshots import orders, snapshot

from tapehiss.cassettes.errors import Weather
from tapehiss.cassettes.line import Gap
from tapehiss.cassettes.tape import open_tapes
from tapehiss.proxy import scribe as module
from tapehiss.proxy.scribe import Scribe, unwritable
from tapehiss.proxy.selection import Selection

if TYPE_CHECKING:
    from pathlib import Path

    from tapehiss.proxy.tally import Written


def _urls(folder: Path) -> list[str]:
    return sorted(exchange.request.url for tape in open_tapes([folder]) for exchange in tape)


def _write(folder: Path, *snapshots: object, **changes: object) -> Written:
    scribe = Scribe(orders(folder, **changes))
    scribe.write(snapshots)  # type: ignore[arg-type]
    written = scribe.report()
    scribe.close()
    return written


def test_everything_is_written_and_counted(tmp_path: Path) -> None:
    """One tape for each host; the report counts exchanges, durable ones, endpoints."""
    written = _write(tmp_path, snapshot("/a?x=1"), snapshot("/a?x=2"), snapshot("/b", host="other.example"))

    assert _urls(tmp_path) == [
        "https://api.vendor.example/a?x=1",
        "https://api.vendor.example/a?x=2",
        "https://other.example/b",
    ]
    assert (written.exchanges, written.durable, written.gaps, written.quarantined) == (3, 3, 0, 0)
    assert len(written.paths) == 2
    assert {(row.url, len(row.each_s)) for row in written.rows} == {
        ("https://api.vendor.example/a", 2),
        ("https://other.example/b", 1),
    }


def test_reports_are_differences(tmp_path: Path) -> None:
    """What was reported once is not reported again; the paths are."""
    scribe = Scribe(orders(tmp_path))
    for _ in range(2):
        scribe.write([snapshot()])
        written = scribe.report(frames=1)
        assert (written.frames, written.exchanges, written.durable, len(written.rows)) == (1, 1, 1, 1)
    assert scribe.report().exchanges == 0
    assert len(scribe.report().paths) == 1
    scribe.close()


def test_no_secret_reaches_a_tape_or_a_report(tmp_path: Path) -> None:
    """What a request shows as a secret is gone from the whole exchange, and its rule is counted."""
    secret = "sk_test_" + "4eC39HqLyjWD" * 2
    fields = ((b"Authorization", b"Bearer " + secret.encode()),)
    written = _write(tmp_path, snapshot(f"/{secret}", fields=fields, body=f'{{"k": "{secret}"}}'.encode()))

    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert secret not in repr(written)
    assert sum(count for _, count in written.taken_out) > 0


@given(st.sampled_from([{"ending": "no such ending"}, {"method": None}, {"reply": 5}]))
def test_what_cannot_be_understood_is_a_gap(
    tmp_path_factory: pytest.TempPathFactory, broken: dict[str, object]
) -> None:
    """A broken snapshot costs one exchange, and the tape says so; the next is written."""
    folder = tmp_path_factory.mktemp("tapes")
    written = _write(folder, snapshot("/before"), snapshot("/", **broken), snapshot("/after"))

    assert _urls(folder) == ["https://api.vendor.example/after", "https://api.vendor.example/before"]
    assert (written.exchanges, written.gaps) == (2, 1)
    [gap] = [gap for tape in open_tapes([folder]) for gap in tape.gaps]
    assert gap.lost == 1


def test_a_gap_is_on_the_tape(tmp_path: Path) -> None:
    """With a reason of bounded length."""
    scribe = Scribe(orders(tmp_path))
    scribe.gap(Gap(1.0, 2.0, 3, "x" * 10_000))
    written = scribe.report()
    scribe.close()

    [gap] = [gap for tape in open_tapes([tmp_path]) for gap in tape.gaps]
    assert (gap.lost, len(gap.reason)) == (3, module.REASON_MAX_CHARS)
    assert written.gaps == 1


def test_what_may_hold_a_secret_goes_to_quarantine(tmp_path: Path) -> None:
    """It is counted, and it is not on the tape."""
    from tapehiss.cassettes.rules import Limits, Rules

    written = _write(tmp_path, snapshot(body=b"x" * 5000), rules=Rules(limits=Limits(scan_max_bytes=1000)))

    assert (written.exchanges, written.quarantined) == (0, 1)
    assert list(tmp_path.glob("*.yaml")) == []
    assert list((tmp_path / "quarantine").glob("*.yaml"))


def test_unwanted_media_types_are_passed_over(tmp_path: Path) -> None:
    """An exchange without a response has no media type and is kept."""
    selection = Selection(types=("text/*",))
    written = _write(tmp_path, snapshot(), snapshot("/kept", reply=None, ending="refused"), selection=selection)

    assert (written.exchanges, written.passed_over) == (1, 1)


def test_many_hosts_are_many_tapes_but_not_many_open_files(tmp_path: Path) -> None:
    """A host that comes back is written to the tape that it had."""
    hosts = [f"host{number}.example" for number in range(module.TAPES_OPEN_MAX + 6)]
    written = _write(tmp_path, *(snapshot(host=host) for host in [*hosts, *hosts]))

    assert (written.exchanges, written.durable) == (2 * len(hosts), 2 * len(hosts))
    assert len(list(tmp_path.glob("*.yaml"))) == len(hosts)
    assert len(_urls(tmp_path)) == 2 * len(hosts)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Told at once, with the folder and a remedy."""
    (tmp_path / "file").write_text("")

    with pytest.raises(Weather, match="cannot be written"):
        Scribe(orders(tmp_path / "file" / "tapes"))


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "space"), (errno.EDQUOT, "space"), (errno.EACCES, "may write")]
)
def test_the_remedy_fits_the_trouble(number: int, word: str) -> None:
    """A full disk needs space, a forbidden folder another one."""
    assert word in unwritable(OSError(number, "words"), "/tapes").remedy
