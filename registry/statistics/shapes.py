"""What the court's report is made of: bases, tables with their rows, figures, and which numbers are sums of which.

A table is one-dimensional: rows of one unit out of one base. Where every unit of the base is in one row, the rows add up
to the base; where a unit may be in several rows, or in none, they do not.

Names of numbers: "base:NAME", "table:NAME:ROW", "figure:NAME".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from registry import codes

NOT_RECORDED = "not_recorded"


class Unit(StrEnum):
    CASES = "cases"
    DECISIONS = "decisions"
    PERSONS = "persons"
    UNITS = "units"
    LISTINGS = "listings"


@dataclass(frozen=True)
class Words:
    zh: str
    en: str


@dataclass(frozen=True)
class Row:
    """``code`` is unique in its table. ``above``: the row counts numbers from this one to below the next row's."""

    code: str
    words: Words
    above: int | None = None


@dataclass(frozen=True)
class Base:
    """What is counted. ``within``: the base that it is a part of, "" for none. ``of_the_moment``: whatever the period."""

    name: str
    unit: Unit
    words: Words
    definition: Words
    within: str = ""
    of_the_moment: bool = False


@dataclass(frozen=True)
class Table:
    """``several``: a unit may be in several rows, or in none. ``rows`` None: the calendar years of the period. No row ever
    comes from what is counted: that it is there would tell of a small number that is left out.

    ``by_size``: the rows are shown by number, the largest first; otherwise in their own order.
    """

    name: str
    base: str
    words: Words
    rows: Callable[[], Sequence[Row]] | None
    several: bool = False
    by_size: bool = False
    note: Words | None = None


@dataclass(frozen=True)
class Figure:
    """A number that people quote: the sum of some rows of a table, out of a base."""

    name: str
    words: Words
    table: str
    rows: tuple[str, ...]
    base: str


@dataclass(frozen=True)
class Sum:
    """``whole`` = the sum of ``parts``."""

    whole: str
    parts: tuple[str, ...]


UNITS: Mapping[Unit, Words] = {
    Unit.CASES: Words("案件（件）", "cases"),
    Unit.DECISIONS: Words("文书（份）", "decisions"),
    Unit.PERSONS: Words("自然人（人次）", "persons"),
    Unit.UNITS: Words("单位（个次）", "units"),
    Unit.LISTINGS: Words("登记（条）", "listings"),
}


NOT_RECORDED_ROW = Row(NOT_RECORDED, Words("未记录", "not recorded"))


def of_list(name: str, *, not_recorded: bool = False) -> Callable[[], Sequence[Row]]:
    """The entries of a code list; ``not_recorded`` adds the row of those of whom nothing is recorded."""

    def rows() -> Sequence[Row]:
        listed = [Row(each.code, Words(each.zh, each.en)) for each in codes.entries(name).values()]
        return [*listed, NOT_RECORDED_ROW] if not_recorded else listed

    return rows


def of_rows(*rows: Row) -> Callable[[], Sequence[Row]]:
    return lambda: rows


def base(name: str) -> str:
    return f"base:{name}"


def cell(table: str, row: str) -> str:
    return f"table:{table}:{row}"


def figure(name: str) -> str:
    return f"figure:{name}"
