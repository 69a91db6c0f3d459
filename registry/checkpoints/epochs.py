"""A new epoch: after a restore from a backup the log goes on under another origin, by an operator's word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry.checkpoints import guard, signing
from registry.errors import EpochNeedsReason, LogGoesOn
from registry.models import Halt, LogEpoch, LogHead
from registry.tree.checkpoints import Checkpoint
from registry.turns import Lock, wait_for

REASON_LEAST = 8


class EpochsUnknown(Exception):
    """What was signed last is not to be seen from here, so that an epoch might be opened for the second time."""


def open_epoch(*, because: str, now: datetime, after: int = 0, seen: int = 0) -> LogEpoch:
    """The epoch after every one that was signed in. ``after``: the newest one that is known outside, where the guard cannot tell.
    ``seen``: how many events the newest checkpoint of it covers. Both together end a log that goes on, if it has less.

    Refusals: EpochNeedsReason, LogGoesOn. Raises EpochsUnknown; signing.Halted where an event is missing; OSError where the
    guard cannot be read or written.
    """
    if len(because.strip()) < REASON_LEAST:
        raise EpochNeedsReason("because")
    if not _is_behind(LogHead.objects.get(), after, seen):
        _look(now)
    with transaction.atomic():
        wait_for(Lock.CHECKPOINTS)
        head = LogHead.objects.select_for_update().get()
        if head.halted == Halt.BROKEN or not (head.halted or _is_behind(head, after, seen)):
            raise LogGoesOn
        known = seen if _is_behind(head, after, seen) else 0
        head.epoch, head.halted, head.seen_elsewhere = _next(head, after), "", 0
        head.save()
        opened = LogEpoch(
            number=head.epoch,
            size=head.size,
            opened_at=now,
            because=because.strip(),
            lost_note=guard.text(),
            seen_elsewhere=known,
        )
        opened.save()
        signing.take_all(head, now=now)
    return opened


def _is_behind(head: LogHead, after: int, seen: int) -> bool:
    """Whether epoch and size of what is known outside are beyond this log: nothing more is signed in its epoch."""
    return seen > 0 and (after, seen) > (head.epoch, head.size)


def _look(now: datetime) -> None:
    """Where no process has run since the database came back, nobody has compared it with the guard."""
    if not LogHead.objects.get().halted and _kept() is not None:
        signing.sign(now=now)


def _next(head: LogHead, after: int) -> int:
    """Raises EpochsUnknown: one origin would have two histories."""
    kept = _kept()
    if not after and (kept is None or not _tells(head, *kept)):
        raise EpochsUnknown
    return max(head.epoch, kept[0] if kept else 0, after) + 1


def _tells(head: LogHead, epoch: int, signed: Checkpoint) -> bool:
    """Whether this guard is the one that halted the log, and so knows of every epoch. One that was restored with the database
    does not, nor does the file of a host that does not sign.
    """
    if head.halted == Halt.OLDER:
        return epoch > head.epoch or signed.size > head.size
    return bool(head.halted == Halt.FORKED)


def _kept() -> tuple[int, Checkpoint] | None:
    try:
        return guard.read()
    except guard.GuardUnreadable:
        return None
