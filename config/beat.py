"""Beat's own look at the clock: where it was set back, nothing waits until the clock has come again to where it was."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from celery.beat import PersistentScheduler

SLEEPS_MOST = 1.0  # seconds: where the clock is set back within a tick, it is seen at the next one

logger = logging.getLogger(__name__)


class Scheduler(PersistentScheduler):
    """Celery's own holds that a task is not due before the moment it ran last, however far that lies ahead."""

    def tick(self, *args: Any, **kwargs: Any) -> float:
        now: datetime = self.app.now()
        ahead = [entry for entry in self.schedule.values() if entry.last_run_at and entry.last_run_at > now]
        if ahead:
            logger.warning("the clock went back: %d tasks had run in a time to come", len(ahead))
            for entry in ahead:
                entry.last_run_at = now
            self.populate_heap()
        seconds: float = super().tick(*args, **kwargs)
        return min(seconds, SLEEPS_MOST)
