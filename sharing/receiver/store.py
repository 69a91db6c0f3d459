"""The department's copy of the register in one SQLite file: its shape, how it is opened, and how others read it.

Anyone may look at it while the receiver runs::

    with closing(open_readonly(path)) as store:
        count(store)                    # listings held
        listing(store, "L-2026-000042")
        events_since(store, position=0) # what came when, and whether its receipt was accepted

Personal data is in ``listings`` and ``documents`` only. The inbox, the tombstones, the outboxes and what was lost hold
numbers and times, the commitments and checkpoints hashes, ``court_keys`` what the court lists in public; ``reached`` holds what supervised institutions call their
customers.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sharing.receiver.clock import now_ms

SHAPE = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS listings (
    number TEXT PRIMARY KEY, epoch INTEGER NOT NULL, version INTEGER NOT NULL, complete INTEGER NOT NULL,
    state TEXT, flags TEXT NOT NULL, payload TEXT NOT NULL, measures TEXT NOT NULL, marks TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tombstones (
    number TEXT PRIMARY KEY, epoch INTEGER NOT NULL, version INTEGER NOT NULL, withdrawn_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS inbox (
    id TEXT PRIMARY KEY, epoch INTEGER NOT NULL, position INTEGER NOT NULL, previous_position INTEGER NOT NULL,
    type TEXT NOT NULL, number TEXT NOT NULL, version INTEGER NOT NULL, outcome TEXT NOT NULL, source TEXT NOT NULL,
    received_at INTEGER NOT NULL, delay INTEGER);
CREATE INDEX IF NOT EXISTS inbox_position ON inbox (position);
CREATE INDEX IF NOT EXISTS inbox_previous_position ON inbox (previous_position);
CREATE TABLE IF NOT EXISTS awaited (position INTEGER PRIMARY KEY, since INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS outbox (
    event TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL, note TEXT NOT NULL, copies INTEGER NOT NULL,
    ready INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 0,
    status INTEGER, accepted_at INTEGER, PRIMARY KEY (event, kind));
CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox (due_at) WHERE accepted_at IS NULL;
CREATE TABLE IF NOT EXISTS documents (type TEXT NOT NULL, value TEXT NOT NULL, number TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS documents_value ON documents (type, value);
CREATE INDEX IF NOT EXISTS documents_number ON documents (number);
CREATE TABLE IF NOT EXISTS onward_rules (number TEXT PRIMARY KEY, rule TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reached (
    institution TEXT NOT NULL, number TEXT NOT NULL, reference TEXT NOT NULL, at INTEGER NOT NULL,
    withdrawal TEXT, measures TEXT, PRIMARY KEY (institution, reference, number));
CREATE INDEX IF NOT EXISTS reached_number ON reached (number);
CREATE TABLE IF NOT EXISTS onward (
    kind TEXT NOT NULL, about TEXT NOT NULL, institution TEXT NOT NULL, at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, due_at INTEGER NOT NULL DEFAULT 0, status INTEGER, accepted_at INTEGER,
    PRIMARY KEY (kind, about, institution));
CREATE INDEX IF NOT EXISTS onward_waiting ON onward (due_at) WHERE accepted_at IS NULL;
CREATE TABLE IF NOT EXISTS commitments (
    event TEXT PRIMARY KEY, epoch INTEGER NOT NULL, position INTEGER NOT NULL, commitment BLOB NOT NULL,
    checked_epoch INTEGER NOT NULL DEFAULT 0, checked_size INTEGER, wrong INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS commitments_unchecked ON commitments (checked_epoch, position) WHERE wrong = 0;
CREATE TABLE IF NOT EXISTS checkpoints (
    origin TEXT NOT NULL, epoch INTEGER NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
    cosigned INTEGER NOT NULL, verified_at INTEGER NOT NULL, PRIMARY KEY (origin, size));
CREATE TABLE IF NOT EXISTS findings (
    number INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, epoch INTEGER NOT NULL, position INTEGER NOT NULL,
    note TEXT NOT NULL, other_note TEXT NOT NULL, proof TEXT NOT NULL, found_at INTEGER NOT NULL, closed_at INTEGER);
CREATE UNIQUE INDEX IF NOT EXISTS findings_open ON findings (kind, epoch, position) WHERE closed_at IS NULL;
CREATE TABLE IF NOT EXISTS court_keys (
    whpk TEXT PRIMARY KEY, court TEXT NOT NULL, place INTEGER NOT NULL, read_at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS shown_again (event TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS lost (
    event TEXT PRIMARY KEY, number TEXT NOT NULL, position INTEGER NOT NULL, epoch INTEGER NOT NULL,
    type TEXT NOT NULL, version INTEGER NOT NULL, occurred_at INTEGER, received_at INTEGER NOT NULL,
    struck INTEGER NOT NULL);
"""

# A store that an earlier program began has no documents yet.
_INDEX_ONCE = """
INSERT INTO documents
SELECT json_extract(document.value, '$.type'), json_extract(document.value, '$.number'), listings.number
FROM listings, json_each(listings.payload, '$.person.documents') AS document
WHERE json_extract(document.value, '$.number') IS NOT NULL AND NOT EXISTS (SELECT 1 FROM documents)
"""

# Before it nothing is known of whom institutions were told of. An earlier program's store began with its first event.
_BEGIN_ONCE = "INSERT OR IGNORE INTO meta VALUES ('begun_at', coalesce((SELECT min(received_at) FROM inbox), ?))"

_SEEN = """
SELECT inbox.id, epoch, position, previous_position, type, number, version, outcome, source, received_at, delay,
       kind, accepted_at
FROM inbox LEFT JOIN outbox ON outbox.event = inbox.id
WHERE position > ? ORDER BY position, epoch LIMIT ?
"""


@dataclass(frozen=True)
class Seen:
    """One event in the inbox. Times are unix milliseconds; ``delay`` is received minus occurred, None for a stub.

    ``outcome`` is applied, superseded (a later version was held already), stub, unknown (a type or schema that this
    program does not know) or refused (unreadable in a pull).
    ``receipt_accepted_at`` is when the registry took the receipt ``receipt_kind`` for this event, None until then.
    """

    id: str
    epoch: int
    position: int
    previous_position: int
    type: str
    number: str
    version: int
    outcome: str
    source: str
    received_at: int
    delay: int | None
    receipt_kind: str | None
    receipt_accepted_at: int | None


@dataclass(frozen=True)
class Held:
    """One listing as this department holds it.

    ``payload`` is the listing as WIRE calls it; ``measures`` are the department's own, or "information_only".
    """

    number: str
    epoch: int
    version: int
    state: str | None
    flags: list[str]
    payload: dict[str, Any]
    measures: Any


@dataclass(frozen=True)
class Condition:
    """How the receiver is doing. ``level`` is the position up to which nothing is missing."""

    held: int
    level: int
    epoch: int
    awaited: int
    awaited_since: int | None
    receipts_waiting: int
    last_received_at: int | None
    last_heartbeat_at: int | None


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The store, created when missing. Only the receiver's writer thread uses this.

    FULL, not NORMAL: a 2xx tells the registry never to send the event again, so it must outlive a power failure too;
    the writer commits what arrives together, which shares the fsync. secure_delete overwrites what is deleted, and
    temporary tables stay in memory so that no copy of a person lands in a temporary file.
    """
    store = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("PRAGMA synchronous = FULL")
    store.execute("PRAGMA secure_delete = ON")
    store.execute("PRAGMA temp_store = MEMORY")
    store.executescript(SHAPE)
    if "measures" not in {column[1] for column in store.execute("PRAGMA table_info(reached)")}:
        store.execute("ALTER TABLE reached ADD COLUMN measures TEXT")  # begun by an earlier program
    store.execute(_INDEX_ONCE)
    store.execute(_BEGIN_ONCE, (now_ms(),))
    return store


def taken(path: Path) -> IO[bytes] | None:
    """The store for this program alone, as long as what is returned stays open; None where another one has it.

    Two that write would release the receipts of a purge that the other has not wiped yet.
    """
    mark = path.with_name(f"{path.name}.lock").open("ab")
    try:
        fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        mark.close()
        return None
    return mark


def open_readonly(path: Path | str) -> sqlite3.Connection:
    """The store for reading, while the receiver runs or not; sqlite3.OperationalError when there is none.

    Close it soon: a reader that stays inside a query keeps the receiver from wiping a withdrawn person.
    """
    uri = f"{Path(path).resolve().as_uri()}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)


def is_for(path: Path, *, trial: bool) -> bool:
    """Whether the store may be used so; one in which no event came yet is given to that use from now on."""
    with closing(open_for_writing(path)) as store:
        row = store.execute("SELECT value FROM meta WHERE name = 'trial'").fetchone()
        if bool(row and row[0]) == trial:
            return True
        if store.execute("SELECT 1 FROM inbox LIMIT 1").fetchone() is not None:
            return False
        store.execute("DELETE FROM meta")
        store.execute("INSERT INTO meta VALUES ('trial', ?)", (trial,))
        return True


def count(store: sqlite3.Connection, state: str | None = None) -> int:
    """How many listings are held, or how many in one state ("active", "suspended", …)."""
    rows = store.execute("SELECT count(*) FROM listings WHERE complete AND ? IN ('', state)", (state or "",))
    return int(rows.fetchone()[0])


def numbers(store: sqlite3.Connection) -> list[str]:
    """The numbers of the listings held, in order."""
    return [row[0] for row in store.execute("SELECT number FROM listings WHERE complete ORDER BY number")]


def listing(store: sqlite3.Connection, number: str) -> Held | None:
    """One listing, or None when it is not held (never told, not yet whole, or withdrawn)."""
    row = store.execute(
        "SELECT number, epoch, version, state, flags, payload, measures FROM listings WHERE complete AND number = ?",
        (number,),
    ).fetchone()
    if row is None:
        return None
    return Held(*row[:4], *(json.loads(column) for column in row[4:]))


def is_withdrawn(store: sqlite3.Connection, number: str) -> bool:
    """Whether only a tombstone is left of this listing."""
    rows = store.execute(
        "SELECT 1 FROM tombstones WHERE number = ? AND NOT EXISTS (SELECT 1 FROM listings WHERE number = ?)",
        (number, number),
    )
    return rows.fetchone() is not None


def events_since(store: sqlite3.Connection, position: int = 0, limit: int = -1) -> list[Seen]:
    """The events after a position, in position order, with their receipts; all of them unless limited."""
    return [Seen(*row) for row in store.execute(_SEEN, (position, limit))]


def event(store: sqlite3.Connection, identifier: str) -> Seen | None:
    """One event by its id."""
    rows = store.execute(_SEEN.replace("position > ?", "inbox.id = ?"), (identifier, 1))
    row = rows.fetchone()
    return None if row is None else Seen(*row)


def condition(store: sqlite3.Connection) -> Condition:
    """What ``/health`` says."""
    meta = dict(store.execute("SELECT name, value FROM meta").fetchall())
    awaited, since = store.execute("SELECT count(*), min(since) FROM awaited").fetchone()
    waiting = store.execute("SELECT count(*) FROM outbox WHERE accepted_at IS NULL").fetchone()[0]
    return Condition(
        held=count(store),
        level=meta.get("level", 0),
        epoch=meta.get("epoch", 0),
        awaited=awaited,
        awaited_since=since,
        receipts_waiting=waiting,
        last_received_at=store.execute("SELECT max(received_at) FROM inbox").fetchone()[0],
        last_heartbeat_at=meta.get("heartbeat_at"),
    )
