"""The worker as it is, but for a signal at which it takes nothing any more, as after a broker that was away: all else goes on."""

from __future__ import annotations

import signal
from typing import Any

from celery.signals import worker_ready

from config.celery import app

__all__ = ["DEAFENS", "app"]
DEAFENS = signal.SIGUSR2


@worker_ready.connect
def listen(sender: Any, **_sent: Any) -> None:
    signal.signal(DEAFENS, lambda *_: sender.task_consumer.cancel())
