"""The writes to the store, each a statement or two; they run inside the writer's transaction and nowhere else."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, field

from sharing.receiver.events import Event, Json, Mark

NEVER: Mark = (0, 0)


@dataclass(frozen=True)
class Entry:
    """A row of the list while it is worked on: the listing, and the mark at which each of its parts was last set."""

    listing: Json = field(default_factory=dict)
    marks: dict[str, Mark] = field(default_factory=dict)

    @property
    def latest(self) -> Mark:
        return max(self.marks.values(), default=NEVER)


def meta(store: sqlite3.Connection, name: str) -> int:
    row = store.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return 0 if row is None else int(row[0])


def set_meta(store: sqlite3.Connection, name: str, value: int) -> None:
    store.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value))


def entry(store: sqlite3.Connection, number: str) -> Entry:
    """The row as it stands; an empty entry when there is none."""
    row = store.execute("SELECT payload, marks FROM listings WHERE number = ?", (number,)).fetchone()
    if row is None:
        return Entry()
    marks = {part: (epoch, version) for part, (epoch, version) in json.loads(row[1]).items()}
    return Entry(json.loads(row[0]), marks)


def keep(store: sqlite3.Connection, number: str, kept: Entry, measures: object) -> None:
    """Writes the row. ``measures`` None leaves those that are there."""
    listing, (epoch, version) = kept.listing, kept.latest
    store.execute(
        "INSERT INTO listings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch,"
        " version = excluded.version, complete = excluded.complete, state = excluded.state, flags = excluded.flags,"
        " payload = excluded.payload, marks = excluded.marks,"
        " measures = CASE excluded.measures WHEN 'null' THEN measures ELSE excluded.measures END",
        (
            number,
            epoch,
            version,
            "whole" in kept.marks,
            listing.get("state"),
            _json(listing.get("flags") or []),
            _json(listing),
            _json(measures),
            _json(kept.marks),
        ),
    )
    _index(store, number, listing)


def _index(store: sqlite3.Connection, number: str, listing: Json) -> None:
    """The listing's documents, by which an institution's question finds it."""
    store.execute("DELETE FROM documents WHERE number = ?", (number,))
    found = (listing.get("person") or {}).get("documents") or []
    store.executemany(
        "INSERT INTO documents VALUES (?, ?, ?)",
        [(each.get("type"), each["number"], number) for each in found if each.get("type") and each.get("number")],
    )


def set_rule(store: sqlite3.Connection, number: str, rule: str) -> None:
    """Whether the listing may be passed on, as the registry said last."""
    store.execute(
        "INSERT INTO onward_rules VALUES (?, ?) ON CONFLICT DO UPDATE SET rule = excluded.rule", (number, rule)
    )


def strike(store: sqlite3.Connection, number: str, mark: Mark, withdrawn_at: int) -> int:
    """Removes the row and leaves a tombstone. Returns how many copies were removed (0 or 1)."""
    removed = forget(store, number)
    store.execute(
        "INSERT INTO tombstones VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET epoch = excluded.epoch,"
        " version = excluded.version, withdrawn_at = excluded.withdrawn_at",
        (number, *mark, withdrawn_at),
    )
    return removed


def forget(store: sqlite3.Connection, number: str) -> int:
    """Removes the row with all that belongs to it. Returns how many copies were removed (0 or 1)."""
    store.execute("DELETE FROM documents WHERE number = ?", (number,))
    store.execute("DELETE FROM onward_rules WHERE number = ?", (number,))
    return store.execute("DELETE FROM listings WHERE number = ?", (number,)).rowcount


def tombstone(store: sqlite3.Connection, number: str) -> Mark:
    """The mark of the withdrawal, or NEVER."""
    row = store.execute("SELECT epoch, version FROM tombstones WHERE number = ?", (number,)).fetchone()
    return NEVER if row is None else (row[0], row[1])


def is_seen(store: sqlite3.Connection, identifier: str) -> bool:
    return store.execute("SELECT 1 FROM inbox WHERE id = ?", (identifier,)).fetchone() is not None


def note_seen(store: sqlite3.Connection, event: Event, outcome: str, source: str, received_at: int) -> None:
    delay = None if event.occurred_at is None else received_at - event.occurred_at
    version = event.mark[1] if event.understood else 0
    store.execute(
        "INSERT INTO inbox VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            event.id,
            event.epoch,
            event.position,
            event.previous_position,
            event.type,
            event.number,
            version,
            outcome,
            source,
            received_at,
            delay,
        ),
    )


def promise_receipt(
    store: sqlite3.Connection,
    identifier: str,
    kind: str,
    at: int,
    *,
    note: str = "",
    copies: int = 0,
    ready: bool = True,
) -> None:
    """Puts a receipt into the outbox. One that is not ready waits until the withdrawn person is wiped from the disk."""
    store.execute(
        "INSERT OR IGNORE INTO outbox (event, kind, at, note, copies, ready) VALUES (?, ?, ?, ?, ?, ?)",
        (identifier, kind, at, note, copies, ready),
    )


def follow(store: sqlite3.Connection, event: Event, now: int) -> None:
    """Keeps the level and the positions still awaited up to date after an event was seen.

    Positions count within an epoch: after a restore the same one may mean another event, so those of a former epoch
    say nothing of what is missing; the pull from 0 has shown which of them are still there.
    """
    if event.epoch < meta(store, "epoch"):
        return
    store.execute("DELETE FROM awaited WHERE position = ?", (event.position,))
    previous, level = event.previous_position, meta(store, "level")
    if previous > level and not _has_position(store, previous, event.epoch):
        store.execute("INSERT OR IGNORE INTO awaited VALUES (?, ?)", (previous, now))
    if previous <= level < event.position:
        set_meta(store, "level", _end_of_chain(store, event.position, event.epoch))


def settle(store: sqlite3.Connection, after: int, through: int) -> None:
    """A pull has shown everything after one position through another: nothing there is awaited any longer."""
    store.execute("DELETE FROM awaited WHERE position > ? AND position <= ?", (after, through))
    if after <= meta(store, "level") < through:
        set_meta(store, "level", through)


def enter_epoch(store: sqlite3.Connection, epoch: int) -> bool:
    """Notes the registry's epoch. After a restore positions may mean other events, so everything is asked for again."""
    known = meta(store, "epoch")
    if epoch <= known:
        return False
    set_meta(store, "epoch", epoch)
    if known == 0:
        return False
    level_anew(store)
    return True


def level_anew(store: sqlite3.Connection) -> None:
    """Everything is to be pulled again, to see what is still there after a restore; whatever was seen so far is forgotten."""
    set_meta(store, "level", 0)
    set_meta(store, "opened", 0)
    store.execute("DELETE FROM awaited")
    store.execute("DELETE FROM shown_again")
    set_meta(store, "levelling", meta(store, "levelling") + 1)


def levelling_due(store: sqlite3.Connection) -> int:
    """Which levelling after a restore is due, counted from 1 on; 0 when none is."""
    turn = meta(store, "levelling")
    return turn if turn > meta(store, "levelled") else 0


def _end_of_chain(store: sqlite3.Connection, position: int, epoch: int) -> int:
    while True:
        row = store.execute(
            "SELECT min(position) FROM inbox WHERE previous_position = ? AND position > ? AND epoch = ?",
            (position, position, epoch),
        ).fetchone()
        if row[0] is None:
            return position
        position = row[0]


def _has_position(store: sqlite3.Connection, position: int, epoch: int) -> bool:
    rows = store.execute("SELECT 1 FROM inbox WHERE position = ? AND epoch = ?", (position, epoch))
    return rows.fetchone() is not None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
