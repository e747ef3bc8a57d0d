"""Once is once: through threads, processes and kill -9."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.errors import InboxUnusable
from tapehiss.clients.webhook_inbox import KEEP_MIN_S, SqliteInbox

DAY = 86_400.0
ROOT = Path(__file__).resolve().parents[2]


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=20))
def test_a_key_is_handled_until_it_succeeds_and_never_again(steps):
    """The mark and what the handler does are one: both, or neither."""
    done = set()
    with SqliteInbox(":memory:") as inbox:
        for key, fails in steps:
            called = []

            def handle(_, fails=fails, called=called):
                called.append(1)
                if fails:
                    raise ValueError

            if fails and key not in done:
                with pytest.raises(ValueError):  # noqa: PT011 (the handler's own)
                    inbox.once(key, 0.0, handle)
            else:
                assert inbox.once(key, 0.0, handle) == (key not in done)
                done.add(key)
            assert bool(called) == (key not in done or len(called) == 1)
        assert len(inbox) == len(done)


def test_copies_that_come_at_the_same_time_are_handled_once(tmp_path):
    """Sixteen threads over two connections, as of two processes."""
    with SqliteInbox(tmp_path / "w.db") as one, SqliteInbox(tmp_path / "w.db") as two:
        one.once("table", 0.0, lambda db: db.execute("CREATE TABLE handled (id TEXT)"))
        with ThreadPoolExecutor(16) as pool:
            fresh = list(
                pool.map(
                    lambda n: (one, two)[n % 2].once(
                        f"key {n // 8}", 0.0, lambda db: db.execute("INSERT INTO handled VALUES (?)", (n // 8,))
                    ),
                    range(160),
                )
            )
    assert sum(fresh) == 20
    rows = sqlite3.connect(tmp_path / "w.db").execute("SELECT id, count(*) FROM handled GROUP BY id").fetchall()
    assert sorted(int(each) for each, _ in rows) == list(range(20))
    assert {count for _, count in rows} == {1}


CRASH = """
    import os, signal, sys
    from tapehiss.clients.webhook_inbox import SqliteInbox

    inbox = SqliteInbox(sys.argv[1])
    def die(): os.kill(os.getpid(), signal.SIGKILL)
    def handle(db):
        if sys.argv[2] == "before": die()
        db.execute("INSERT INTO handled VALUES ('e')")
        if sys.argv[2] == "inside": die()
    inbox.once("e", 0.0, handle)
    die()
"""


@pytest.mark.parametrize(("moment", "there"), [("before", 0), ("inside", 0), ("after", 1)])
def test_a_crash_leaves_both_or_neither(tmp_path, moment, there):
    """kill -9 before, inside and after the handler: mark and effect stand or fall together, and the next copy makes it one."""
    path = tmp_path / "w.db"
    with SqliteInbox(path) as inbox:
        inbox.once("table", 0.0, lambda db: db.execute("CREATE TABLE handled (id TEXT)"))
    code = textwrap.dedent(CRASH)
    run = [sys.executable, "-c", code, str(path), moment]
    died = subprocess.run(
        run, cwd=ROOT / ".import", env=os.environ | {"PYTHONPATH": str(ROOT / ".import")}, check=False
    )
    assert died.returncode == -signal.SIGKILL
    with SqliteInbox(path) as inbox:
        rows = sqlite3.connect(path).execute("SELECT count(*) FROM handled").fetchone()
        assert (rows, len(inbox)) == ((there,), there + 1)
        assert inbox.once("e", 0.0, lambda db: db.execute("INSERT INTO handled VALUES ('e')")) == (not there)
        assert sqlite3.connect(path).execute("SELECT count(*) FROM handled").fetchone() == (1,)


def test_what_is_old_is_forgotten():
    """Bounded by age: as long as it says, and no longer."""
    with SqliteInbox(":memory:", keep_s=10 * DAY) as inbox:
        assert inbox.once("old", 0.0, lambda _: None)
        assert not inbox.once("old", 10 * DAY, lambda _: None)
        assert inbox.once("new", 11 * DAY, lambda _: None)
        assert (len(inbox), inbox.once("old", 11 * DAY, lambda _: None)) == (1, True)


@pytest.mark.parametrize("keep_s", [0, KEEP_MIN_S - 1, float("nan"), float("inf"), -1])
def test_forgetting_too_early_is_refused(keep_s):
    """What is forgotten while a copy of it would still be believed could be handled twice."""
    with pytest.raises(Misuse):
        SqliteInbox(":memory:", keep_s=keep_s)


def test_a_handler_that_commits_is_told():
    """It would be done, and perhaps not remembered."""
    with SqliteInbox(":memory:") as inbox:
        with pytest.raises(Misuse, match="transaction"):
            inbox.once("e", 0.0, lambda db: db.execute("COMMIT"))
        assert inbox.once("f", 0.0, lambda _: None)


def test_an_inbox_that_cannot_be_used(tmp_path):
    """A path that is no database, one that nobody can write, one that was closed: said with the remedy."""
    (tmp_path / "text").write_text("hello, this is no database, nor was it ever one" * 100)
    for path in (tmp_path / "text", tmp_path / "no" / "folder.db", tmp_path):
        with pytest.raises(InboxUnusable) as caught:
            SqliteInbox(path)
        assert str(path) in str(caught.value)
    inbox = SqliteInbox(":memory:")
    inbox.close()
    with pytest.raises(InboxUnusable):
        inbox.once("e", 0.0, lambda _: None)


def test_what_cannot_be_committed_is_undone_and_told():
    """Here a reference that leads nowhere, found at the commit; the event is not remembered, and the inbox goes on."""
    tables = "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a DEFERRABLE INITIALLY DEFERRED)"
    with SqliteInbox(":memory:") as inbox:
        inbox._db.execute("PRAGMA foreign_keys=ON")
        inbox.once("tables", 0.0, lambda db: [db.execute(each) for each in tables.split(";")])
        with pytest.raises(InboxUnusable, match="FOREIGN KEY"):
            inbox.once("e", 0.0, lambda db: db.execute("INSERT INTO b VALUES (7)"))
        assert inbox.once("e", 0.0, lambda db: db.execute("INSERT INTO a VALUES (7)"))


def test_a_handler_that_asks_the_inbox_does_not_wait_for_itself(tmp_path):
    """Counting is allowed; handling another event inside is refused, and leaves nothing of either."""
    done = []

    def main():
        with SqliteInbox(tmp_path / "inbox.db") as inbox:
            assert inbox.once("a", 0.0, lambda _: done.append(len(inbox)))
            with pytest.raises(InboxUnusable):
                inbox.once("b", 0.0, lambda _: inbox.once("c", 0.0, lambda _: None))
            done.append(len(inbox))

    thread = threading.Thread(target=main, daemon=True)
    thread.start()
    thread.join(20.0)
    assert done == [1, 1]
