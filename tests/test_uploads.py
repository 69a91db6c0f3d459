"""A file of applicants: whatever a spreadsheet makes of it is read rightly or refused by row and column, never guessed."""

from __future__ import annotations

import csv
import io
import signal
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from registry import cells, errors
from sharing.employers import rows, uploads
from sharing.employers.rows import Applicant, Fault
from sharing.employers.uploads import Cell
from tests import cast

TODAY = cast.NOW.date()
HEAD = ["行号标识", "姓名", "证件类型", "证件号码", "授权书指纹", "签署日期"]
LISTED = ["A-1", "高䶮", "居民身份证", cast.DEFENDANT_NUMBER, "ab" * 32, "2026-11-20"]
OTHER = ["A-2", "王小明", "", cast.APPLICANT_NUMBER, "cd" * 32, "2026年11月21日"]


def csv_of(*lines: list[str], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    return text.getvalue().encode(encoding)


def workbook_of(*lines: list[Any]) -> bytes:
    book, kept = Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(kept)
    return kept.getvalue()


def checked(file: bytes, most_rows: int = 100) -> list[Applicant | list[Fault]]:
    return list(rows.check(uploads.read(file, most_rows=most_rows), today=TODAY))


def asked(file: bytes) -> list[Applicant]:
    found = checked(file)
    assert all(isinstance(each, Applicant) for each in found), found
    return [each for each in found if isinstance(each, Applicant)]


def faults(file: bytes) -> list[tuple[int, str, str]]:
    """Row, column and code of everything that is wrong."""
    wrong = [fault for each in checked(file) if isinstance(each, list) for fault in each]
    return [(fault.row, fault.column, fault.refusal.code) for fault in wrong]


def changed(line: list[Any], **cells: Any) -> list[Any]:
    places = {"key": 0, "name": 1, "type": 2, "number": 3, "form": 4, "day": 5}
    copy = list(line)
    for name, value in cells.items():
        copy[places[name]] = value
    return copy


FILES = {
    "utf-8": csv_of(HEAD, LISTED, OTHER),
    "utf-8 with a mark": csv_of(HEAD, LISTED, OTHER, encoding="utf-8-sig"),
    "gb 18030": csv_of(HEAD, LISTED, OTHER, encoding="gb18030"),
    "utf-16": csv_of(HEAD, LISTED, OTHER, encoding="utf-16"),
    "semicolons": csv_of(HEAD, LISTED, OTHER, delimiter=";"),
    "tabs": csv_of(HEAD, LISTED, OTHER, delimiter="\t"),
    "a workbook": workbook_of(HEAD, LISTED, OTHER),
    "a workbook with a date": workbook_of(HEAD, changed(LISTED, day=date(2026, 11, 20)), OTHER),
    "columns in another order": csv_of(HEAD[::-1], LISTED[::-1], OTHER[::-1]),
    "English heads": csv_of(
        ["row_key", "Name", "document_type", "document_number", "consent_sha256", "signed_on"], LISTED, OTHER
    ),
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_whatever_the_file_is_the_rows_are_the_same(file: bytes) -> None:
    first, second = asked(file)
    assert (first.row, first.key, first.name, first.document_type) == (2, "A-1", "高䶮", "resident_id")
    assert first.document_number == cast.DEFENDANT_NUMBER
    assert (first.consent.document_sha256, first.consent.signed_on) == ("ab" * 32, date(2026, 11, 20))
    assert (second.row, second.name, second.consent.signed_on) == (3, "王小明", date(2026, 11, 21))


PASSPORT = changed(LISTED, type="中国护照", number="E12345678")
FOREIGN = changed(LISTED, name="Anna-Maria d’Este")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (changed(PASSPORT, key="E12345678"), "R-549"),
        (changed(PASSPORT, key="2026/e-1234 5678/b"), "R-549"),
        (changed(PASSPORT, key="Ｅ１２３４５６７８"), "R-549"),
        (changed(LISTED, key="高䶮"), "R-580"),
        (changed(LISTED, key="高䶮2"), "R-580"),
        (changed(LISTED, key="2026-高 䶮"), "R-580"),
        (changed(FOREIGN, key="ANNA MARIA D'ESTE 7"), "R-580"),
    ],
)
def test_a_key_that_tells_the_name_or_number_of_its_row_is_refused(line: list[str], code: str) -> None:
    assert faults(csv_of(HEAD, line)) == [(2, "key", code)]


@pytest.mark.parametrize(
    "line",
    [
        changed(PASSPORT, key="E1234567"),
        changed(LISTED, key="高-2026"),
        changed(LISTED, key="高龚"),
        changed(LISTED, key="高\U000323b0", name="高\U000323b1"),  # the newest characters
    ],
)
def test_a_key_that_only_resembles_them_is_taken(line: list[str]) -> None:
    assert len(asked(csv_of(HEAD, line))) == 1


WIDE = cast.DEFENDANT_NUMBER.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (changed(LISTED, number=WIDE), cast.DEFENDANT_NUMBER),
        (changed(LISTED, number=f"　{cast.DEFENDANT_NUMBER.lower()} "), cast.DEFENDANT_NUMBER),
        (changed(LISTED, number=f"'{cast.DEFENDANT_NUMBER}"), cast.DEFENDANT_NUMBER),
        (changed(LISTED, number=cast.resident("11010519490102123"[:17])), cast.resident("11010519490102123"[:17])),
        (changed(LISTED, type="中国护照", number="e12345678"), "E12345678"),
    ],
)
def test_a_number_typed_in_another_way_is_the_same_number(typed: list[str], read: str) -> None:
    (row,) = asked(csv_of(HEAD, typed))
    assert row.document_number == read


@pytest.mark.parametrize("name", ["䶮", "𬭩", "古丽·买买提", "Anna-Maria d’Este", "李 四"])
def test_rare_and_foreign_names_are_read(name: str) -> None:
    (row,) = asked(csv_of(HEAD, changed(LISTED, name=name)))
    assert row.name == name


BAD = [
    (changed(LISTED, number=cast.DEFENDANT_NUMBER[:-1] + "0"), "document_number", "R-102"),
    (changed(LISTED, number="1.10105E+17"), "document_number", "R-546"),
    (changed(LISTED, number="=A1"), "document_number", "R-545"),
    (changed(LISTED, number=""), "document_number", "R-213"),
    (changed(LISTED, name=""), "name", "R-213"),
    (changed(LISTED, name="=HYPERLINK(1)"), "name", "R-545"),
    (changed(LISTED, name="\u202e高"), "name", "R-107"),
    (changed(LISTED, type="驾驶证"), "document_type", "R-105"),
    (changed(LISTED, form="abc"), "document_sha256", "R-503"),
    (changed(LISTED, day="2026-11-25"), "signed_on", "R-503"),
    (changed(LISTED, day="2026-10-01"), "signed_on", "R-503"),
    (changed(LISTED, day="2026-02-30"), "signed_on", "R-204"),
    (changed(LISTED, key=cast.DEFENDANT_NUMBER), "key", "R-549"),
    (changed(LISTED, key="A" * 65), "key", "R-792"),  # cut off, HR would not find the row again
]


@pytest.mark.parametrize(("line", "column", "code"), BAD, ids=[f"{column} {code}" for _, column, code in BAD])
def test_what_is_wrong_is_said_by_row_and_column_and_the_other_rows_are_read(
    line: list[str], column: str, code: str
) -> None:
    file = csv_of(HEAD, OTHER, line)
    assert faults(file) == [(3, column, code)]
    assert len([each for each in checked(file) if isinstance(each, Applicant)]) == 1


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (int(cast.DEFENDANT_NUMBER[:17] + "0"), "R-546"),
        (1.5, "R-547"),
        (-3, "R-547"),
        (True, "R-547"),
        (date(1988, 3, 4), "R-547"),
        ("=SUM(1)", "R-545"),
        ("#REF!", "R-547"),
    ],
)
def test_what_a_workbook_made_of_a_number_is_refused_by_name(value: object, code: str) -> None:
    assert faults(workbook_of(HEAD, changed(LISTED, number=value))) == [(2, "document_number", code)]


def test_a_row_with_many_faults_names_them_all() -> None:
    found = faults(csv_of(HEAD, changed(LISTED, name="", number="1", form="x", day="x")))
    assert [column for _, column, _ in found] == ["name", "document_number", "document_sha256", "signed_on"]


@pytest.mark.parametrize(
    ("repeated", "column"),
    [
        (changed(OTHER, number=cast.DEFENDANT_NUMBER), "document_number"),
        (changed(OTHER, form="AB" * 32), "document_sha256"),
        (changed(OTHER, key="A-1"), "key"),
    ],
)
def test_a_row_that_repeats_another_names_it(repeated: list[str], column: str) -> None:
    (wrong,) = [each for each in checked(csv_of(HEAD, LISTED, repeated)) if isinstance(each, list)]
    assert [(fault.column, fault.refusal.code, fault.refusal.facts) for fault in wrong] == [
        (column, "R-548", {"row": 2})
    ]


def test_empty_rows_are_passed_over_and_the_others_keep_their_number() -> None:
    first, second = asked(csv_of(HEAD, LISTED, [""] * 6, OTHER))
    assert (first.row, second.row) == (2, 4)


def test_a_fault_never_repeats_what_stands_in_the_cell() -> None:
    wrong = changed(LISTED, number=cast.DEFENDANT_NUMBER[:-1] + "0", name="高" * 101)
    (found,) = [each for each in checked(csv_of(HEAD, wrong)) if isinstance(each, list)]
    assert all("110105" not in str(fault.refusal) and "高高" not in str(fault.refusal) for fault in found)


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (b"", errors.ColumnsMissing),
        (b"\x00\x01\x02\xff\xfe\xfd", errors.FileUnreadable),
        (b"PK\x03\x04 no archive", errors.FileUnreadable),
        (csv_of(HEAD), errors.NothingToAsk),
        (csv_of(HEAD[1:3], LISTED[1:3]), errors.ColumnsMissing),
        (csv_of([*HEAD, "姓名"], [*LISTED, "又"]), errors.ColumnTwice),
        (b'"unclosed', errors.FileUnreadable),
    ],
)
def test_a_file_that_cannot_be_read_says_why(file: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        checked(file)


def test_a_file_that_is_too_large_is_refused_before_it_is_read() -> None:
    with pytest.raises(errors.FileTooLarge):
        checked(b"x" * (uploads.MEGABYTES * uploads.MEGABYTE + 1))
    with pytest.raises(errors.FileTooLarge):
        checked(csv_of(HEAD, LISTED, OTHER), most_rows=1)


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b" " * (cells.UNPACKED_MOST + 1))
    with pytest.raises(errors.FileTooLarge):
        checked(kept.getvalue())


@pytest.mark.parametrize(
    ("part", "most"), [("xl/sharedStrings.xml", cells.PART_MOST), ("xl/worksheets/sheet1.xml", cells.SHEET_MOST)]
)
def test_a_part_of_a_workbook_that_is_too_large_is_refused(part: str, most: int) -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, b" " * (most + 1))
    with pytest.raises(errors.FileTooLarge):
        checked(kept.getvalue())


def workbook_with(sheet: str, encoding: str = "utf-8") -> bytes:
    """A workbook whose one sheet is written by hand."""
    whole, kept = io.BytesIO(workbook_of(HEAD)), io.BytesIO()
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            head = f'<?xml version="1.0" encoding="{encoding}"?>'
            written = f'{head}<worksheet xmlns="{main}">{sheet}</worksheet>'.encode(encoding)
            target.writestr(part, written if part.filename.endswith("sheet1.xml") else source.read(part))
    return kept.getvalue()


def row_of(number: int, line: list[str]) -> str:
    cells = "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in line)
    return f'<row r="{number}">{cells}</row>'


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Of work that would go on without end the test fails, and does not wait."""

    def late(*_: object) -> None:
        pytest.fail(f"not done within {seconds} s")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


REPEATED = '<row r="1"/>' * (cells.MOST_LINES + 1)
SPARSE = {
    "a workbook with a row far below": workbook_with(
        f"<sheetData>{row_of(1, HEAD)}{row_of(2, LISTED)}{row_of(1_000_000_000, OTHER)}</sheetData>"
    ),
    "a workbook with its head far below": workbook_with(
        f"<sheetData>{row_of(1_000_000_000, HEAD)}{row_of(1_000_000_001, LISTED)}</sheetData>"
    ),
    "a workbook with a row just below": workbook_with(
        f"<sheetData>{row_of(1, HEAD)}{row_of(2, LISTED)}{row_of(cells.MOST_LINES + 1, OTHER)}</sheetData>"
    ),
    "a workbook that repeats a row": workbook_with(
        f"<sheetData>{row_of(1, HEAD)}{row_of(2, LISTED)}{REPEATED}</sheetData>"
    ),
    "a workbook that repeats a row, in UTF-16": workbook_with(
        f"<sheetData>{row_of(1, HEAD)}{REPEATED}</sheetData>", "utf-16"
    ),
    "blank lines": csv_of(HEAD, LISTED) + b"\n" * (uploads.MEGABYTE * 9) + csv_of(OTHER),
    "lines of commas": csv_of(HEAD, LISTED) + b",,\n" * (uploads.MEGABYTE * 3),
}


@pytest.mark.parametrize("file", SPARSE.values(), ids=SPARSE)
def test_empty_rows_without_end_are_refused_before_they_are_gone_through(file: bytes) -> None:
    with within(30), pytest.raises(errors.FileTooLarge):
        checked(file)


@pytest.mark.parametrize("size", ["A1:A2000000000", "A1:A1", "A1:XFD1048576"])
def test_what_a_workbook_says_of_its_own_size_is_not_believed(size: str) -> None:
    rows_of = f"<sheetData>{row_of(1, HEAD)}{row_of(2, LISTED)}{row_of(5, OTHER)}</sheetData>"
    with within(30):
        first, second = asked(workbook_with(f'<dimension ref="{size}"/>{rows_of}'))
    assert (first.row, second.row) == (2, 5)


def test_the_last_row_that_may_be_is_read() -> None:
    file = workbook_with(f"<sheetData>{row_of(1, HEAD)}{row_of(cells.MOST_LINES, LISTED)}</sheetData>")
    assert [each.row for each in asked(file)] == [cells.MOST_LINES]


def test_of_a_line_only_the_columns_that_may_be_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def cell_of(text: str) -> Cell:
        read.append(text)
        return Cell(text)

    monkeypatch.setattr(cells, "_cell_of_text", cell_of)
    assert len(list(uploads.read(csv_of(HEAD, LISTED + [""] * 1000), most_rows=1))) == 1
    assert len(read) == len(HEAD) + cells.COLUMNS_READ


def test_entities_in_a_workbook_are_not_followed() -> None:
    whole, kept = io.BytesIO(workbook_of(HEAD, LISTED)), io.BytesIO()
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(kept, "w") as target:
        for part in source.infolist():
            target.writestr(part, bomb if part.filename.endswith("sheet1.xml") else source.read(part))
    with pytest.raises(errors.FileUnreadable):
        checked(kept.getvalue())


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fall(file: bytes) -> None:
    with suppress(errors.Refusal):
        assert checked(file) is not None


@given(st.lists(st.lists(st.text(max_size=30), min_size=6, max_size=6), max_size=8))
def test_no_cells_make_the_check_fall(lines: list[list[str]]) -> None:
    raws = [
        uploads.Raw(number, dict(zip(uploads.HEADS, map(Cell, line), strict=False)))
        for number, line in enumerate(lines, 2)
    ]
    for each in rows.check(raws, today=TODAY):
        assert isinstance(each, Applicant) or each
