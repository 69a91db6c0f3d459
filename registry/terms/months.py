"""Adding years and months to a day as SPC Interpretation, art. 202 does it."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)


def after_months(day: date, months: int) -> date:
    """The same day ``months`` later; whole years first, then the rest.

    Where that month has no such day, its last day; by months, the last day of a month leads to the last day
    (28 February and one month: 31 March), by years it does not (28 February 2023 and one year: 28 February 2024).
    """
    years, rest = divmod(months, 12)
    anniversary = _in_month(day.year + years, day.month, day.day)
    if not rest:
        return anniversary
    index = anniversary.year * 12 + anniversary.month - 1 + rest
    is_last = anniversary.day == monthrange(anniversary.year, anniversary.month)[1]
    return _in_month(index // 12, index % 12 + 1, 31 if is_last else anniversary.day)


def last_day_of(first_day: date, months: int) -> date:
    """The last day of a span whose first day counts: the day before the same day."""
    return after_months(first_day, months) - DAY


def last_day_of_sentence(first_day: date, months: int, credited_days: int = 0) -> date:
    """The last day of a sentence, custody credited; never before its first day (Criminal Law, art. 41, 44, 47)."""
    return max(first_day, last_day_of(first_day, months) - timedelta(days=credited_days))


def _in_month(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))
