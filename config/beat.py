"""Beat's own looks: at the clock, for where it was set back nothing waits until it has come again to where it was; and at what
comes often, for mostly nobody need be asked for it.
"""

from __future__ import annotations

import logging
import math
import time
from datetime import datetime
from typing import Any

from celery.beat import PersistentScheduler, ScheduleEntry
from django.db import Error, connection
from django.utils.module_loading import import_string

from config.schedule import LOOKED_AT_FIRST

# Celery's own looks again at once, thousands of times a minute, for the last hundredth of a second before something is due.
SLEEPS_LEAST = 0.01
SLEEPS_MOST = 1.0  # seconds: where the clock is set back within a tick, it is seen at the next one

logger = logging.getLogger(__name__)


class Scheduler(PersistentScheduler):
    """Celery's own holds that a task is not due before the moment it ran last, however far that lies ahead."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._asked = False  # for something, in the present tick
        self._sent: dict[str, float] = {}  # when, by a clock that nobody sets
        super().__init__(*args, **kwargs)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        self._asked, task = True, str(entry.task)
        if self._is_spared(task):
            return
        self._sent[task] = time.monotonic()
        super().apply_entry(entry, producer=producer)

    def _is_spared(self, task: str) -> bool:
        """A look that fails spares nobody."""
        if task not in LOOKED_AT_FIRST:
            return False
        is_due, at_least = LOOKED_AT_FIRST[task]
        if time.monotonic() - self._sent.get(task, -math.inf) >= at_least.total_seconds():
            return False
        try:
            return not import_string(is_due)()
        except Error as error:
            connection.close()
            logger.warning("it was not seen whether %s has something to do: %s", task, type(error).__name__)
            return False

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now: datetime = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        if ahead:
            logger.warning("the clock went back: %d tasks had run in a time to come", len(ahead))
            for entry in ahead:
                entry.last_run_at = now
            self.populate_heap()
        self._asked = False
        seconds: float = super().tick(*args, **kwargs)
        return 0.0 if self._asked else min(max(seconds, SLEEPS_LEAST), SLEEPS_MOST)
