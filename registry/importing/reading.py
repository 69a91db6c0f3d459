"""A file of old decisions as a court has it: CSV of any usual encoding and delimiter, or Excel; its rows as text.

Read from memory and in a stream, so that what it takes does not grow with its rows; nothing is written to the disk, nothing
is computed. What cannot be taken as it stands (a formula, a rounded number) is named with its column.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import islice
from string import ascii_uppercase

from registry.cells import delimiter_of, shown
from registry.errors import (
    ColumnsMissing,
    ColumnsNotRead,
    ColumnTwice,
    DamagedBelow,
    ErrorInCell,
    FileTooLarge,
    FileUnreadable,
    FormulaInCell,
    ImportCellTooLong,
    LastDigitsMayBeLost,
    NothingToImport,
    Refusal,
    TimeInCell,
    ZerosMayBeLost,
)
from registry.importing.columns import COLUMNS, Shape, head_form, heads
from registry.importing.workbook import EXACT_DIGITS, Counted, Timed, is_workbook, opened

MEGABYTES = 64
MEGABYTE = 1024 * 1024
MOST_ROWS = 100_000
MOST_LINES = 150_000  # empty ones, too
MOST_COLUMNS = 80
LOOKED_INTO = 2_500  # lines of a workbook; a template has some prepared ones less
CELL_MOST = 1000
ENCODINGS = ("utf-8-sig", "gb18030")
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
BLOCK = 256 * 1024
# What is left of a resident identity number that was kept as a number: one in eleven of them has the right check digit.
ROUNDED_RESIDENT = re.compile(r"[0-9]{15}000", re.ASCII)
ERRORS_SHOWN = frozenset({"#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!"})


@dataclass(slots=True)
class Raw:
    """``row``: as the spreadsheet counts it, from 1; the head is row 1. ``cells``: without the empty ones."""

    row: int
    cells: dict[str, str]
    faults: list[tuple[str, Refusal]] = field(default_factory=list)


def look(file: bytes) -> int:
    """How many rows there are below the head, empty ones counted; what can be said within about a second.

    A CSV file is looked through to its end; of a workbook the rows are counted and the first ones read, so `read` may
    refuse it yet. Raises FileUnreadable, DamagedBelow, FileTooLarge, ColumnsMissing, ColumnTwice, ColumnsNotRead,
    NothingToImport.
    """
    if len(file) > MEGABYTES * MEGABYTE:
        raise _too_large()
    with _opened(file) as (count, lines):
        filled, last = _looked_through(islice(lines, LOOKED_INTO) if count else lines)
        if not filled and next(iter(lines), None) is None:
            raise NothingToImport("file")
    return max((count or last) - 1, 1)


def read(file: bytes) -> Iterator[Raw]:
    """The rows below the head, without empty ones. Raises as `look`, at the first row or on the way."""
    with _opened(file) as (_count, lines):
        yield from _rows(lines)


def _opened(file: bytes) -> AbstractContextManager[tuple[int, Iterator[Sequence[str]]]]:
    """How many lines a workbook has, and its lines; of a CSV file that shows when they are read."""
    return opened(file, MOST_LINES, MOST_COLUMNS + 1) if is_workbook(file) else nullcontext((0, _csv(file)))


def _looked_through(lines: Iterable[Sequence[str]]) -> tuple[int, int]:
    """How many rows below the head say anything, and the number of the last of them."""
    numbered = _filled(lines)
    places = _places(_columns(next(numbered, (1, []))[1]))
    count, last, unread = 0, 1, set[int]()
    for number, cells in numbered:
        count, last = count + 1, number
        if count > MOST_ROWS:
            raise _too_large()
        unread.update(_unread(cells, places))
    _refuse_unread(unread)
    return count, last


def _rows(lines: Iterable[Sequence[str]]) -> Iterator[Raw]:
    numbered = _filled(lines)
    columns = _columns(next(numbered, (1, []))[1])
    places, count = _places(columns), 0
    for count, (number, cells) in enumerate(numbered, 1):
        if count > MOST_ROWS:
            raise _too_large()
        _refuse_unread(_unread(cells, places))
        yield _raw(number, cells, columns)
    if not count:
        raise NothingToImport("file")


def _filled(lines: Iterable[Sequence[str]]) -> Iterator[tuple[int, Sequence[str]]]:
    """The lines that say anything, numbered. DamagedBelow: they end in the middle."""
    number = 0
    try:
        for number, cells in enumerate(lines, 1):
            if number > MOST_LINES:
                raise _too_large()
            if any(map(shown, cells)):
                yield number, cells
    except FileUnreadable:
        raise DamagedBelow("file", row=number) if number else FileUnreadable("file") from None


def _columns(head: Sequence[str]) -> list[tuple[str, int]]:
    known = heads()
    places: dict[str, int] = {}
    for place, said in enumerate(head[:MOST_COLUMNS]):
        name = known.get(head_form(said))
        if name in places:
            raise ColumnTwice("file", name=COLUMNS[name].label)
        if name is not None:
            places[name] = place
    missing = [each.label for each in COLUMNS.values() if each.needed and each.name not in places]
    if missing:
        raise ColumnsMissing("file", names="、".join(missing))
    return list(places.items())


def _places(columns: list[tuple[str, int]]) -> frozenset[int]:
    return frozenset(place for _name, place in columns)


def _unread(cells: Sequence[str], places: frozenset[int]) -> list[int]:
    """Where something stands under a head that is not known."""
    return [place for place, said in enumerate(cells) if place not in places and shown(said)]


def _refuse_unread(unread: Collection[int]) -> None:
    """By the letters that a spreadsheet has for them: what stands in a head may be anything, and is not repeated."""
    if unread:
        raise ColumnsNotRead("file", names="、".join(map(_letters, sorted(unread))))


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + ascii_uppercase[last]


def _raw(number: int, cells: Sequence[str], columns: list[tuple[str, int]]) -> Raw:
    made = Raw(number, {})
    for name, place in columns:
        said = cells[place] if place < len(cells) else ""
        text = said and shown(said)  # most cells are empty
        if not text:
            continue
        fault = _fault(said, text, COLUMNS[name].shape)
        if fault is not None:
            made.faults.append((name, fault(name, most=CELL_MOST)))
        else:
            # One apostrophe is how spreadsheets mark text.
            made.cells[name] = text.removeprefix("'") if text[0] == "'" else text
    return made


def _fault(said: str, text: str, shape: Shape) -> type[Refusal] | None:
    if isinstance(said, Timed):
        return TimeInCell
    # As long as resident identity numbers were until 1999, which begin with no zero, it is one; a longer one says that it is rounded.
    if shape is Shape.NUMBER and isinstance(said, Counted) and len(text) < EXACT_DIGITS:
        return ZerosMayBeLost
    if shape is Shape.NUMBER and ROUNDED_RESIDENT.fullmatch(text.removeprefix("'")):
        return LastDigitsMayBeLost
    if text[0] == "=":
        return FormulaInCell
    if len(text) > CELL_MOST:
        return ImportCellTooLong
    return ErrorInCell if text in ERRORS_SHOWN else None


def _csv(file: bytes) -> Iterator[Sequence[str]]:
    encoding = _encoding(file)
    text = io.TextIOWrapper(io.BytesIO(file), encoding=encoding, newline="")
    between = delimiter_of(text)
    text.seek(0)
    try:
        yield from csv.reader(text, delimiter=between, strict=True)
    except (csv.Error, UnicodeError):
        raise FileUnreadable("file") from None


def _encoding(file: bytes) -> str:
    """The first that fits the whole file."""
    fitting = ("utf-16",) if file.startswith(UTF_16_MARKS) else ENCODINGS
    for encoding in fitting:
        if _fits(file, encoding):
            return encoding
    raise FileUnreadable("file")


def _fits(file: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(file)
    try:
        for start in range(0, len(file), BLOCK):
            if "\0" in decoder.decode(bytes(view[start : start + BLOCK])):
                return False
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _too_large() -> FileTooLarge:
    return FileTooLarge("file", megabytes=MEGABYTES, rows=MOST_ROWS)
