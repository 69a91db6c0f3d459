"""The first sheet of an Excel workbook, line by line as text; a cell that is merged with others says the same in each.

What the archive says of its size is looked at before anything is unpacked, and its rows are counted before the library
reads them (a zip bomb, ISO/IEC 29500-1).
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from typing import Any

from celery.exceptions import SoftTimeLimitExceeded

from registry.errors import FileTooLarge, FileUnreadable, Refusal
from registry.late import late

openpyxl = late("openpyxl")
opening = late("registry.importing.opening")  # which derives from the library's classes

MEGABYTE = 1024 * 1024
SHEET_MOST = 400 * MEGABYTE  # streamed; a hundred thousand rows of all columns need less
PART_MOST = 48 * MEGABYTE  # of all else, as of the strings that are kept while the sheet is read
UNPACKED_MOST = 500 * MEGABYTE
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
MERGED = re.compile(rb"<(?:[\w.-]+:)?mergeCell\s[^>]*?ref=[\"']([A-Z0-9:]{3,40})[\"']")
MERGED_MOST = 200_000
ARCHIVE = b"PK\x03\x04"
BLOCK = 1024 * 1024
OVERLAP = 256
EXACT_DIGITS = 15  # of a number in a spreadsheet (IEEE 754)


class Timed(str):
    """What a cell shows that the spreadsheet keeps as a time of day or a duration; no column takes one."""

    __slots__ = ()


class Counted(str):
    """What a cell shows that the spreadsheet keeps as a number: of a document number zeros before it are gone."""

    __slots__ = ()


Merge = tuple[int, int, int, int]  # first row, last row, first column, last column; from 1


def is_workbook(file: bytes) -> bool:
    return file.startswith(ARCHIVE)


@contextmanager
def opened(file: bytes, most_lines: int, most_columns: int) -> Iterator[tuple[int, Iterator[Sequence[str]]]]:
    """How many rows the sheet holds, and its lines. Raises FileUnreadable, FileTooLarge, at once and at any line."""
    try:
        _refuse_a_bomb(file)
        with opening.first_sheet(file) as sheet:
            count, merges = _looked_through(file, sheet._worksheet_path, most_lines)
            rows = sheet.iter_rows(max_row=most_lines + 1, max_col=most_columns)
            yield count, _readable(_spread(([_text(each) for each in row] for row in rows), merges))
    except (Refusal, SoftTimeLimitExceeded):
        raise
    except Exception:  # the library raises whatever a broken archive or sheet brings about
        raise FileUnreadable("file") from None


def _readable(lines: Iterator[Sequence[str]]) -> Iterator[Sequence[str]]:
    try:
        yield from lines
    except SoftTimeLimitExceeded:  # of the worker's patience; the file is not to blame
        raise
    except Exception:  # as above, in the middle of the sheet
        raise FileUnreadable("file") from None


def _refuse_a_bomb(file: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        parts = archive.infolist()
    large = any(part.file_size > (SHEET_MOST if SHEET.fullmatch(part.filename) else PART_MOST) for part in parts)
    if large or sum(part.file_size for part in parts) > UNPACKED_MOST:
        raise FileTooLarge("file", megabytes=UNPACKED_MOST // MEGABYTE, rows="")


def _looked_through(file: bytes, path: str, most_lines: int) -> tuple[int, list[Merge]]:
    """How many rows the sheet has, and its merged ranges, which stand behind them. Raises FileTooLarge: more than may be.

    Of UTF-16 the zeros are taken out.
    """
    rows, merges, before = 0, [], b""
    with zipfile.ZipFile(io.BytesIO(file)) as archive, archive.open(path.removeprefix("/")) as sheet:
        while block := sheet.read(BLOCK):
            whole = before + block.replace(b"\0", b"")
            # A match that ends within what was looked at before was counted then.
            rows += sum(found.end() > len(before) for found in ROW.finditer(whole))
            merges += [_merge(found[1]) for found in MERGED.finditer(whole) if found.end() > len(before)]
            if rows > most_lines or len(merges) > MERGED_MOST:
                raise FileTooLarge("file", megabytes=UNPACKED_MOST // MEGABYTE, rows=most_lines)
            before = whole[-OVERLAP:]
    return rows, sorted(merges)


def _merge(ref: bytes) -> Merge:
    first_column, first_row, last_column, last_row = openpyxl.utils.cell.range_boundaries(ref.decode())
    return first_row, last_row, first_column, last_column


def _spread(lines: Iterator[list[str]], merges: list[Merge]) -> Iterator[list[str]]:
    """Each line with what the merged cells above and left of it say."""
    coming, standing = 0, list[tuple[int, int, int, str]]()
    for number, line in enumerate(lines, 1):
        while coming < len(merges) and merges[coming][0] <= number:
            _first, last, left, right = merges[coming]
            said = line[left - 1] if left <= len(line) else ""
            standing.append((last, left, right, said))
            coming += 1
        for _last, left, right, said in standing:
            line[left - 1 : right] = [said] * (min(right, len(line)) - left + 1)
        standing = [each for each in standing if each[0] > number]
        yield line


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        kind = cell.data_type
        return f"={value}" if kind == "f" and not value.startswith("=") else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, time | timedelta):
        return Timed(value)
    return f"={value}"  # an array formula, a data table


def _number(value: float) -> str:
    """As it is shown; one with more digits than a spreadsheet keeps says so by its exponent."""
    if value != int(value):
        return Counted(value)
    text = str(int(value))
    return f"{value:.5E}" if len(text.lstrip("-")) > EXACT_DIGITS else Counted(text)
