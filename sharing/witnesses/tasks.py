"""Witnesses are asked, whenever something is signed and by the clock; the registry hears of what is wrong with the log."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from registry import bell
from sharing.witnesses import alarming, asking


@shared_task(name=bell.COSIGN_TASK)
def ask_witnesses() -> None:
    asking.ask_all(now=timezone.now())


@shared_task(name="sharing.log_alarms")
def watch_the_log() -> None:
    alarming.watch(now=timezone.now())
