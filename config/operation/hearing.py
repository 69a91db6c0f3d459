"""A worker that is spoken to and hears nothing ends itself, and its supervisor starts it again.

Once its broker was away, Celery's consumer may stand still for ever: the process lives, its pulse is written, and it takes nothing
(celery #8030, #10205). Beat asks for several tasks a second, so whoever is idle and is given none for long does not hear.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery.worker import state

from config.operation.doorbell import broker_answers
from sharing.delivery import pulses

DEAF = 15.0  # seconds without a task, and one more for each worker, since they share what comes
BEAT_SPEAKS = 8.0  # seconds since its pulse, at most

Clock = Callable[[], float]


def is_busy() -> bool:
    """Whether tasks are in its hands, and it takes no others for the time being."""
    return bool(state.reserved_requests)


class Hearing:
    """When this worker was last given something. While nobody speaks, or it is busy, it has missed nothing."""

    def __init__(
        self,
        *,
        busy: Callable[[], bool] = is_busy,
        speaks: Callable[[], bool] = broker_answers,
        clock: Clock = time.monotonic,
    ) -> None:
        self._busy, self._speaks, self._clock = busy, speaks, clock
        self._heard = clock()

    def hear(self, **_sent: Any) -> None:
        self._heard = self._clock()

    def is_deaf(self) -> bool:
        """To be asked every few seconds. Raises django.db.Error while the database is away."""
        if self._busy():
            self.hear()
        silent = self._clock() - self._heard
        if silent < DEAF:
            return False
        beat, workers = pulses.speaking()
        if beat is None or beat > BEAT_SPEAKS or not self._speaks():
            self.hear()
            return False
        return silent > DEAF + workers
