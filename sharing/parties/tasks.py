"""By the clock: holders are reminded of keys that end, and owners told of calls that were refused."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sharing.parties import refused_calls, reminding


@shared_task(name="sharing.mind_keys")
def mind_keys() -> None:
    now = timezone.now()
    reminding.remind(now=now)
    refused_calls.tell(now=now)
    refused_calls.forget(now=now)
