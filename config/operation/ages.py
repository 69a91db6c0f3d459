"""How long ago something was, in seconds, never below none: clocks of two hosts differ by some."""

from __future__ import annotations

from datetime import datetime


def age(moment: datetime | None, now: datetime) -> float | None:
    """None: there is nothing to be old."""
    return None if moment is None else passed(moment, now)


def passed(moment: datetime, now: datetime) -> float:
    return round(max(0.0, (now - moment).total_seconds()), 3)
