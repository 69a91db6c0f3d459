"""What is kept of the court's log: the checkpoints that were verified, and which events were found in it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from sharing.receiver import records
from sharing.receiver.notes import Checkpoint

_KEPT_CHECKPOINTS = 20

# What came of a former epoch is in the log of the present one, unless the restore lost it; that is known when level.
_PENDING = """
SELECT event, epoch, position, commitment FROM commitments
WHERE wrong = 0 AND checked_epoch < :log AND epoch <= :log AND position > :after AND position <= :size
  AND (epoch = :log OR (:level AND event NOT IN (SELECT event FROM lost)))
ORDER BY position LIMIT :most
"""

_NEWEST = "SELECT origin, epoch, size, root, note, cosigned FROM checkpoints ORDER BY epoch DESC, size DESC LIMIT 1"
_OF_SIZE = "SELECT origin, epoch, size, root, note, cosigned FROM checkpoints WHERE origin = ? AND size = ?"


@dataclass(frozen=True)
class Kept:
    """A verified checkpoint. ``cosigned``: by how many witnesses."""

    origin: str
    epoch: int
    size: int
    root: bytes
    note: str
    cosigned: int


@dataclass(frozen=True)
class Committed:
    """One event of which the log is asked; ``epoch`` is the one in which it was told."""

    event: str
    epoch: int
    position: int
    commitment: bytes


def keep_commitment(store: sqlite3.Connection, committed: Committed) -> None:
    store.execute(
        "INSERT OR IGNORE INTO commitments (event, epoch, position, commitment) VALUES (?, ?, ?, ?)",
        (committed.event, committed.epoch, committed.position, committed.commitment),
    )


def pending(store: sqlite3.Connection, epoch: int, size: int, most: int, *, after: int = -1) -> list[Committed]:
    """What was not yet found in the log of this epoch, after a position and as far as a checkpoint of this size reaches."""
    asked = {"log": epoch, "size": size, "after": after, "level": not records.levelling_due(store), "most": most}
    return [Committed(*row) for row in store.execute(_PENDING, asked)]


def overdue(store: sqlite3.Connection, epoch: int, size: int, before: int, most: int) -> list[Committed]:
    """What was received before that moment and still lies beyond the checkpoint."""
    rows = store.execute(
        "SELECT event, commitments.epoch, commitments.position, commitment FROM commitments JOIN inbox ON id = event"
        " WHERE commitments.epoch = ? AND commitments.position > ? AND received_at < ? ORDER BY 3 LIMIT ?",
        (epoch, size, before, most),
    )
    return [Committed(*row) for row in rows]


def note_checked(store: sqlite3.Connection, found: Sequence[Committed], epoch: int, size: int) -> None:
    store.executemany(
        "UPDATE commitments SET checked_epoch = ?, checked_size = ? WHERE event = ?",
        [(epoch, size, each.event) for each in found],
    )


def note_wrong(store: sqlite3.Connection, committed: Committed) -> None:
    """Not asked about again: the finding says what there is to say."""
    store.execute("UPDATE commitments SET wrong = 1 WHERE event = ?", (committed.event,))


def keep_checkpoint(store: sqlite3.Connection, checkpoint: Checkpoint, epoch: int, cosigned: int, now: int) -> None:
    """A checkpoint that was verified. The same one with more cosignatures takes its place; the last few stay."""
    store.execute(
        "INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET note = excluded.note,"
        " cosigned = excluded.cosigned WHERE excluded.cosigned > checkpoints.cosigned",
        (checkpoint.origin, epoch, checkpoint.size, checkpoint.root, checkpoint.note, cosigned, now),
    )
    store.execute(
        "DELETE FROM checkpoints WHERE origin = ? AND size <= (SELECT size FROM checkpoints WHERE origin = ?"
        " ORDER BY size DESC LIMIT 1 OFFSET ?)",
        (checkpoint.origin, checkpoint.origin, _KEPT_CHECKPOINTS),
    )


def newest(store: sqlite3.Connection) -> Kept | None:
    """The last verified checkpoint of the latest epoch; never an older one than before."""
    return _kept(store.execute(_NEWEST).fetchone())


def of_size(store: sqlite3.Connection, origin: str, size: int) -> Kept | None:
    return _kept(store.execute(_OF_SIZE, (origin, size)).fetchone())


def _kept(row: tuple[str, int, int, bytes, str, int] | None) -> Kept | None:
    return None if row is None else Kept(*row)
