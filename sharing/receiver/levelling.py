"""After a restore of the court's database: what the court no longer knows is struck here, and named, so that it can be told.

The pull from 0 that follows on a new epoch shows which events are still there; those of a former epoch that it does not
show are lost. Of a listing that the court still knows, what the lost events said stays until it says something later.
"""

from __future__ import annotations

import sqlite3

from sharing.receiver import onward, records
from sharing.receiver.events import Event
from sharing.receiver.snapshot import Snapshot

_LOST = """
INSERT OR IGNORE INTO lost
SELECT id, number, position, epoch, type, version, received_at - delay, received_at, 0
FROM inbox WHERE epoch < ? AND id NOT IN (SELECT event FROM shown_again)
"""
_UNKNOWN = """
SELECT number FROM listings WHERE epoch < :epoch AND number NOT IN (
    SELECT number FROM inbox WHERE epoch >= :epoch OR id IN (SELECT event FROM shown_again))
"""


def note_shown(store: sqlite3.Connection, event: Event, epoch: int) -> None:
    """Before a pulled event is applied: one of a former epoch is still there, or is there again after another restore."""
    if event.epoch >= epoch or not records.levelling_due(store):
        return
    store.execute("INSERT OR IGNORE INTO shown_again VALUES (?)", (event.id,))
    if store.execute("DELETE FROM lost WHERE event = ?", (event.id,)).rowcount:
        store.execute("DELETE FROM inbox WHERE id = ?", (event.id,))


def level(store: sqlite3.Connection, turn: int, snapshot: Snapshot) -> list[str] | None:
    """The numbers of the listings struck; None where the pull that showed what is left was overtaken by another need."""
    if records.levelling_due(store) != turn:
        return None
    epoch = records.meta(store, "epoch")
    store.execute(_LOST, (epoch,))
    rows = store.execute(_UNKNOWN, {"epoch": epoch}).fetchall()
    unknown = sorted(number for (number,) in rows if number not in snapshot.numbers)
    for number in unknown:
        _strike(store, number)
    # The court has no event to which such a receipt belongs.
    store.execute("DELETE FROM outbox WHERE accepted_at IS NULL AND event IN (SELECT event FROM lost)")
    store.execute("DELETE FROM shown_again")
    records.set_meta(store, "wiping", 1)
    records.set_meta(store, "levelled", turn)
    return unknown


def _strike(store: sqlite3.Connection, number: str) -> None:
    """Without a tombstone: nobody withdrew it, and should the court know it again, it is told as new."""
    records.forget(store, number)
    onward.recall_unknown(store, number)
    store.execute("UPDATE lost SET struck = 1 WHERE number = ?", (number,))
