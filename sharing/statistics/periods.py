"""Which periods a release may have, how they lie to each other, and which of them together are part of another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry.errors import PeriodBackwards, PeriodNotOver, TooManyYears
from registry.statistics.counting import Period

MOST_SETS = 100
YEARS_MOST = 50  # each is a row of its tables and a bar of their charts


def refuse_days(period: Period, *, today: date) -> None:
    """PeriodBackwards, PeriodNotOver, TooManyYears."""
    if period.ends < period.begins:
        raise PeriodBackwards("ends")
    if len(period.years) > YEARS_MOST:
        raise TooManyYears("begins", begins=period.begins.year, most=YEARS_MOST)
    if period.ends >= today:
        raise PeriodNotOver("ends")


def inside(part: Period, whole: Period) -> bool:
    return whole.begins <= part.begins and part.ends <= whole.ends


def apart(one: Period, other: Period) -> bool:
    return one.ends < other.begins or other.ends < one.begins


def days(period: Period, year: int | None = None) -> int:
    """How many days it has, in that calendar year if one is given."""
    begins = max(period.begins, date(year, 1, 1)) if year else period.begins
    ends = min(period.ends, date(year, 12, 31)) if year else period.ends
    return max((ends - begins).days + 1, 0)


def together_inside(whole: Period, parts: Sequence[Period]) -> list[tuple[int, ...]]:
    """The sets of parts that lie inside the whole and apart from each other, by their places.

    Each part alone, and of the larger sets the `MOST_SETS` that leave the fewest days: where much is left, little of it
    is small.
    """
    alone = [(place,) for place, part in enumerate(parts) if inside(part, whole)]
    sets: list[tuple[int, ...]] = [()]
    for (place,) in alone:
        grown = [(*each, place) for each in sets if all(apart(parts[place], parts[other]) for other in each)]
        sets = sorted([*sets, *grown], key=lambda each: -sum(days(parts[other]) for other in each))[:MOST_SETS]
    return [*alone, *(each for each in sets if len(each) > 1)]
