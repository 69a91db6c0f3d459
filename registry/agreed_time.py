"""The time by which something takes effect, ends or is destroyed by the clock: what nobody can take back.

A host whose clock was set a year ahead would, within its first minute, put in force what is not, end what is, and destroy what is to be
kept for that year. So it does none of that before its clock and the database's agree.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

# Far more than hosts may differ by (docs/operating.md), for what stands still harms as well; and less than any day of the law.
APART_MOST = timedelta(hours=1)


class ClocksDiffer(Exception):
    """Which of the two is wrong nobody can tell from here."""


def moment() -> datetime:
    """Now. Raises ClocksDiffer where this host's clock and the database's are more than `APART_MOST` apart."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        ahead = time.time() - cursor.fetchone()[0]
    if abs(ahead) > APART_MOST.total_seconds():
        raise ClocksDiffer(
            f"this host's clock is {ahead:+.0f} s from the database's: nothing takes effect, ends or is destroyed by it;"
            " put the wrong one right (docs/runbook.md, RegistryClockWrong)"
        )
    return timezone.now()
