"""By the clock: what may be purged is, and records go after their years, tokens and secrets with their end."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from registry import agreed_time
from sharing.retention import expired, months, never_in_force, purging, reviewing


@shared_task(name="sharing.purge")
def purge() -> None:
    now = agreed_time.moment()
    purging.purge(now=now)
    never_in_force.end(now=now)


@shared_task(name="sharing.forget_records")
def forget_records() -> None:
    now = agreed_time.moment()
    purging.forget_records(now=now)
    expired.clear(now=now)


@shared_task(name="sharing.partitions")
def partitions() -> None:
    now = agreed_time.moment()
    months.make(now=now)
    months.drop(now=now)


@shared_task(name="sharing.remind_reviews")
def remind_reviews() -> None:
    reviewing.remind(now=timezone.now())
