"""A worker that is spoken to and hears nothing ends itself, and its supervisor starts it again.

Once its broker was away, Celery's consumer may stand still for ever: the process lives, its pulse is written, and it takes nothing
(celery #8030, #10205). Whoever is idle while messages lie in his queue does not hear. Where others take them all, it is told by being
given nothing for much longer: Redis serves first who has waited for longest, and waits begin anew each second, so of several
workers one may have nothing for a while.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from celery.worker import state

from sharing.delivery import pulses

DEAF = 15.0  # seconds without a task, while messages lie there
# Seconds without one, though others leave none lying, and more for each worker: each minute the clock asks for thirty at once.
PASSED_OVER, PASSED_OVER_BY_EACH = 90.0, 3.0
BEAT_SPEAKS = 8.0  # seconds since its pulse, at most

Clock = Callable[[], float]
Lying = Callable[[], bool | None]


def is_busy() -> bool:
    """Whether tasks are in its hands, and it takes no others for the time being."""
    return bool(state.reserved_requests)


class Hearing:
    """When this worker was last given something. While nobody speaks, or it is busy, it has missed nothing.

    ``lying``: whether messages lie there, None where the broker does not answer.
    """

    def __init__(
        self,
        lying: Lying,
        *,
        busy: Callable[[], bool] = is_busy,
        clock: Clock = time.monotonic,
    ) -> None:
        self._lying, self._busy, self._clock = lying, busy, clock
        self._heard = clock()

    def hear(self, **_sent: Any) -> None:
        self._heard = self._clock()

    def is_deaf(self) -> bool:
        """To be asked every few seconds. Raises django.db.Error while the database is away."""
        if self._busy():
            self.hear()
        heard = self._heard
        silent = self._clock() - heard
        if silent < DEAF:
            return False
        beat, workers = pulses.speaking()
        lying = self._lying()
        if beat is None or beat > BEAT_SPEAKS or lying is None:
            self.hear()
            return False
        is_passed_over = silent > PASSED_OVER + PASSED_OVER_BY_EACH * workers
        return self._heard == heard and (lying or is_passed_over)
