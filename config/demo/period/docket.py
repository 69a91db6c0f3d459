"""The court's docket of the period: 233 cases in matters, each with number, court, dates and outcome.

A matter is a first-instance case with its appeal, if any, and the new trial after a remand. At most one decision of a
matter is in force, and only that one is entered, so nobody is listed twice: the first-instance judgment where no
appeal was decided, the second-instance ruling or judgment where one was. An open case has no outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from config.demo.period.courts import APPEALS_TO, CaseNumbers, court_of_first_instance
from config.demo.period.days import working_day_between, working_day_from
from registry.entries import CaseEntry

PERIOD_END = date(2023, 11, 23)
_LAST_YEAR = PERIOD_END.year

# First-instance cases by year of filing and by what became of them: 179 concluded and 4 open, 50 of them appealed.
# With the appeals the yearly filings are 62, 74, 40, 21, 9 and 27.
_UNAPPEALED = {2018: 35, 2019: 39, 2020: 20, 2021: 10, 2022: 6, 2023: 15}
_NOT_CONVICTED = {2018: "withdrawn", 2019: "acquitted", 2020: "withdrawn"}
_APPEALED_IN_THE_SAME_YEAR = {2018: 9, 2019: 11, 2020: 6, 2021: 4, 2022: 1, 2023: 4}
_APPEALED_IN_THE_NEXT_YEAR = {2018: 6, 2019: 5, 2020: 2, 2021: 1}
_OPEN_AT_THE_END = 4
_SECOND_INSTANCE_OUTCOMES = ("upheld",) * 36 + ("changed",) * 9 + ("appeal_withdrawn",) * 4

Window = tuple[date, date]


@dataclass(frozen=True)
class Matter:
    """The cases of one matter, first instance first, and the position of the case whose decision is in force."""

    cases: tuple[CaseEntry, ...]
    in_force: int | None

    @property
    def appeal_withdrawn(self) -> CaseEntry | None:
        """The second-instance case that ended with the appeal's withdrawal."""
        return next((case for case in self.cases if case.outcome == "appeal_withdrawn"), None)


class Docket:
    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._numbers = CaseNumbers(rng)

    def matters(self) -> list[Matter]:
        """All matters by date of filing."""
        matters = [*self._unappealed(), *self._not_convicted(), *self._appealed(), self._remanded(), *self._open()]
        return sorted(matters, key=lambda matter: (matter.cases[0].filed_on, matter.cases[0].number))

    def _unappealed(self) -> list[Matter]:
        years = [year for year, count in _UNAPPEALED.items() for _ in range(count)]
        return [Matter((self._first(_any_day(year), "convicted"),), 0) for year in years]

    def _not_convicted(self) -> list[Matter]:
        return [Matter((self._first(_any_day(year), outcome),), None) for year, outcome in _NOT_CONVICTED.items()]

    def _appealed(self) -> list[Matter]:
        windows = [_spring(year) for year, count in _APPEALED_IN_THE_SAME_YEAR.items() for _ in range(count)]
        windows += [_autumn(year) for year, count in _APPEALED_IN_THE_NEXT_YEAR.items() for _ in range(count)]
        outcomes = self._rng.sample(_SECOND_INSTANCE_OUTCOMES, len(windows))
        return [self._appeal(window, outcome) for window, outcome in zip(windows, outcomes, strict=True)]

    def _appeal(self, window: Window, outcome: str) -> Matter:
        first = self._first(window, "convicted")
        return Matter((first, self._second(first, outcome)), 0 if outcome == "appeal_withdrawn" else 1)

    def _remanded(self) -> Matter:
        first = self._first((date(2018, 6, 1), date(2018, 6, 29)), "convicted")
        second = self._second(first, "remanded")
        sent_back = max(concluded(second) + timedelta(days=12), date(2019, 1, 7))
        again = self._first((sent_back, sent_back + timedelta(days=10)), "convicted", after_remand=(first, second))
        return Matter((first, second, again), 2)

    def _open(self) -> list[Matter]:
        window = date(_LAST_YEAR, 9, 18), date(_LAST_YEAR, 11, 15)
        return [Matter((self._first(window, ""),), None) for _ in range(_OPEN_AT_THE_END)]

    def _first(
        self, window: Window, outcome: str, after_remand: tuple[CaseEntry, CaseEntry] | None = None
    ) -> CaseEntry:
        filed_on = working_day_between(self._rng, *window)
        court = after_remand[0].court if after_remand else court_of_first_instance(self._rng)
        return CaseEntry(
            number=self._numbers.next(court, "刑初", filed_on),
            court=court,
            filed_on=filed_on,
            outcome=outcome,
            concluded_on=self._after(filed_on, *_days_of_first_instance(filed_on)) if outcome else None,
            continues=after_remand[1].number if after_remand else "",
        )

    def _second(self, first: CaseEntry, outcome: str) -> CaseEntry:
        """The appeal: the file goes up after the appeal period, so it is filed four to six weeks after judgment."""
        filed_on = self._after(concluded(first), 28, 40)
        court = APPEALS_TO[first.court]
        return CaseEntry(
            number=self._numbers.next(court, "刑终", filed_on),
            court=court,
            filed_on=filed_on,
            outcome=outcome,
            concluded_on=self._after(filed_on, 30, 50),
            continues=first.number,
        )

    def _after(self, day: date, least: int, most: int) -> date:
        return working_day_from(day + timedelta(days=self._rng.randint(least, most)))


def concluded(case: CaseEntry) -> date:
    """The day a concluded case ended."""
    if case.concluded_on is None:
        raise ValueError("the case is open")
    return case.concluded_on


def _any_day(year: int) -> Window:
    """Days on which a case of that year may be filed; the last year's must be in force before the period ends."""
    return date(year, 1, 4), date(year, 6, 30) if year == _LAST_YEAR else date(year, 12, 20)


def _spring(year: int) -> Window:
    """Filed early enough that the appeal is filed in the same year."""
    return date(year, 1, 4), date(year, 3, 8) if year == _LAST_YEAR else date(year, 3, 30)


def _autumn(year: int) -> Window:
    """Filed late enough that the appeal is filed in the next year."""
    return date(year, 10, 8), date(year, 12, 20)


def _days_of_first_instance(filed_on: date) -> tuple[int, int]:
    return (55, 82) if filed_on.year == _LAST_YEAR else (85, 135)
