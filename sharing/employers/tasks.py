"""By the clock: signed forms are called in and waited for, and the registry hears of employers to look at."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.employers import calling, overseeing


@shared_task(name="sharing.call_in")
def call_in() -> None:
    now = timezone.now()
    calling.call_in(now=now)
    calling.overdue(now=now)
    calling.tell(now=now)


@shared_task(name="sharing.oversee")
def oversee() -> None:
    overseeing.raise_alarms(now=timezone.now())
