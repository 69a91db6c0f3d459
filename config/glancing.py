"""One look at whatever waits seldom, in place of a message to each: most of the time nothing of it has anything to do."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import Error
from django.utils.module_loading import import_string

from config.schedule import AT_A_GLANCE
from registry import bell

logger = logging.getLogger(__name__)


def glance(*, now: datetime) -> None:
    """Ask for each task that has something to do. One that cannot be told is left to its own time, and stops no other."""
    for task, is_due in AT_A_GLANCE.items():
        try:
            due = import_string(is_due)(now)
        except Error as error:
            logger.error("it was not seen whether %s has something to do: %s", task, type(error).__name__)
        else:
            if due:
                bell.send(task)
