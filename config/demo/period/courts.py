"""Which of Beijing's courts heard a case, and the case number it got there."""

from __future__ import annotations

from datetime import date
from random import Random

# Share of the first-instance cases; the numbers are plausible, not published.
_FIRST_INSTANCE = {
    "京0108": 24,
    "京0105": 22,
    "京0106": 9,
    "京0102": 7,
    "京0101": 6,
    "京0112": 6,
    "京0114": 6,
    "京0115": 6,
    "京0107": 4,
    "京0113": 4,
    "京0111": 3,
    "京0116": 2,
    "京0117": 2,
    "京0118": 2,
    "京0109": 1,
    "京0119": 1,
    "京7101": 2,
}
# Criminal cases that a court numbers in a year, for numbers that grow with the date.
_A_YEAR = {
    "京0108": 2400,
    "京0105": 2700,
    "京0106": 1300,
    "京01": 480,
    "京02": 520,
    "京03": 610,
    "京04": 70,
    "京7101": 180,
}
_A_YEAR_ELSEWHERE = 700

APPEALS_TO = {
    "京0101": "京02",
    "京0102": "京02",
    "京0105": "京03",
    "京0106": "京02",
    "京0107": "京01",
    "京0108": "京01",
    "京0109": "京01",
    "京0111": "京02",
    "京0112": "京03",
    "京0113": "京03",
    "京0114": "京01",
    "京0115": "京02",
    "京0116": "京03",
    "京0117": "京03",
    "京0118": "京03",
    "京0119": "京01",
    "京7101": "京04",
}


class CaseNumbers:
    """Gives out case numbers (法〔2015〕137号), each once per court, type and year."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def next(self, court: str, type_code: str, filed_on: date) -> str:
        passed = filed_on.timetuple().tm_yday / 366
        ordinal = 1 + int(passed * _A_YEAR.get(court, _A_YEAR_ELSEWHERE)) + self._rng.randint(0, 3)
        while (number := f"（{filed_on.year}）{court}{type_code}{ordinal}号") in self._given:
            ordinal += 1
        self._given.add(number)
        return number


def court_of_first_instance(rng: Random) -> str:
    return rng.choices(list(_FIRST_INSTANCE), weights=list(_FIRST_INSTANCE.values()))[0]
