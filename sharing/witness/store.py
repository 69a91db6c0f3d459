"""What the witness must never forget, in one SQLite file: the last checkpoint of each log that it cosigned, and what it
refused as a fork. Nothing of it is secret.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

SHAPE = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS logs (
    origin TEXT PRIMARY KEY, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, at INTEGER NOT NULL);
CREATE TRIGGER IF NOT EXISTS logs_only_grow BEFORE UPDATE ON logs
WHEN NEW.size < OLD.size OR NEW.at < OLD.at OR (NEW.size = OLD.size AND NEW.root <> OLD.root)
BEGIN SELECT RAISE(ABORT, 'a log only grows'); END;
CREATE TABLE IF NOT EXISTS evidence (
    id INTEGER PRIMARY KEY, origin TEXT NOT NULL, reason TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL,
    held_size INTEGER NOT NULL, held_root BLOB NOT NULL, held TEXT NOT NULL, request BLOB NOT NULL, at INTEGER NOT NULL,
    times INTEGER NOT NULL DEFAULT 1, settled_at INTEGER,
    UNIQUE (origin, reason, size, root, held_size, held_root));
"""

TWO_ROOTS = "two roots of one size"
PROOF_FAILS = "the proof does not hold"
EVIDENCE_MOST = 1000  # for a log and a reason: what is public can be sent by anybody with a proof that fails
_BUSY_SECONDS = 5


@dataclass(frozen=True)
class Latest:
    """``note``: the checkpoint with the log's signatures and ours; ``at``: when we signed, in seconds since 1970."""

    origin: str
    size: int
    root: bytes
    note: str
    at: int


@dataclass(frozen=True)
class Evidence:
    """A checkpoint that the log signed and that does not go with the one we cosigned (``held``: that note).

    ``reason``: `TWO_ROOTS`, which proves a fork, or `PROOF_FAILS`, which may be a stranger's doing. ``times``: how
    often it came. ``settled_at``: when this same checkpoint was proved after all; None if it was not.
    """

    origin: str
    reason: str
    size: int
    root: bytes
    held_size: int
    held_root: bytes
    held: str
    request: bytes
    at: int
    times: int = 1
    settled_at: int | None = None


class Store:
    """The file, created when missing. FULL: what was cosigned must outlive a power failure."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.Lock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=_BUSY_SECONDS)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.executescript(SHAPE)

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction after another, also against other processes; on the disk when it is left."""
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def close(self) -> None:
        with self._turn:
            self._connection.close()


def open_readonly(path: Path) -> sqlite3.Connection:
    """For reading, while the witness runs or not; sqlite3.OperationalError when there is no store."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=_BUSY_SECONDS)


def identity(store: sqlite3.Connection) -> str:
    """A name of this very store, drawn when it is asked for the first time."""
    store.execute("INSERT OR IGNORE INTO meta VALUES ('identity', ?)", (token_hex(16),))
    return str(store.execute("SELECT value FROM meta WHERE name = 'identity'").fetchone()[0])


def belongs_to(store: sqlite3.Connection, vkey: str) -> str:
    """The witness whose store this is: the first one that asked."""
    store.execute("INSERT OR IGNORE INTO meta VALUES ('witness', ?)", (vkey,))
    return witness(store)


def witness(store: sqlite3.Connection) -> str:
    row = store.execute("SELECT value FROM meta WHERE name = 'witness'").fetchone()
    return "" if row is None else str(row[0])


def latest(store: sqlite3.Connection, origin: str) -> Latest | None:
    row = store.execute("SELECT origin, size, root, note, at FROM logs WHERE origin = ?", (origin,)).fetchone()
    return None if row is None else Latest(*row)


def all_latest(store: sqlite3.Connection) -> list[Latest]:
    return [Latest(*row) for row in store.execute("SELECT origin, size, root, note, at FROM logs ORDER BY origin")]


def of_hash(store: sqlite3.Connection, origin_hash: str) -> Latest | None:
    """``origin_hash``: SHA-256 of the origin, in lower-case hexadecimal digits."""
    return next((each for each in all_latest(store) if sha256(each.origin.encode()).hexdigest() == origin_hash), None)


def advance(store: sqlite3.Connection, now_latest: Latest) -> None:
    """Raises sqlite3.IntegrityError where it would lead back. A doubt about this very checkpoint is settled."""
    store.execute(
        "INSERT INTO logs VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE "
        "SET size = excluded.size, root = excluded.root, note = excluded.note, at = excluded.at",
        (now_latest.origin, now_latest.size, now_latest.root, now_latest.note, now_latest.at),
    )
    store.execute(
        "UPDATE evidence SET settled_at = ? "
        "WHERE origin = ? AND size = ? AND root = ? AND reason = ? AND settled_at IS NULL",
        (now_latest.at, now_latest.origin, now_latest.size, now_latest.root, PROOF_FAILS),
    )


def keep(store: sqlite3.Connection, found: Evidence) -> bool:
    """Whether there was room for it; what is kept already is counted."""
    row = (found.origin, found.reason, found.size, found.root, found.held_size, found.held_root)
    again = store.execute(
        "UPDATE evidence SET times = times + 1 WHERE "
        "origin = ? AND reason = ? AND size = ? AND root = ? AND held_size = ? AND held_root = ?",
        row,
    )
    if again.rowcount:
        return True
    kept = store.execute("SELECT count(*) FROM evidence WHERE origin = ? AND reason = ?", row[:2]).fetchone()[0]
    if kept >= EVIDENCE_MOST:
        return False
    store.execute(
        "INSERT INTO evidence (origin, reason, size, root, held_size, held_root, held, request, at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*row, found.held, found.request, found.at),
    )
    return True


def evidence(store: sqlite3.Connection) -> list[Evidence]:
    """In the order in which it came."""
    rows = store.execute(
        "SELECT origin, reason, size, root, held_size, held_root, held, request, at, times, settled_at "
        "FROM evidence ORDER BY id"
    )
    return [Evidence(*row) for row in rows]
