"""One event, applied to the list.

Arrivals may be out of order: lanes run side by side, a pull repairs a gap late, a suspension overtakes. Each part of
a listing (the whole, its standing, its statement) therefore carries the (epoch, version) that last set it, and an
event sets only parts that it is later than. So every order of arrival ends with the same list.
"""

from __future__ import annotations

import sqlite3

from sharing.receiver import log_records, onward, records
from sharing.receiver.events import STATED, WHOLE, WITHDRAWN, Event
from sharing.receiver.log_records import Committed
from sharing.receiver.records import NEVER, Entry

_PART_OF_FIELD = {"state": "standing", "flags": "standing", "statement": "statement"}


def parts_set_by(kind: str) -> tuple[str, ...]:
    """Which parts of a listing an event of this type sets."""
    if kind in WHOLE:
        return ("whole", "standing", "statement")
    return ("statement",) if kind == STATED else ("standing",)


def merged(entry: Entry, event: Event) -> Entry:
    """The listing after the event; the very same entry when the event says nothing new."""
    newer = {part for part in parts_set_by(event.type) if event.mark > entry.marks.get(part, NEVER)}
    if not newer:
        return entry
    kept = {name: value for name, value in entry.listing.items() if _part_of(name) not in newer}
    told = {name: value for name, value in event.listing.items() if _part_of(name) in newer}
    marks = {**entry.marks, **dict.fromkeys(newer, event.mark)}
    version = max(marks.values())[1]
    return Entry({**kept, **told, "number": event.number, "version": version}, marks)


def apply(store: sqlite3.Connection, event: Event, *, source: str, now: int) -> str:
    """Applies one event inside the writer's transaction and returns the outcome; an event seen before changes nothing.

    ``source`` is push or pull; ``now`` is unix milliseconds.
    """
    if records.is_seen(store, event.id):
        return "repeated"
    records.enter_epoch(store, event.epoch)
    if source == "push" and event.epoch < records.meta(store, "epoch") and not event.trial:
        records.level_anew(store)  # the restore may have lost it: only a pull tells
    outcome = _outcome(store, event, now)
    records.note_seen(store, event, outcome, source, now)
    _keep_commitment(store, event)
    records.follow(store, event, now)
    return outcome


def refuse(store: sqlite3.Connection, event: Event, *, now: int) -> None:
    """Keeps the position of a pulled event that cannot be read, and tells the registry so."""
    if records.is_seen(store, event.id):
        return
    records.note_seen(store, event, "refused", "pull", now)
    _keep_commitment(store, event)
    records.promise_receipt(store, event.id, "refused", now, note="the event could not be read")
    records.follow(store, event, now)


def _keep_commitment(store: sqlite3.Connection, event: Event) -> None:
    if event.commitment is not None and not event.trial:
        committed = Committed(event.id, event.epoch, event.position, event.commitment)
        log_records.keep_commitment(store, committed)


def _outcome(store: sqlite3.Connection, event: Event, now: int) -> str:
    if event.stub:
        return "stub"
    if not event.understood:
        return "unknown"
    if event.type == WITHDRAWN:
        return _withdraw(store, event, now)
    return _update(store, event, now)


def _withdraw(store: sqlite3.Connection, event: Event, now: int) -> str:
    if event.mark <= records.entry(store, event.number).latest:
        # Told again since: what that withdrawal asked for was replaced, and the court waits for just this word.
        records.promise_receipt(store, event.id, "purged", now, note="a later version is held", ready=False)
        return "superseded"
    later = event.mark > records.tombstone(store, event.number)
    copies = records.strike(store, event.number, event.mark, now) if later else 0
    if later:  # institutions confirm the last withdrawal, which takes back all that the others do
        onward.recall(store, event.number, event.id)
    records.promise_receipt(store, event.id, "purged", now, copies=copies, ready=False)
    return "applied" if later else "superseded"


def _update(store: sqlite3.Connection, event: Event, now: int) -> str:
    entry = records.entry(store, event.number)
    after = merged(entry, event)
    if after is entry or event.mark <= records.tombstone(store, event.number):
        return _superseded(store, event, now)
    is_latest = event.mark >= after.latest
    records.keep(store, event.number, after, event.measures if is_latest else None)
    if is_latest and event.onward:
        records.set_rule(store, event.number, event.onward)
    records.promise_receipt(store, event.id, "applied", now, copies=1)
    return "applied"


def _superseded(store: sqlite3.Connection, event: Event, now: int) -> str:
    records.promise_receipt(store, event.id, "applied", now, note="a later version is held")
    return "superseded"


def _part_of(name: str) -> str:
    return _PART_OF_FIELD.get(name, "whole")
