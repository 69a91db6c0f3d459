"""The only thread that writes to the store.

What arrives while one transaction is being committed goes together into the next, so many requests share one fsync
and each is still answered only after it is on the disk.
"""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sharing.receiver.store import open_for_writing

_LARGEST_BATCH = 200
_SHARE_OF_TIME_FOR_WIPING = 10
# A purge waits to be confirmed, or a levelling struck what the court no longer knows.
_WIPING_NEEDED = "SELECT 1 FROM outbox WHERE NOT ready UNION ALL SELECT 1 FROM meta WHERE name = 'wiping' LIMIT 1"
_log = logging.getLogger(__name__)

T = TypeVar("T")


class Closed(Exception):
    """The receiver is going down and takes no more work."""


@dataclass
class _Job:
    """One piece of work and the promise of its result."""

    work: Callable[[sqlite3.Connection], Any]
    done: Future[Any] = field(default_factory=Future)
    result: Any = None
    failure: Exception | None = None


class Writer(threading.Thread):
    """``run_in_store(work)`` runs ``work(connection)`` in a transaction and returns its result once committed.

    ``bell`` is rung after every commit and after every wiping, for whoever sends receipts.
    """

    def __init__(self, path: Path, bell: threading.Event) -> None:
        super().__init__(name="writer", daemon=True)
        self.path = path
        self.bell = bell
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._store = open_for_writing(path)
        self._closing = False
        self._wipe_due = 0.0

    def run_in_store(self, work: Callable[[sqlite3.Connection], T], timeout: float = 30) -> T:
        """Raises what ``work`` raises, Closed while going down, TimeoutError when the disk does not answer."""
        if self._closing:
            raise Closed
        job = _Job(work)
        self._jobs.put(job)
        result: T = job.done.result(timeout)
        return result

    def close(self) -> None:
        """Commits what was handed over and closes the store."""
        self._closing = True
        self._jobs.put(None)
        self.join(timeout=30)

    def run(self) -> None:
        going = True
        while going:
            batch, going = self._next_batch()
            if batch:
                self._commit(batch)
            self._wipe_when_due()
        self._store.close()

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """What waits now, at most a batch, after up to a second of silence; and whether to go on."""
        batch: list[_Job] = []
        try:
            job = self._jobs.get(timeout=1)
            while job is not None:
                batch.append(job)
                if len(batch) == _LARGEST_BATCH:
                    return batch, True
                job = self._jobs.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        try:
            self._store.execute("BEGIN IMMEDIATE")
            for job in batch:
                self._run_one(job)
            self._store.execute("COMMIT")
        except sqlite3.Error as failure:
            self._give_up(batch, failure)
            return
        for job in batch:
            if job.failure is None:
                job.done.set_result(job.result)
            else:
                job.done.set_exception(job.failure)
        self.bell.set()

    def _run_one(self, job: _Job) -> None:
        """A failing job takes back its own writes only. What fails is told to whoever handed it over."""
        self._store.execute("SAVEPOINT job")
        try:
            job.result = job.work(self._store)
        except Exception as failure:
            job.failure = failure
            self._store.execute("ROLLBACK TO job")
        self._store.execute("RELEASE job")

    def _give_up(self, batch: list[_Job], failure: sqlite3.Error) -> None:
        _log.error("the store could not be written: %s", failure.sqlite_errorname)
        if self._store.in_transaction:
            self._store.execute("ROLLBACK")
        for job in batch:
            job.done.set_exception(failure)

    def _wipe_when_due(self) -> None:
        """Wipes after withdrawals and levellings, spending at most a tenth of the time on it however many there are."""
        if time.monotonic() < self._wipe_due:
            return
        started = time.monotonic()
        if self._wipe_if_needed():
            self.bell.set()
        self._wipe_due = time.monotonic() + _SHARE_OF_TIME_FOR_WIPING * (time.monotonic() - started)

    def _wipe_if_needed(self) -> bool:
        """Leaves no byte of a withdrawn person in the file or its journal; only then are purge receipts released.

        secure_delete alone is not enough: rows that SQLite moved between pages earlier leave copies in the gaps of
        the old pages. VACUUM writes the file anew, the checkpoint empties the journal. False while a reader holds on.
        """
        try:
            if self._store.execute(_WIPING_NEEDED).fetchone() is None:
                return False
            self._store.execute("VACUUM")
            busy = self._store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if not busy:
                self._store.execute("DELETE FROM meta WHERE name = 'wiping'")
                self._store.execute("UPDATE outbox SET ready = 1 WHERE NOT ready")
        except sqlite3.Error as failure:
            _log.warning("a withdrawn listing could not be wiped yet: %s", failure.sqlite_errorname)
            return False
        return not busy
