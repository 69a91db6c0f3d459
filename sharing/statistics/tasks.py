"""By the clock, and at the bell: the files of proposed releases are drawn."""

from __future__ import annotations

import time

from celery import shared_task
from django.utils import timezone

from sharing.statistics import drawing

DRAWING_SECONDS = 5  # of one task, which who stops the worker waits for; the next one is at hand


@shared_task(name=drawing.TASK)
def draw_releases() -> None:
    ends = time.monotonic() + DRAWING_SECONDS
    while drawing.draw_one(now=timezone.now()) and time.monotonic() < ends:
        pass
