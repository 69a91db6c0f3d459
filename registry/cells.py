"""A table as people have it: CSV of any usual encoding and delimiter, or Excel; cells as text, with their faults.

Nothing is computed, nothing is guessed: a formula, and a number that the spreadsheet has rounded, are refused by row and
column. The file is read from memory and in a stream; nothing is written to the disk.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from registry.errors import (
    ColumnsMissing,
    ColumnTwice,
    FileTooLarge,
    FileUnreadable,
    FormulaInCell,
    NotADocumentNumber,
    NumberRounded,
    Refusal,
    TooManyColumns,
    ZerosMayBeLost,
)
from registry.late import late

openpyxl = late("openpyxl")

MEGABYTES = 10
MEGABYTE = 1024 * 1024
# Of a workbook, which is an archive; ten thousand rows of twenty columns need a third of it.
UNPACKED_MOST = 50 * MEGABYTE
SHEET_MOST = 30 * MEGABYTE
PART_MOST = 10 * MEGABYTE  # of all else, as of the strings that the library reads whole
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
ENCODINGS = ("utf-8-sig", "gb18030")
ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
ARCHIVE = b"PK\x03\x04"
DELIMITERS = ",;\t"
CELL_MOST = 1000
EXACT_DIGITS = 15  # of a number in a spreadsheet (IEEE 754)
ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+", re.ASCII)
WITHOUT_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"
SHOWING_NOTHING = frozenset(f"'{WITHOUT_WIDTH}")

MOST_COLUMNS = 100  # of which other programs export many that nobody asks for
COLUMNS_READ = MOST_COLUMNS + 1  # the last one shows that there are more
# Empty ones, too: of them a workbook of a few kilobytes, which names but the number of a row, may have without end.
MOST_LINES = 30_000


@dataclass(frozen=True, slots=True)
class Cell:
    """``fault``: why its text cannot be taken as it stands."""

    text: str = ""
    fault: type[Refusal] | None = None


EMPTY = Cell()  # one for all, of which a sparse sheet has many times more than of others


@dataclass(frozen=True, slots=True)
class Raw:
    """``row``: as the spreadsheet counts it, from 1; the head is row 1. ``person_row``: that of another file, if its person
    is from there.
    """

    row: int
    cells: dict[str, Cell]
    person_row: int | None = None


Heads = Mapping[str, Sequence[str]]  # column → what its head may be called, the first one for people
Needed = Callable[[Collection[str]], Sequence[str]]  # the columns that are there → those that must be


def read(
    file: bytes,
    *,
    heads: Heads,
    needed: Needed,
    most_rows: int,
    nothing: type[Refusal],
    field: str = "file",
) -> Iterator[Raw]:
    """The rows below the head, without empty ones. ``nothing``: what is raised where there are none. ``field``: what the
    refusals call the file.

    Raises, at the first row or on the way: FileUnreadable, FileTooLarge, TooManyColumns, ColumnsMissing, ColumnTwice,
    ``nothing``.
    """
    try:
        yield from _below_the_head(file, heads, needed, most_rows, nothing)
    except Refusal as refusal:
        refusal.field = field
        raise


def shown(said: str) -> str:
    """What a cell shows, without blanks around it; "" where it shows nothing: of letters without a width, or of the apostrophe
    by which spreadsheets mark text, alone.
    """
    text = said.strip()
    if not text or text[0] not in SHOWING_NOTHING:
        return text
    return "" if text == "'" else text.strip(WITHOUT_WIDTH).strip()


def _below_the_head(file: bytes, heads: Heads, needed: Needed, most_rows: int, nothing: type[Refusal]) -> Iterator[Raw]:
    if len(file) > MEGABYTES * MEGABYTE:
        raise FileTooLarge("file", megabytes=MEGABYTES, rows=most_rows)
    lines = _workbook(file) if file.startswith(ARCHIVE) else _csv(file)
    numbered = _filled(lines)
    columns = _columns(next(numbered, (1, []))[1], heads, needed)
    count = 0
    for count, (number, cells) in enumerate(numbered, 1):
        if count > most_rows:
            raise FileTooLarge("file", megabytes=MEGABYTES, rows=most_rows)
        yield Raw(number, {name: cells[place] if place < len(cells) else Cell() for name, place in columns.items()})
    if not count:
        raise nothing("file")


def _filled(lines: Iterable[list[Cell]]) -> Iterator[tuple[int, list[Cell]]]:
    """Those that are not empty, with their numbers."""
    for number, cells in enumerate(lines, 1):
        if number > MOST_LINES:
            raise FileTooLarge("file", megabytes=MEGABYTES, rows=MOST_LINES)
        if any(cell.text for cell in cells):
            yield number, cells


def _columns(head: Sequence[Cell], heads: Heads, needed: Needed) -> dict[str, int]:
    names = {called: column for column, every in heads.items() for called in every}
    columns: dict[str, int] = {}
    if any(cell.text for cell in head[MOST_COLUMNS:]):
        raise TooManyColumns("file", most=MOST_COLUMNS)
    for place, cell in enumerate(head[:MOST_COLUMNS]):
        column = names.get(cell.text.strip().lower())
        if column in columns:
            raise ColumnTwice("file", name=cell.text.strip())
        if column is not None:
            columns[column] = place
    missing = [heads[column][0] for column in needed(columns) if column not in columns]
    if missing:
        raise ColumnsMissing("file", names="、".join(missing))
    return columns


def _csv(file: bytes) -> Iterator[list[Cell]]:
    text = _decoded(file)
    between = delimiter_of(io.StringIO(text, newline=""))
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True):
            yield [_cell_of_text(each) for each in line[:COLUMNS_READ]]
    except csv.Error:
        raise FileUnreadable("file") from None


def delimiter_of(lines: Iterable[str]) -> str:
    """What most often stands between the cells of the first line that says anything."""
    first = next((line for line in lines if line.strip(f"{DELIMITERS}\r\n ")), "")
    return max(DELIMITERS, key=first.count)


def _decoded(file: bytes) -> str:
    encodings = ("utf-16",) if file.startswith(UTF_16_MARKS) else ENCODINGS
    for encoding in encodings:
        try:
            text = file.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise FileUnreadable("file")


def _cell_of_text(text: str) -> Cell:
    bare = shown(text)
    if bare.startswith("="):
        return Cell(bare[:CELL_MOST], FormulaInCell)
    if ROUNDED.fullmatch(bare):
        return Cell(bare, NumberRounded)
    # One apostrophe is how spreadsheets mark text.
    return Cell(bare.removeprefix("'")[:CELL_MOST])


def _workbook(file: bytes) -> Iterator[list[Cell]]:
    try:
        _refuse_a_bomb(file)
        book = openpyxl.load_workbook(io.BytesIO(file), read_only=True, data_only=False, keep_links=False)
        try:
            yield from ([_cell_of_sheet(each) for each in row] for row in _rows(book))
        finally:
            book.close()
    except (FileTooLarge, GeneratorExit):
        raise
    except Exception:  # the library raises whatever a broken archive or sheet brings about
        raise FileUnreadable("file") from None


def _rows(book: Any) -> Iterable[Any]:
    """What the file says of its own size is not believed."""
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    rows: Iterable[Any] = sheet.iter_rows(max_row=MOST_LINES + 1, max_col=COLUMNS_READ)
    return rows


def _refuse_a_bomb(file: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        parts = archive.infolist()
        too_large = any(
            part.file_size > (SHEET_MOST if SHEET.fullmatch(part.filename) else PART_MOST) for part in parts
        )
        if too_large or sum(part.file_size for part in parts) > UNPACKED_MOST:
            raise FileTooLarge("file", megabytes=MEGABYTES, rows="")
        sheets = [archive.read(part) for part in parts if SHEET.fullmatch(part.filename)]
    # The library drops rows that repeat a number, but reads them all. Of UTF-16 the zeros are taken out.
    if any(len(ROW.findall(sheet.replace(b"\0", b""))) > MOST_LINES for sheet in sheets):
        raise FileTooLarge("file", megabytes=MEGABYTES, rows=MOST_LINES)


def _cell_of_sheet(cell: Any) -> Cell:
    value, kind = cell.value, getattr(cell, "data_type", "")
    if value is None:
        return EMPTY
    if kind == "f":
        return Cell(str(value)[:CELL_MOST], FormulaInCell)
    if isinstance(value, datetime | date):
        return Cell(value.strftime("%Y-%m-%d"), NotADocumentNumber)
    if isinstance(value, bool) or kind == "e":
        return Cell(str(value), NotADocumentNumber)
    if isinstance(value, int | float):
        return _cell_of_number(value)
    return Cell(shown(str(value)).removeprefix("'")[:CELL_MOST])


def _cell_of_number(value: float) -> Cell:
    if value != int(value) or value < 0:
        return Cell(str(value), NotADocumentNumber)
    text = str(int(value))
    if len(text) == EXACT_DIGITS:
        return Cell(text)  # as resident identity numbers were until 1999, which begin with no zero
    return Cell(text, NumberRounded if len(text) > EXACT_DIGITS else ZerosMayBeLost)
