"""The worker as it is, but for a signal at which it takes nothing any more, as after a broker that was away: all else goes on; and
another at which its loop breaks off, as when the broker has no memory left, while tasks are out that nobody does any more.
"""

from __future__ import annotations

import signal
import time
from typing import Any

from celery.signals import worker_ready

from config.celery import app

__all__ = ["BREAKS", "DEAFENS", "app"]
BREAKS, DEAFENS = signal.SIGUSR1, signal.SIGUSR2
FOR_EVER = 3600  # seconds


@worker_ready.connect
def listen(sender: Any, **_sent: Any) -> None:
    signal.signal(DEAFENS, lambda *_: sender.task_consumer.cancel())
    signal.signal(BREAKS, lambda *_: _break(sender.controller))


def _break(controller: Any) -> None:
    controller.blueprint.join = lambda *_: time.sleep(FOR_EVER)
    raise RuntimeError("no memory left")
