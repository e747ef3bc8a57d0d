"""Shell: which webhooks were handled, in SQLite: the mark and what the handler wrote are one transaction.

So a crash at any point leaves both or neither, and of two copies that come at the same time one waits for the other. What a handler does
elsewhere (a mail, a call) is done again if the process dies between that and the commit: put it on a queue in the same database.
"""

from __future__ import annotations

import math
import sqlite3
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

from tapehiss.cassettes.errors import Misuse
from tapehiss.clients.errors import InboxUnusable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEEP_MIN_S = 86_400.0
"""What is forgotten earlier could come again while its signature is still good: twice the longest tolerance of a style."""
KEEP_S = 30 * 86_400.0
"""Longer than any vendor goes on sending."""
BUSY_MAX_S = 10.0
_TABLE = "CREATE TABLE IF NOT EXISTS tapehiss_webhooks (key TEXT PRIMARY KEY, handled_at REAL NOT NULL) WITHOUT ROWID"
_BY_AGE = "CREATE INDEX IF NOT EXISTS tapehiss_webhooks_by_age ON tapehiss_webhooks (handled_at)"


class SqliteInbox:
    """An ``Inbox`` for any number of threads and processes; one handler runs at a time."""

    def __init__(self, path: Path | str, *, keep_s: float = KEEP_S) -> None:
        if not (math.isfinite(keep_s) and keep_s >= KEEP_MIN_S):
            raise Misuse(f"keep_s is {keep_s}", "SqliteInbox", f"remember for at least {KEEP_MIN_S:.0f} s")
        self.path, self._keep_s = str(path), keep_s
        self._lock = threading.RLock()  # a handler that asks the inbox something must not wait for itself
        try:
            self._db = sqlite3.connect(path, timeout=BUSY_MAX_S, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute(_TABLE)
            self._db.execute(_BY_AGE)
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def once(self, key: str, unix_s: float, handle: Callable[[sqlite3.Connection], None]) -> bool:
        """Call ``handle`` with the connection and remember the key, both or neither; ``False`` if the key was known."""
        with self._lock:
            try:
                if not self._marked(key, unix_s):
                    return False
                handle(self._db)
                self._commit(key)
            finally:
                with suppress(sqlite3.Error):  # a closed or broken database has nothing left to undo
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
        return True

    def _marked(self, key: str, unix_s: float) -> bool:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("DELETE FROM tapehiss_webhooks WHERE handled_at < ?", (unix_s - self._keep_s,))
            return (
                self._db.execute("INSERT OR IGNORE INTO tapehiss_webhooks VALUES (?, ?)", (key, unix_s)).rowcount == 1
            )
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _commit(self, key: str) -> None:
        if not self._db.in_transaction:
            what = "the handler ended the inbox's transaction, so that mark and effect are not one"
            raise Misuse(what, key, "leave commit and rollback to the inbox")
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def __len__(self) -> int:
        """How many events are remembered."""
        with self._lock:
            (count,) = self._db.execute("SELECT count(*) FROM tapehiss_webhooks").fetchone()
        return int(count)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _unusable(self, error: sqlite3.Error) -> InboxUnusable:
        return InboxUnusable(f"webhooks cannot be remembered: {error}", self.path, InboxUnusable.advice)
