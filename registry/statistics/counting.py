"""The court's figures of a period, from what was counted last (`registry.statistics.tallying`).

Small numbers are in what this returns: it is for the court alone (`sharing.statistics` protects them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum
from django.utils import timezone

from registry import codes
from registry.models import Tally, TallyTaken
from registry.statistics.bases import BASES
from registry.statistics.figures import FIGURES
from registry.statistics.shapes import Table, base, cell, figure
from registry.statistics.tables import TABLES
from registry.statistics.tallying import is_current, tally

WITHOUT_SECTOR = "none"


@dataclass(frozen=True)
class Period:
    """Both days belong to it."""

    begins: date
    ends: date

    @property
    def years(self) -> list[str]:
        """The calendar years of which it has days."""
        return [str(year) for year in range(self.begins.year, self.ends.year + 1)]


@dataclass(frozen=True)
class Counts:
    """``numbers``: every number by its name (`registry.statistics.shapes`); ``rows``: table → its rows, in their order;
    ``hidden``: how many listings were sealed by then.
    """

    period: Period
    counted_at: datetime
    numbers: Mapping[str, int]
    rows: Mapping[str, tuple[str, ...]]
    hidden: int


def count(period: Period, *, now: datetime) -> Counts:
    """Every number of the period; not what is counted of the moment, with what the book does not know (`sharing.statistics.reach`).

    As the book was when it was counted last; if it never was, or somebody was sealed since, or the period has only ended since,
    it is now.
    """
    taken = TallyTaken.objects.first()
    if taken is None or not is_current(taken) or _has_ended(period, taken.at, now):
        taken = tally(now=now)
    found = Counter(_of_period(period))
    found.update(_sectors(found))
    rows = {table.name: tuple(_rows(table, period, found)) for table in TABLES}
    numbers = {name: found[name] for name in _names(rows)} | _figures(found)
    return Counts(period, taken.at, numbers, rows, taken.hidden)


def _has_ended(period: Period, since: datetime, now: datetime) -> bool:
    """Whether its last day, by the court's clock, is over now and was not then."""
    return timezone.localdate(since) <= period.ends < timezone.localdate(now)


def _of_period(period: Period) -> dict[str, int]:
    days = Tally.objects.filter(day__range=(period.begins, period.ends))
    return dict(days.values_list("name").annotate(Sum("number")).order_by())


def _sectors(found: Mapping[str, int]) -> Counter[str]:
    listed = codes.entries("industries")
    prefix, sectors = cell("industries", ""), Counter[str]()
    for name, number in found.items():
        if name.startswith(prefix):
            industry = listed.get(name.removeprefix(prefix))
            sector = str(industry.extra.get("sector", "")) if industry else ""
            sectors[cell("sectors", sector or WITHOUT_SECTOR)] += number
    return sectors


def _figures(found: Mapping[str, int]) -> dict[str, int]:
    return {figure(each.name): sum(found[cell(each.table, row)] for row in each.rows) for each in FIGURES}


def _names(rows: Mapping[str, Sequence[str]]) -> Iterator[str]:
    yield from (base(each.name) for each in BASES if not each.of_the_moment)
    yield from (cell(table, row) for table, listed in rows.items() for row in listed)


def _rows(table: Table, period: Period, found: Iterable[str]) -> Iterator[str]:
    """The rows of the list, or the years of the period, and after them those of codes that have left their list."""
    prefix = cell(table.name, "")
    counted = sorted(name.removeprefix(prefix) for name in found if name.startswith(prefix))
    listed = [row.code for row in table.rows()] if table.rows else period.years
    yield from listed
    yield from (code for code in counted if code not in listed)
