"""The doorbell: tells the outside that the log grew, by the name of a task and nothing else.

Losing a ring loses nothing: a sweep looks at the log every two seconds. So the message expires, is sent once without
retry, and a burst of acts sends one message: whoever finds the bell already rung does not ring again.
"""

from __future__ import annotations

import logging
import math
import time

from celery import current_app
from django.db import connection
from kombu.exceptions import OperationalError

TASK = "sharing.tell"
SIGN_TASK = "registry.checkpoint"
COSIGN_TASK = "sharing.ask_witnesses"
EXPIRES_SECONDS = 10
UNHEARD_SECONDS = 10.0  # for so long after it was not heard it is not rung: whoever acts waits for its time-out once

_unheard_until = -math.inf  # monotonic, of this process

logger = logging.getLogger(__name__)


def ring() -> None:
    """Announce new events. Called after commit; a broker that is away only costs its time-out (settings)."""
    if _first_to_ring():
        send(TASK)


def send(task: str) -> None:
    """One message that says a task's name and nothing else; whoever misses it finds the work by the sweep."""
    global _unheard_until
    if time.monotonic() < _unheard_until:
        return
    try:
        current_app.send_task(task, expires=EXPIRES_SECONDS, ignore_result=True, retry=False)
    except (OperationalError, OSError) as error:
        _unheard_until = time.monotonic() + UNHEARD_SECONDS
        logger.warning("bell not heard: %s; the sweep will find the events", type(error).__name__)


def answer() -> None:
    """The listener came: from now on a new act rings again. Called before the log is read, so no act is missed."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE registry_bell SET rung_at = NULL WHERE id = 1 AND rung_at IS NOT NULL")


def _first_to_ring() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_bell SET rung_at = clock_timestamp() WHERE id = 1 "
            "AND (rung_at IS NULL OR rung_at < clock_timestamp() - interval '1 second')"
        )
        return bool(cursor.rowcount == 1)
