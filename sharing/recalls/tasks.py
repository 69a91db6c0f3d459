"""By the clock: whoever does not confirm becomes somebody's duty."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.recalls import duties


@shared_task(name="sharing.name_duties")
def name_duties() -> None:
    duties.name_missing(now=timezone.now())
