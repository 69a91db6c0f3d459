"""What is wrong with the court's log, with the evidence.

A finding stays until somebody closes it: what the court signed cannot be unsigned. It never stops the receiving of events
or the sending of receipts.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

SPLIT_VIEW = "split_view"
NOT_INCLUDED = "not_included"
ANOTHER_COMMITMENT = "another_commitment"
ROLLED_BACK = "rolled_back"
BAD_SIGNATURE = "bad_signature"
UNKNOWN_ORIGIN = "unknown_origin"

MEANING = {
    SPLIT_VIEW: "two checkpoints that the court signed contradict each other: its log was rewritten, or shown in two forms",
    NOT_INCLUDED: "the court told an event that its log does not have",
    ANOTHER_COMMITMENT: "the court's log says of an event something else than what was told",
    ROLLED_BACK: "the court's log is shorter than it was",
    BAD_SIGNATURE: "a checkpoint is not signed with the court's key",
    UNKNOWN_ORIGIN: "a checkpoint is of another log than the court's",
}


@dataclass(frozen=True)
class Finding:
    """``position`` 0: of the log as a whole. ``note`` and ``other_note``: the checkpoints that show it; ``proof``: what
    the court answered. Times are unix milliseconds.
    """

    number: int
    kind: str
    epoch: int
    position: int
    note: str
    other_note: str
    proof: str
    found_at: int
    closed_at: int | None


def add(
    store: sqlite3.Connection,
    kind: str,
    now: int,
    *,
    epoch: int,
    position: int = 0,
    note: str = "",
    other_note: str = "",
    proof: str = "",
) -> None:
    """The first evidence is kept; the same again while it is open adds nothing."""
    store.execute(
        "INSERT OR IGNORE INTO findings (kind, epoch, position, note, other_note, proof, found_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, epoch, position, note, other_note, proof, now),
    )


def close(store: sqlite3.Connection, number: int, now: int) -> bool:
    """Somebody looked into it; False where no such finding is open."""
    rows = store.execute("UPDATE findings SET closed_at = ? WHERE number = ? AND closed_at IS NULL", (now, number))
    return rows.rowcount == 1


def close_all(store: sqlite3.Connection, kind: str, positions: list[int], now: int) -> None:
    """Those that turned out to be no more than late."""
    store.executemany(
        "UPDATE findings SET closed_at = ? WHERE kind = ? AND position = ? AND closed_at IS NULL",
        [(now, kind, position) for position in positions],
    )


def open_findings(store: sqlite3.Connection) -> list[Finding]:
    rows = store.execute(
        "SELECT number, kind, epoch, position, note, other_note, proof, found_at, closed_at FROM findings"
        " WHERE closed_at IS NULL ORDER BY number"
    )
    return [Finding(*row) for row in rows]
