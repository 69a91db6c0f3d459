"""Working days in China: weekends, public holidays, make-up Saturdays and Sundays, and days the court added.

Source: the yearly notice of the General Office of the State Council, as the package `holidays` carries it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, lru_cache

from holidays import country_holidays

_DAY = timedelta(days=1)
_SATURDAY = 5
_NEXT_YEARS = (12, 29)


@cache
def announced_through() -> int:
    """The last year whose notice the installed package holds. Asked late: it reads the calendars of 250 countries."""
    year: int = max(country_holidays("CN").special_public_holidays)
    return year


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """Which days are worked. A day that the court added wins over the notice."""

    extra_holidays: frozenset[date] = frozenset()
    extra_workdays: frozenset[date] = frozenset()
    announced_through: int = field(default_factory=announced_through)

    def is_working(self, day: date) -> bool:
        if day in self.extra_workdays:
            return True
        if day in self.extra_holidays:
            return False
        free, made_up = _notice(day.year)
        return day in made_up or (day.weekday() < _SATURDAY and day not in free)

    def next_working(self, day: date) -> date:
        """The day itself if it is worked, else the first one after it that is."""
        while not self.is_working(day):
            day += _DAY
        return day

    def add_working_days(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day``, which does not count itself; with 0 the day itself."""
        for _ in range(number):
            day = self.next_working(day + _DAY)
        return day

    def back_working_days(self, day: date, number: int) -> date:
        """The ``number``-th working day before ``day``, which does not count itself."""
        for _ in range(number):
            day -= _DAY
            while not self.is_working(day):
                day -= _DAY
        return day

    def provisional(self, day: date) -> bool:
        """Whether the notice that says it of this day is not out yet: the statutory days are known, the shifted ones are not."""
        return year_of_notice(day) > self.announced_through


def year_of_notice(day: date) -> int:
    """Whose notice says whether the day is worked: of the last days of December next year's, for the holiday of New Year
    may begin with them (2018-12-31, with the Saturday before made up for it; 2011-12-31 was a make-up day).
    """
    return day.year + ((day.month, day.day) >= _NEXT_YEARS)


@lru_cache(maxsize=128)
def _notice(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Public holidays and make-up working days of one year."""
    china = country_holidays("CN", years=year)
    return frozenset(china), frozenset(china.weekend_workdays)
