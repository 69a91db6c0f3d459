"""Imports go on by the clock: the one that waits longest is read, or its next chunk taken; what was kept long enough ends."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import OperationalError, transaction
from django.db.models import QuerySet
from psycopg.errors import LockNotAvailable

from registry import refused
from registry.errors import LogHalted, NotReadInTime, Refusal
from registry.importing import one_by_one, reading_in
from registry.importing.checking import check_chunk
from registry.importing.deciding import end
from registry.importing.uploading import UNREAD_HOURS
from registry.importing.writing import Ahead, look_ahead, write_chunk
from registry.models import Import, ImportState
from registry.models.imports import GOING_ON, OPEN

AGAIN = timedelta(minutes=1)  # after a chunk that failed
logger = logging.getLogger(__name__)


def go_on(*, now: datetime) -> bool:
    """Read the file of the import that waits longest, or take its next rows. False: none is due that nobody else is at.

    What fails is tried again in a minute, and keeps no other import waiting; where it fails again and again, its decisions
    are taken one by one, and those that cannot be taken are wrong.
    """
    import_id, turn = None, None
    try:
        with transaction.atomic():
            import_ = _next(now)
            if import_ is not None:
                import_id = import_.pk
                turn = _step(import_, now)
        if import_ is None:
            import_id = _written_by_another(now)
            return import_id is not None and _go_ahead_if_in_time(import_id, now)
        if turn is not None:
            reading_in.read(turn)
    except Exception as error:
        if import_id is None:
            raise
        # No words of the error: a database repeats rows in them.
        logger.error("import %s: rows were not taken: %s", import_id, type(error).__name__)
        if turn is not None:
            reading_in.put_off(turn, AGAIN)
        else:
            _put_off(import_id, error, now)
    return import_id is not None


def _put_off(import_id: UUID, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        ours = Import.objects.select_for_update(of=("self",), no_key=True)
        import_ = ours.filter(pk=import_id, state__in=GOING_ON).first()
        if import_ is not None:
            import_.due_at, import_.failures = now + AGAIN, one_by_one.failed(import_, error)
            import_.save()


def is_due(now: datetime) -> bool:
    """Somebody may be at it already."""
    return _due(now).exists()


def destroy(*, now: datetime) -> int:
    """End what was kept for as long as it may be; the number of imports. Of what was being written until then, what is written stays."""
    count = 0
    late = Import.objects.filter(state__in=OPEN, keep_until__lte=now)
    for import_id in late.values_list("pk", flat=True):
        with transaction.atomic():
            ours = Import.objects.select_for_update(of=("self",), skip_locked=True, no_key=True)
            import_ = ours.filter(pk=import_id, state__in=OPEN, keep_until__lte=now).first()
            if import_ is not None:
                _expire(import_, now)
                count += 1
    return count


def seconds_left(import_: Import, now: datetime) -> float | None:
    """About how long it still takes, at the pace since it began; None where nobody can tell."""
    before = 0 if import_.state == ImportState.READING else import_.begun_with
    done = settled(import_) - before
    if import_.state not in GOING_ON or import_.begun_at is None or done <= 0:
        return None
    return (now - import_.begun_at).total_seconds() / done * to_do(import_)


def settled(import_: Import) -> int:
    return in_all(import_) - to_do(import_)


def in_all(import_: Import) -> int:
    """Of a file that is being read as it was counted at the upload; rows that its numbers leave out may make it more."""
    return max(import_.lines, import_.lines_read) if import_.state == ImportState.READING else import_.total


def to_do(import_: Import) -> int:
    if import_.state == ImportState.READING:
        return in_all(import_) - import_.lines_read
    return import_.sound if import_.state == ImportState.WRITING else import_.waiting


def _due(now: datetime) -> QuerySet[Import]:
    return Import.objects.filter(due_at__lte=now, state__in=GOING_ON)


def _next(now: datetime) -> Import | None:
    due = _due(now).select_related("court")
    if Import.objects.filter(state=ImportState.READING, begun_at__isnull=False, due_at__gt=now).exists():
        due = due.exclude(state=ImportState.READING)  # one file at a time: other workers have all else to do
    return due.select_for_update(of=("self",), skip_locked=True, no_key=True).order_by("due_at").first()


def _written_by_another(now: datetime) -> UUID | None:
    due = Import.objects.filter(due_at__lte=now, state=ImportState.WRITING).order_by("due_at")
    return due.values_list("pk", flat=True).first()


def _go_ahead_if_in_time(import_id: UUID, now: datetime) -> bool:
    """As `_go_ahead`; False, too, where its turn did not come in time."""
    try:
        return _go_ahead(import_id, now)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise


def _go_ahead(import_id: UUID, now: datetime) -> bool:
    """The chunk after the one that another worker is at is opened meanwhile, and written once that one is through. By one
    worker, so that no more of them wait. False: there is nothing to be done so.
    """
    imports = Import.objects.select_related("court").filter(pk=import_id, state=ImportState.WRITING)
    with transaction.atomic():
        import_ = imports.first()
        ahead = look_ahead(import_, now) if import_ is not None else None
        if ahead is None:
            return False
        import_ = imports.select_for_update(of=("self",), no_key=True).first()
        if import_ is None:
            return False
        import_.due_at = now
        _write(import_, now, ahead)
        import_.failures = 0
        import_.save()
    return True


def _step(import_: Import, now: datetime) -> reading_in.Turn | None:
    """The next chunk of the locked import; or whose turn it is to read its file, once this transaction is through."""
    if import_.state == ImportState.READING:
        return reading_in.take(import_, now)
    import_.due_at = now
    if import_.state == ImportState.CHECKING:
        check_chunk(import_, now)
    else:
        _write(import_, now)
    import_.failures = 0
    import_.save()
    return None


def _expire(import_: Import, now: datetime) -> None:
    if import_.state != ImportState.READING:
        end(import_, ImportState.EXPIRED, now=now)
        return
    import_.unreadable = refused.kept(NotReadInTime("file", hours=UNREAD_HOURS))
    end(import_, ImportState.UNREADABLE, now=now)


def _write(import_: Import, now: datetime, ahead: Ahead | None = None) -> None:
    """An officer who has left the court since approves nothing any more: the import ends, and what was written stays.

    While the log is halted, it waits (LogHalted).
    """
    try:
        write_chunk(import_, now, ahead)
    except LogHalted:
        raise
    except Refusal as refusal:
        logger.error("import %s ends: %s", import_.pk, refusal.code)
        end(import_, ImportState.STOPPED, now=now)
