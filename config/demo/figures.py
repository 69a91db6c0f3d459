"""The figures that the court published beside those that the product counts in its own book, each with its base."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from config.demo.period import PUBLISHED, Figure
from registry.statistics.bases import BASES
from registry.statistics.counting import Counts, Period, count
from registry.statistics.figures import FIGURES
from registry.statistics.shapes import Words
from registry.statistics.tables import TABLES

PERIOD = Period(date(2018, 1, 1), date(2023, 11, 23))  # from the first case to the day of the report

# What the court named, as the product names it.
NAMES: Mapping[str, str] = {
    "cases_filed": "base:cases_filed",
    "cases_concluded": "base:cases_concluded",
    "cases_filed_2022": "table:filed_by_year:2022",
    "cases_filed_2023": "table:filed_by_year:2023",
    "first_instance_cases_concluded": "base:first_instance",
    "sentenced_on_records": "base:on_records",
    "records_above_50000": "figure:records_above_50000",
    "records_above_500000": "figure:records_above_500000",
    "cases_with_kinds_recorded": "base:with_kinds",
    "highly_sensitive_cases": "figure:highly_sensitive",
    "sensitive_cases": "figure:sensitive",
    "convicted_persons": "base:convicted",
    "three_years_or_less": "figure:to_3_years",
    "five_years_or_less": "figure:to_5_years",
    "on_probation": "figure:on_probation",
    "fined": "base:fined",
    "fined_100000_or_less": "figure:fined_to_100000",
    "employed_before_the_crime": "figure:employed",
}
# Where only words were published.
FITS: Mapping[str, Callable[[float], bool]] = {
    "more than half": lambda share: share > 0.5,
    "about a quarter": lambda share: 0.225 <= share <= 0.275,
}


@dataclass(frozen=True)
class Compared:
    """``base``: what the computed number is a part of, None where it is a whole."""

    figure: Figure
    words: Words
    computed: int
    base: int | None
    base_words: Words | None

    @property
    def share(self) -> float | None:
        return self.computed / self.base if self.base else None

    @property
    def agrees(self) -> bool:
        if self.figure.published is not None:
            return self.computed == self.figure.published
        return FITS[self.figure.words](self.share or 0)


def compared(*, now: datetime) -> list[Compared]:
    """Every published figure, in the order of the report."""
    counts = count(PERIOD, now=now)
    return [_one(figure, counts) for figure in PUBLISHED]


def _one(figure: Figure, counts: Counts) -> Compared:
    base = NAMES[figure.base] if figure.base else ""
    return Compared(
        figure=figure,
        words=called(NAMES[figure.name]),
        computed=counts.numbers.get(NAMES[figure.name], 0),
        base=counts.numbers[base] if base else None,
        base_words=called(base) if base else None,
    )


def called(name: str) -> Words:
    """The words of a number; of a row, the table's before its own."""
    kind, _, rest = name.partition(":")
    if kind == "base":
        return next(each.words for each in BASES if each.name == rest)
    if kind == "figure":
        return next(each.words for each in FIGURES if each.name == rest)
    table, _, row = rest.partition(":")
    words = next(each.words for each in TABLES if each.name == table)
    return Words(f"{words.zh}：{row}年", f"{words.en}: {row}")
