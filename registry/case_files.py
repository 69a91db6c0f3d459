"""What the court's case management exports, as a file: its columns, an empty template, and its rows.

Here only the shape of a cell is read; whether the case may be told of so is the register's word (`registry.actions.feeding`).
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum

from django.utils.translation import get_language

from registry import cells, codes, spreadsheets
from registry.cells import Cell, Raw
from registry.codes.titles import title
from registry.days import read_day
from registry.entries import FedCase
from registry.errors import (
    FieldMissing,
    FormulaInCell,
    ImpossibleDate,
    NoCasesInFile,
    NumberRounded,
    Refusal,
    UnknownCode,
)
from registry.late import late

openpyxl = late("openpyxl")

MOST_ROWS = 5_000
AS_TEXT = "@"  # a format of cells, in which a spreadsheet keeps a day as it was typed

# Column → what its head may be called. The template uses the first of each language.
HEADS: Mapping[str, tuple[str, ...]] = {
    "number": ("案号", "case_number", "number", "case number"),
    "court": ("法院", "court", "审理法院", "法院名称"),
    "charge": ("案由", "charge", "罪名"),
    "filed_on": ("立案日期", "filed_on", "filed on", "立案时间", "收案日期"),
    "outcome": ("结案方式", "outcome"),
    "concluded_on": ("结案日期", "concluded_on", "concluded on", "结案时间"),
    "effective_on": ("生效日期", "effective_on", "effective on", "生效时间"),
    "continues": ("前案案号", "continues", "原审案号", "earlier case", "earlier_case"),
}
NEEDED = ("number", "filed_on")
CODES: Mapping[str, str] = {"court": "courts", "outcome": "case_outcomes"}  # column → its list
DAYS = ("filed_on", "concluded_on", "effective_on")
NUMBERS_WRONG = (FormulaInCell, NumberRounded)  # faults of a cell that no column of this file can live with


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


TYPES: Mapping[Form, str] = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Read = tuple[int, FedCase | Sequence[Refusal]]


def read(file: bytes) -> Iterator[Read]:
    """Each row below the head with its number: what it tells of a case, or what is wrong with its cells, by column.

    Raises as `registry.cells.read`, NoCasesInFile among them.
    """
    for raw in _rows(file):
        yield raw.row, _row(raw)


def texts(file: bytes) -> dict[int, dict[str, str]]:
    """What stands in the columns that are read, by row and column. Raises as `read`."""
    return {raw.row: {column: cell.text for column, cell in raw.cells.items()} for raw in _rows(file)}


def not_there(file: bytes) -> list[str]:
    """The columns that the file does not have, or has under another head: nothing is read of them. Raises as `read`."""
    there = next(_rows(file)).cells
    return [head(column) for column in HEADS if column not in there]


def template(form: Form) -> bytes:
    """The heads in the reader's language; in the workbook every column is kept as text."""
    named = [head(column) for column in HEADS]
    if form is Form.CSV:
        return b"".join(spreadsheets.unsealed_csv_file(named, []))
    book, kept = openpyxl.Workbook(), io.BytesIO()
    sheet = book.active
    sheet.append(named)
    for column in map(openpyxl.utils.get_column_letter, range(1, len(named) + 1)):
        sheet.column_dimensions[column].number_format = AS_TEXT
        sheet.column_dimensions[column].width = 26
    book.save(kept)
    return kept.getvalue()


def head(column: str) -> str:
    """What a column is called in the reader's language; of anything else, itself."""
    names = HEADS.get(column, (column, column))
    return names[1] if get_language() == "en" else names[0]


def charge_of(said: str) -> str:
    """The code of a charge that belongs here; any other charge as it was said. What else a judgment convicted of may stand
    beside it.
    """
    for code, row in codes.entries("charges").items():
        if said.lower() == code.lower() or row.zh in said or row.zh.removesuffix("罪") in said or row.en in said:
            return code
    return said


def _rows(file: bytes) -> Iterator[Raw]:
    return cells.read(file, heads=HEADS, needed=_needed, most_rows=MOST_ROWS, nothing=NoCasesInFile)


def _needed(_there: Collection[str]) -> Sequence[str]:
    return NEEDED


def _row(raw: Raw) -> FedCase | Sequence[Refusal]:
    faults: list[Refusal] = []
    typed: dict[str, str | date | None] = {}
    for column, cell in raw.cells.items():
        try:
            typed[column] = _value(column, cell)
        except Refusal as refusal:
            faults.append(refusal)
    return faults or FedCase(**typed)  # type: ignore[arg-type]  # `_value` reads each column as its field has it


def _value(column: str, cell: Cell) -> str | date | None:
    if cell.fault in NUMBERS_WRONG:
        raise cell.fault(column)
    if column == "number" and not cell.text:
        raise FieldMissing(column, name=head(column))
    if column in DAYS:
        return _day(column, cell.text)
    if column in CODES:
        return _code(column, cell.text)
    return charge_of(cell.text) if column == "charge" else cell.text


def _day(column: str, text: str) -> date | None:
    """Case management writes the time of day, too, where it has one: midnight, mostly."""
    day, _space, _time = text.strip().partition(" ")
    if not day:
        return None
    if len(day) == 8 and day.isascii() and day.isdecimal():
        try:
            return date.fromisoformat(day)
        except ValueError:
            raise ImpossibleDate(column) from None
    return read_day(day.partition("T")[0], column)


def _code(column: str, text: str) -> str:
    """Code, or name in either language."""
    if not text:
        return ""
    for code, row in codes.entries(CODES[column]).items():
        if text.lower() in {code.lower(), row.zh.lower(), row.en.lower()}:
            return code
    raise UnknownCode(column, value=text[: codes.SHOWN_CHARACTERS], list=title(CODES[column]))
