"""A worker reads a sealed file: its rows are kept sealed, the file is destroyed, and of a juvenile's row nothing is kept.

Nothing is locked while the file is read. The import is leased to the worker (``due_at``, pushed on with each block of rows),
and each block is a short transaction that asks first whether the import is still this worker's: a clerk may have stopped it,
or another worker begun anew since the lease ran out. Whoever turns out to have been under 18 from the row itself is left out
before a row is stored (CPL 286; Minors' Law 103); what stands there of the decision goes to its next row.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import transaction

from registry import refused
from registry.actions.acting import today
from registry.errors import Juvenile, ReadingBrokeOff, Refusal
from registry.importing import reading, sealed_file
from registry.importing.columns import OF_DECISION
from registry.importing.deciding import end
from registry.importing.first_look import decision_key, is_juvenile
from registry.importing.reading import Raw
from registry.models import Import, ImportRow, ImportState, RowState
from registry.storing import new_row, store

STORED_AT_ONCE = 500
LEASE = timedelta(seconds=20)  # a block takes less than one
TURNS_MOST = 5
_OF_DECISION = frozenset(each.name for each in OF_DECISION)


class NotOurs(Exception):
    """The import was stopped, destroyed, or taken over by another worker."""


@dataclass
class Before:
    """What the rows read so far say of decisions whose further rows are understood by it. ``imposed_by``: as
    `decision_key`; ``left``: by decision, what a juvenile's row said of it, until the next row of it takes that over.
    """

    imposed_by: dict[str, str] = field(default_factory=dict)
    left: dict[bytes, Raw] = field(default_factory=dict)


@dataclass
class Turn:
    """One worker at one file; ``number`` tells it from whoever had the file before, and has it after. ``begun``: by the
    clock that is never set."""

    import_: Import
    number: int
    taken_at: datetime
    begun: float
    line: int = 0  # the last that was read, the head not counted
    before: Before = field(default_factory=Before)

    @property
    def now(self) -> datetime:
        return self.taken_at + timedelta(seconds=time.monotonic() - self.begun)


def take(import_: Import, now: datetime) -> Turn | None:
    """Lease the locked import, without the rows of whoever died at it. None: too many did, and it is ended."""
    if import_.turn >= TURNS_MOST:
        _refuse(import_, ReadingBrokeOff("file", times=TURNS_MOST), now)
        return None
    import_.rows.all().delete()
    import_.total = import_.wrong = import_.waiting = import_.lines_read = 0
    import_.turn += 1
    import_.begun_at, import_.due_at = now, now + LEASE
    import_.save()
    return Turn(import_, import_.turn, now, time.monotonic())


def read(turn: Turn) -> None:
    """Outside any transaction. What refuses the file on the way ends the import."""
    try:
        _read(turn)
    except NotOurs:
        return
    except Refusal as refusal:
        _end(turn, refusal)


def put_off(turn: Turn, wait: timedelta) -> None:
    """For a turn that failed: the next one begins when this time has passed."""
    ours = Import.objects.filter(pk=turn.import_.pk, state=ImportState.READING, turn=turn.number)
    ours.update(due_at=turn.now + wait, begun_at=None)


def _read(turn: Turn) -> None:
    raws = reading.read(sealed_file.whole(turn.import_))
    court, day = turn.import_.court.code, today(turn.taken_at)
    rows = (_row(turn, raw, court, day) for raw in raws)
    while block := list(islice(rows, STORED_AT_ONCE)):
        _keep(turn, block)
    with _held(turn) as import_:
        _finish(import_, turn)


@contextmanager
def _held(turn: Turn) -> Iterator[Import]:
    """The import, locked for a moment and saved with its lease pushed on. NotOurs."""
    with transaction.atomic():
        ours = Import.objects.select_for_update(of=("self",), no_key=True)
        import_ = ours.filter(pk=turn.import_.pk, state=ImportState.READING, turn=turn.number).first()
        if import_ is None:
            raise NotOurs
        import_.due_at, import_.lines_read = turn.now + LEASE, turn.line
        yield import_
        import_.save()


def _keep(turn: Turn, block: list[ImportRow]) -> None:
    with _held(turn) as import_:
        store(block)
        wrong = sum(row.state == RowState.WRONG for row in block)
        import_.total += len(block)
        import_.wrong += wrong
        import_.waiting += len(block) - wrong


def _finish(import_: Import, turn: Turn) -> None:
    """The next worker may check it at once: what is due is told by when a worker began, and not by when it ends."""
    sealed_file.destroy(import_)
    import_.state, import_.due_at = ImportState.CHECKING, turn.taken_at
    import_.begun_at, import_.begun_with, import_.failures = turn.now, import_.wrong, 0
    import_.keep_until = import_.uploaded_at + timedelta(hours=settings.REGISTRY_IMPORT_HOURS)


def _end(turn: Turn, refusal: Refusal) -> None:
    try:
        with _held(turn) as import_:
            _refuse(import_, refusal, turn.now)
    except NotOurs:
        return


def _refuse(import_: Import, refusal: Refusal, now: datetime) -> None:
    import_.unreadable = refused.kept(refusal)
    end(import_, ImportState.UNREADABLE, now=now)


def _row(turn: Turn, raw: Raw, court: str, day: date) -> ImportRow:
    turn.line = raw.row - 1
    row = new_row(ImportRow, of_import=turn.import_, row=raw.row)
    key = decision_key(raw.cells, court, day, turn.before.imposed_by)
    left = turn.before.left.pop(key, None)
    raw = raw if left is None else _with_left(raw, left)
    if is_juvenile(raw.cells, day):
        turn.before.left[key] = _of_decision_alone(raw)
        row.state, row.fault_count = RowState.WRONG, 1
        row.faults = [refused.kept(Juvenile())]
        return row
    told = list(_told(raw))
    row.key = key
    row.cells = {**raw.cells, "!": told} if told else raw.cells
    return row


def _of_decision_alone(raw: Raw) -> Raw:
    """What may stand in the first row of a decision alone, and nothing of the person."""
    cells = {name: said for name, said in raw.cells.items() if name in _OF_DECISION}
    return Raw(raw.row, cells, [each for each in raw.faults if each[0] in _OF_DECISION])


def _with_left(raw: Raw, left: Raw) -> Raw:
    """What the row says itself stands."""
    own = raw.cells.keys() | {name for name, _why in raw.faults}
    faults = [each for each in left.faults if each[0] not in own]
    cells = {name: said for name, said in left.cells.items() if name not in own}
    return Raw(raw.row, {**cells, **raw.cells}, [*raw.faults, *faults])


def _told(raw: Raw) -> Iterator[refused.Kept]:
    return (refused.kept(refusal, column) for column, refusal in raw.faults)
