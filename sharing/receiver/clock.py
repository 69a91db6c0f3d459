"""The wall clock, in the unit of every time in the store."""

from __future__ import annotations

import datetime
import time

_BEIJING = datetime.timezone(datetime.timedelta(hours=8))


def court_day() -> str:
    """The court's calendar day, as the messages write days."""
    return datetime.datetime.now(_BEIJING).date().isoformat()


def now_ms() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


def utc_text(moment: int) -> str:
    """RFC 3339, to the millisecond, of unix milliseconds."""
    at = datetime.datetime.fromtimestamp(moment / 1000, datetime.UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
