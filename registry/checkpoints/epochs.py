"""A new epoch: after a restore from a backup the log goes on under another origin, by an operator's word."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from registry.checkpoints import guard, signing
from registry.errors import EpochNeedsReason, LogGoesOn
from registry.models import Halt, LogEpoch, LogHead

REASON_LEAST = 8


def open_epoch(*, because: str, now: datetime) -> LogEpoch:
    """The epoch after every one that was signed in. Refusals: EpochNeedsReason, LogGoesOn."""
    if len(because.strip()) < REASON_LEAST:
        raise EpochNeedsReason("because")
    with transaction.atomic():
        signing.wait_for_turn()
        head = LogHead.objects.select_for_update().get()
        if head.halted in ("", Halt.BROKEN):
            raise LogGoesOn
        head.epoch, head.halted, head.seen_elsewhere = _next(head.epoch), "", 0
        head.save()
        opened = LogEpoch(
            number=head.epoch, size=head.size, opened_at=now, because=because.strip(), lost_note=guard.text()
        )
        opened.save()
        signing.take_all(head, now=now)
    return opened


def _next(epoch: int) -> int:
    try:
        kept = guard.read()
    except guard.GuardUnreadable:
        kept = None
    return max(epoch, kept[0] if kept else 0) + 1
