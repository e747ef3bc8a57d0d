"""The queue between the hooks and the writer: bounded, and nothing is lost in it."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import TYPE_CHECKING

import pytest
from snapshots import orders, snapshot

from tapehiss.cassettes.errors import Weather
from tapehiss.cassettes.line import Gap
from tapehiss.cassettes.tape import open_tapes
from tapehiss.proxy.journal import RESTARTS_MAX, Journal
from tapehiss.proxy.loop import run
from tapehiss.proxy.tally import Tally

if TYPE_CHECKING:
    from pathlib import Path

LIMIT_S = 60.0


def _count(folder: Path) -> int:
    return sum(len(tape) for tape in open_tapes([folder]))


def test_everything_that_was_put_is_written(tmp_path: Path) -> None:
    """Closing hands over the rest and waits for it."""

    async def main() -> Tally:
        journal = Journal(orders(tmp_path), tally := Tally(), 10**6)
        await journal.open()
        for number in range(100):
            assert journal.offer(snapshot(f"/{number}"))
        journal.gap(Gap(1.0, 1.0, 0, "here"))
        assert tally.queue_exchanges == 100
        await journal.close()
        return tally

    tally = run(main())
    assert _count(tmp_path) == 100
    assert (tally.exchanges, tally.durable, tally.gaps) == (100, 100, 1)
    assert (tally.queue_exchanges, tally.queue_bytes) == (0, 0)


def test_a_full_queue_makes_wait_and_loses_nothing(tmp_path: Path) -> None:
    """There is no room until the writer has confirmed."""

    async def main() -> Tally:
        journal = Journal(orders(tmp_path), tally := Tally(), 10_000)
        await journal.open()
        assert journal.offer(snapshot(body=b" " * 9000))
        assert not journal.offer(snapshot(body=b" " * 9000))
        await asyncio.wait_for(journal.put(snapshot(body=b" " * 9000)), LIMIT_S)
        await journal.close()
        return tally

    assert run(main()).exchanges == 2
    assert _count(tmp_path) == 2


def test_an_exchange_larger_than_the_queue_is_taken_alone(tmp_path: Path) -> None:
    """Otherwise it would wait for ever."""

    async def main() -> None:
        journal = Journal(orders(tmp_path), Tally(), 1000)
        await journal.open()
        await asyncio.wait_for(journal.put(snapshot(body=b" " * 50_000)), LIMIT_S)
        await journal.close()

    run(main())
    assert _count(tmp_path) == 1


def test_a_writer_that_dies_is_replaced(tmp_path: Path) -> None:
    """What it had not confirmed is told to the next one; the tape says that something happened."""

    async def main() -> Tally:
        journal = Journal(orders(tmp_path), tally := Tally(), 10**7)
        await journal.open()
        for number in range(50):
            await journal.put(snapshot(f"/{number}"))
            if number == 20:
                assert journal._process is not None
                os.kill(journal._process.pid, signal.SIGKILL)
        await journal.close()
        return tally

    tally = run(main())
    urls = {exchange.request.url for tape in open_tapes([tmp_path]) for exchange in tape}
    assert len(urls) == 50
    assert tally.failure is None
    [reason] = tally.gap_reasons
    assert "replaced" in reason


def test_a_writer_that_dies_again_and_again_is_a_failure(tmp_path: Path) -> None:
    """Nobody waits for it, and who watches is told."""

    async def main() -> Tally:
        journal = Journal(orders(tmp_path), tally := Tally(), 10**7)
        await journal.open()
        for _ in range(RESTARTS_MAX + 1):
            process = journal._process
            assert process is not None
            os.kill(process.pid, signal.SIGKILL)
            async with asyncio.timeout(LIMIT_S):
                while journal._process is process and not journal.failed.is_set():
                    await asyncio.wait([asyncio.create_task(journal.failed.wait())], timeout=0.01)
        await asyncio.wait_for(journal.failed.wait(), LIMIT_S)
        await journal.put(snapshot())
        await journal.close()
        return tally

    tally = run(main())
    assert tally.failure is not None
    assert "died" in tally.failure[0]


def test_a_folder_that_cannot_be_written_is_told_at_once(tmp_path: Path) -> None:
    """Before anything is put."""
    (tmp_path / "file").write_text("")

    async def main() -> None:
        await Journal(orders(tmp_path / "file" / "tapes"), Tally(), 1000).open()

    with pytest.raises(Weather, match="cannot be written"):
        run(main())
