"""Results are recalled as the log grows, employers are told of it, and wrong tries are forgotten."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.employers import announcing, recalling, verification


@shared_task(name="sharing.recall_results")
def recall_results() -> None:
    recalling.walk(now=timezone.now())


@shared_task(name="sharing.announce_recalls")
def announce_recalls() -> None:
    announcing.announce(now=timezone.now())


@shared_task(name="sharing.forget_tries")
def forget_tries() -> None:
    verification.forget_tries(now=timezone.now())
