"""By the clock: a look at what waits."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from config import glancing
from config.schedule import GLANCE_TASK


@shared_task(name=GLANCE_TASK)
def look_at_what_waits() -> None:
    glancing.glance(now=timezone.now())
