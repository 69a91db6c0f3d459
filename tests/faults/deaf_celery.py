"""The worker as it is, but for a signal at which it takes nothing any more, as after a broker that was away: all else goes on; and
another at which its loop breaks off, as when the broker has no memory left, while tasks are out that nobody does any more.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from typing import Any

from celery.signals import worker_ready

from config.celery import app

__all__ = ["BREAKS", "DEAFENS", "app"]
BREAKS, DEAFENS = signal.SIGUSR1, signal.SIGUSR2
FOR_EVER = 3600  # seconds


@worker_ready.connect
def listen(sender: Any, **_sent: Any) -> None:
    """Between two turns of its loop: much of what a turn calls takes an error of any kind for its own, and goes on."""
    controller = sender.controller
    _at(DEAFENS, lambda: sender.task_consumer.cancel(), sender.hub.on_tick)
    _at(BREAKS, lambda: _break(controller), sender.hub.on_tick)


def _at(number: signal.Signals, act: Callable[[], None], ticks: set[Callable[[], None]]) -> None:
    signal.signal(number, lambda *_: ticks.add(act))


def _break(controller: Any) -> None:
    controller.blueprint.join = lambda *_: time.sleep(FOR_EVER)
    raise RuntimeError("no memory left")
