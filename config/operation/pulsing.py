"""Beat and workers say that they live (`sharing.delivery.pulses`): connected by `config.celery` in their processes alone."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from celery.signals import before_task_publish, task_success
from django.db import Error, close_old_connections, connection

from config.operation.hearing import Hearing
from config.schedule import MAY_TAKE
from sharing.delivery import pulses

EVERY = 5.0  # seconds, of a worker
SAID_AGAIN = 240.0  # seconds, by one process of one task that goes by the clock
LEAVES = 20.0  # seconds in which a worker with nothing to do ends
BROKEN_LEAVES = 5.0  # seconds in which one ends that broke off

logger = logging.getLogger(__name__)


def ask_beat() -> None:
    """Whenever it asks for a sweep, whether the broker takes it or not."""
    before_task_publish.connect(_beat_asked, sender=pulses.SWEEP_TASK, weak=False, dispatch_uid="beat_pulse")


def tell_what_is_done() -> None:
    """By the processes of a worker, which begin with what its first one was told: before there are any."""
    task_success.connect(Done(), weak=False, dispatch_uid="tasks_done")


class Done:
    """What goes by the clock and came to its end, each said now and then."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._said: dict[str, float] = {}

    def __call__(self, sender: Any, **_sent: Any) -> None:
        name, now = str(sender.name), self._clock()
        if name not in MAY_TAKE or now - self._said.get(name, -SAID_AGAIN) < SAID_AGAIN:
            return
        if _without_fail(lambda: pulses.done(name)):
            self._said[name] = now


class WorkerPulse(threading.Thread):
    """In the worker's first process, beside its loop: that one stands still while the broker is away.

    ``broke_off``: whether the loop ended by an error that Celery cannot get over.
    """

    def __init__(self, host: str, hearing: Hearing, broke_off: Callable[[], bool]) -> None:
        super().__init__(name="pulse", daemon=True)
        self.host = host
        self.hearing = hearing
        self.broke_off = broke_off
        self._ended = threading.Event()

    def run(self) -> None:
        """A connection for each pulse: none is open when the worker forks."""
        is_awaited = False
        while True:
            _without_fail(lambda: pulses.mark("worker", self.host))
            is_awaited = is_awaited or _without_fail(lambda: pulses.await_tasks(tuple(MAY_TAKE)))
            self._leave_if_broken()
            _without_fail(self._leave_if_deaf)
            connection.close()
            if self._ended.wait(EVERY):
                return

    def _leave_if_broken(self) -> None:
        """Celery then stops as if it were asked to, and may wait for ever for tasks that nobody does any more."""
        if self.broke_off() and not self._ended.wait(BROKEN_LEAVES):
            logger.critical("this worker broke off and does not come to its end: it is killed")
            os.kill(os.getpid(), signal.SIGKILL)

    def _leave_if_deaf(self) -> None:
        """It is asked to end as by who stops it; and where it does not hear that either, it is killed."""
        if not self.hearing.is_deaf():
            return
        logger.critical("nothing is heard of the broker, though it answers and beat speaks: this worker ends")
        os.kill(os.getpid(), signal.SIGTERM)
        if not self._ended.wait(LEAVES):
            os.kill(os.getpid(), signal.SIGKILL)

    def end(self) -> None:
        """It was stopped, and did not die."""
        self._ended.set()
        self.join(EVERY)
        _without_fail(lambda: pulses.forget("worker", self.host))
        connection.close()


def _beat_asked(**_sent: Any) -> None:
    close_old_connections()
    _without_fail(lambda: pulses.mark("beat"))


def _without_fail(mark: Callable[[], None]) -> bool:
    """Whether it was written. A process whose pulse is not written does its work all the same, and is missed by who looks."""
    try:
        mark()
    except Error as error:
        logger.warning("the pulse was not written: %s", type(error).__name__)
        return False
    return True
