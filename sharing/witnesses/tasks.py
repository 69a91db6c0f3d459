"""By the clock: witnesses are asked, and the registry hears of what is wrong with the log."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.witnesses import alarming, asking


@shared_task(name="sharing.ask_witnesses")
def ask_witnesses() -> None:
    asking.ask_all(now=timezone.now())


@shared_task(name="sharing.log_alarms")
def watch_the_log() -> None:
    alarming.watch(now=timezone.now())
