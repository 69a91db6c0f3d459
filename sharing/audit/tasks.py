"""By the clock, and at the bell: checks are counted, evidence packs made, and emptied when their days are over."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from registry import agreed_time, key_ages
from sharing.audit import checking, keys_in_use, new_keys, nightly, old_keys, packing

VERIFYING_SECONDS = 4 * 3600  # at most


@shared_task(name=packing.TASK)
def make_packs() -> None:
    packing.make_one(now=timezone.now())


@shared_task(name="sharing.count_checks")
def count_checks() -> None:
    checking.keep_counts(now=timezone.now())


@shared_task(name="sharing.destroy_packs")
def destroy_packs() -> None:
    packing.destroy(now=agreed_time.moment())


@shared_task(name="sharing.note_keys")
def note_keys() -> None:
    now = timezone.now()
    keys_in_use.note_new(now=now)
    key_ages.note(now=now)
    old_keys.tell(now=now)
    new_keys.tell(now=now)


@shared_task(name="sharing.verify_audit", soft_time_limit=VERIFYING_SECONDS, time_limit=VERIFYING_SECONDS + 30)
def verify_the_audit_trail() -> None:
    nightly.verify_if_due(now=timezone.now())
