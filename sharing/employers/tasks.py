"""By the clock: signed forms are called in and waited for, the registry hears of employers to look at, results are
recalled as the log grows, employers are told of it, and wrong tries are forgotten. Who asks to be admitted is written to.
"""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.employers import announcing, calling, corresponding, overseeing, recalling, verification


@shared_task(name="sharing.call_in")
def call_in() -> None:
    now = timezone.now()
    calling.call_in(now=now)
    calling.overdue(now=now)
    calling.tell(now=now)


@shared_task(name="sharing.oversee")
def oversee() -> None:
    overseeing.raise_alarms(now=timezone.now())


@shared_task(name="sharing.recall_results")
def recall_results() -> None:
    recalling.walk(now=timezone.now())


@shared_task(name="sharing.announce_recalls")
def announce_recalls() -> None:
    announcing.announce(now=timezone.now())


@shared_task(name="sharing.forget_tries")
def forget_tries() -> None:
    verification.forget_tries(now=timezone.now())


@shared_task(name="sharing.registrations")
def registrations() -> None:
    now = timezone.now()
    corresponding.tell(now=now)
    corresponding.forget(now=now)
