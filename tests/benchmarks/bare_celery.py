"""Celery as it comes, with one task a second that does nothing: what a worker and beat cost in any case."""

from __future__ import annotations

import os

from celery import Celery

app = Celery("bare", broker=os.environ["REDIS_URL"], set_as_current=False)
app.conf.task_default_queue = "bare"  # beside the product's, on the same broker
app.conf.beat_schedule = {"nothing": {"task": "bare.nothing", "schedule": 1.0}}
app.conf.task_ignore_result = True


@app.task(name="bare.nothing")
def nothing() -> None:
    """So that whatever time is measured is Celery's."""
