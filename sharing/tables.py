"""A table as the pages outside the desk show it: heads above, and a list of rows where the window is narrow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime

from registry.errors import Text

_NUMBER_OF_THE_BOOK = re.compile(r"[A-Z]{1,2}-[0-9]{4}-[0-9]{6}")
_SHORT = 14


@dataclass(frozen=True)
class Cell:
    """``colour`` makes it a tag of that colour ("" the plain one), ``href`` a link; ``quiet`` greys it.

    ``tick`` puts a box before it, which sends this value as ``ticked``; ``is_ticked``: it is as it was sent.
    """

    text: object
    quiet: bool = False
    href: str = ""
    colour: str | None = None
    lang: str = ""
    tick: str = ""
    is_ticked: bool = False

    @property
    def stays_on_a_line(self) -> bool:
        """A number of the book, and a tag's short word, which a narrow column would break in the middle."""
        text = str(self.text)
        return bool(_NUMBER_OF_THE_BOOK.fullmatch(text)) or (self.colour is not None and len(text) <= _SHORT)


class Placed(NamedTuple):
    """A cell, the words above it, and whether it is a figure, which stands right."""

    column: Text
    cell: Cell
    figure: bool


class Line(NamedTuple):
    head: Placed
    cells: list[Placed]


@dataclass(frozen=True)
class Table:
    """The first cell of each row heads it. ``empty``: what is said where there is no row. ``total``: how many rows there are, where
    these are a page of them.
    """

    caption: Text
    columns: Sequence[Text]
    rows: Sequence[Sequence[object]]
    empty: Text = ""
    figures: frozenset[int] = field(default_factory=frozenset)  # columns of figures, counted from 0
    total: int | None = None

    @property
    def count(self) -> int:
        return len(self.rows) if self.total is None else self.total

    @property
    def heads(self) -> list[Placed]:
        return self._placed(self.columns)

    @property
    def lines(self) -> list[Line]:
        placed = [self._placed(row) for row in self.rows]
        return [Line(cells[0], cells[1:]) for cells in placed]

    def _placed(self, row: Sequence[object]) -> list[Placed]:
        cells = [each if isinstance(each, Cell) else Cell(each) for each in row]
        return [
            Placed(column, cell, number in self.figures)
            for number, (column, cell) in enumerate(zip(self.columns, cells, strict=True))
        ]


def moment(value: datetime | None) -> str:
    """A time as the pages say it, in the court's time zone."""
    return date_format(localtime(value), "DATETIME_FORMAT") if value else "—"
