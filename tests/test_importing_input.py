"""What courts really upload: old encodings, merged cells, days as text, full-width digits, formulas, and bombs."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import ColumnsMissing, ColumnTwice, FileTooLarge, FileUnreadable, NothingToImport, Refusal
from registry.importing import files, opening, parsing, reading, workbook
from registry.importing.columns import COLUMNS, Shape
from registry.models import ImportState
from tests import cast, importing
from tests.importing import checked, csv_file, faults, row, rows, with_sheet, xlsx_file

ONE = [row(0)]


def read(file: bytes) -> list[reading.Raw]:
    return list(reading.read(file))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_files_of_any_usual_encoding_say_the_same(encoding, language):
    (found,) = read(csv_file(ONE, encoding, language))
    assert found.cells == ONE[0]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_taken(delimiter):
    plain = csv_file([{"name": "林", "number": "1"}]).decode("utf-8-sig").replace(",", delimiter).encode()
    (found,) = read(plain)
    assert found.cells == {"name": "林", "number": "1"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("before", ["\r\n", " \r\n,,,\r\n", "\n;;\n"])
def test_empty_lines_before_the_head_hide_no_delimiter(delimiter, before):
    plain = csv_file([{"name": "林", "number": "1"}]).decode("utf-8-sig").replace(",", delimiter)
    (found,) = read((before.replace(",", delimiter).replace(";", delimiter) + plain).encode())
    assert (found.cells, found.row) == ({"name": "林", "number": "1"}, before.count("\n") + 2)


def test_a_workbook_says_the_same_as_a_csv_file():
    assert [each.cells for each in read(xlsx_file(rows(3)))] == [each.cells for each in read(csv_file(rows(3)))]


def test_merged_cells_say_the_same_in_each_of_their_rows():
    first = row(0)
    further = {**row(1), "number": None, "pronounced_on": None}
    places = list(COLUMNS)
    letters = [excel_column(places.index(name)) for name in ("number", "pronounced_on")]
    found = read(xlsx_file([first, further], merged=[f"{letter}2:{letter}3" for letter in letters]))
    assert found[1].cells["number"] == first["number"]
    assert found[1].cells["pronounced_on"] == first["pronounced_on"]
    assert found[1].cells["name"] == further["name"]


def excel_column(place: int) -> str:
    return chr(ord("A") + place)


def test_days_and_numbers_of_a_workbook_are_text():
    typed = {**row(0), "pronounced_on": date(2023, 9, 1), "filed_on": datetime(2023, 3, 2),  # noqa: DTZ001 - as in a cell
             "fine_yuan": 20000,
             "sentence_months": 36.0, "detained": True}  # fmt: skip
    (found,) = read(xlsx_file([typed]))
    told = {
        name: found.cells[name] for name in ("pronounced_on", "filed_on", "fine_yuan", "sentence_months", "detained")
    }
    assert told == {"pronounced_on": "2023-09-01", "filed_on": "2023-03-02", "fine_yuan": "20000",
                    "sentence_months": "36", "detained": "yes"}  # fmt: skip


@pytest.mark.parametrize(
    "said", ["2023-09-01", "2023/9/1", "2023年9月1日", "20230901", "２０２３－０９－０１", "2023-09-01 00:00:00"]
)
def test_days_are_read_as_they_are_written(said):
    assert parsing._read_day(said) == date(2023, 9, 1)


@pytest.mark.django_db
def test_full_width_digits_are_digits():
    wide = {each: str(each).translate(str.maketrans("0123456789", "０１２３４５６７８９")) for each in range(10)}
    said = {name: "".join(wide.get(int(c), c) if c.isdigit() else c for c in text) for name, text in row(0).items()
            if name in ("document_number", "fine_yuan", "sentence_months", "pronounced_on", "number")}  # fmt: skip
    made = checked([row(0, **said)])
    assert (made.sound, faults(made)) == (1, [])


@pytest.mark.django_db
def test_a_number_that_a_spreadsheet_rounded_is_refused_at_its_column():
    rounded = [row(0, document_number="1.10105E+17"), row(1, document_number=110105196001011234)]
    assert ("document_number", "R-546") in {
        (column, code) for _row, column, code in faults(checked(csv_file(rounded[:1])))
    }
    found = faults(checked(xlsx_file(rounded[1:])))
    assert (2, "document_number", "R-546") in found


@pytest.mark.django_db
def test_formulas_and_errors_of_a_spreadsheet_are_refused_at_their_column():
    made = checked(xlsx_file([row(0, name="=A1"), row(1, name="#N/A")]))
    assert {(each[0], each[1], each[2]) for each in faults(made)} == {(2, "name", "R-545"), (3, "name", "R-382")}


@pytest.mark.parametrize(
    ("file", "refusal"),
    [
        (b"", ColumnsMissing),
        (b"a,b\r\n1,2\r\n", ColumnsMissing),
        (b"PK\x03\x04 nonsense", FileUnreadable),
        (b"\x80\x81\xff\xff\xff", FileUnreadable),
        (b'"', FileUnreadable),
        (csv_file([]), NothingToImport),
    ],
)
def test_what_is_no_file_of_decisions_is_refused_by_name(file, refusal):
    with pytest.raises(refusal):
        read(file)


def test_a_column_that_is_there_twice_is_refused():
    twice = csv_file(ONE).decode("utf-8-sig").replace("证件类型", "案号", 1)
    with pytest.raises(ColumnTwice):
        read(twice.encode())


def test_a_file_with_too_many_rows_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_ROWS", 2)
    with pytest.raises(FileTooLarge):
        read(csv_file(rows(3)))


def zipped(parts: dict[str, bytes]) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return kept.getvalue()


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch, part):
    monkeypatch.setattr(opening._Reader, "read", lambda *_args: pytest.fail("it was unpacked"))
    monkeypatch.setattr(workbook, "SHEET_MOST", 1024 * 1024)
    monkeypatch.setattr(workbook, "PART_MOST", 1024 * 1024)
    bomb = zipped({part: b"0" * (2 * 1024 * 1024)})
    assert len(bomb) < 10_000
    with pytest.raises(FileTooLarge):
        read(bomb)


def test_a_bomb_of_empty_rows_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MOST_LINES", 1000)
    head = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    bomb = with_sheet(head + b'<row r="1"/>' * 5000 + b"</sheetData></worksheet>")
    with pytest.raises(FileTooLarge):
        read(bomb)


def test_what_the_workbook_says_of_its_size_is_not_believed():
    whole = xlsx_file(rows(3))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<dimension" in sheet
    lying = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:A1"', sheet)
    assert len(read(with_sheet(lying))) == 3


@pytest.mark.slow
@pytest.mark.django_db
def test_ten_thousand_wrong_rows_are_all_named_and_name_nobody():
    wrong = [row(serial, article="=cmd()", charge="Gao " + cast.DEFENDANT_NUMBER) for serial in range(10_000)]
    made = checked(csv_file(wrong))
    assert (made.state, made.wrong) == (ImportState.CHECKED, 10_000)
    text = b"".join(files.faults_file(made)).decode("utf-8-sig")
    lines = text.splitlines()
    assert len(lines) > 20_000
    assert lines[1].startswith("2,")
    assert cast.DEFENDANT_NUMBER not in text
    assert "林安" not in text
    assert not any(cell[:1] in "=+-@" and cell for line in lines for cell in line.split(","))


@pytest.mark.django_db
def test_however_many_rows_are_wrong_the_database_is_asked_for_their_faults_once(django_assert_max_num_queries):
    made = checked(csv_file([row(serial, article="=cmd()") for serial in range(50)]))
    assert made.wrong == 50
    with django_assert_max_num_queries(1):
        assert b"".join(files.faults_file(made)).count(b"\n") > 50


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_template_can_be_filled_in_and_uploaded(language):
    with override(language):
        for form in ("csv", "xlsx"):
            with pytest.raises(NothingToImport):
                read(files.template(form, cast.NOW.date()))
        examples = [dict(zip(COLUMNS, line, strict=True)) for line in files._examples(cast.NOW.date())]
    made = checked(csv_file(examples))
    assert (made.sound, faults(made)) == (3, [])


@given(st.sampled_from(list(COLUMNS.values())), st.text(max_size=60))
def test_no_text_breaks_the_reader_of_a_cell(column, text):
    """It is read, or refused by name."""
    assert column.shape in Shape
    faults_found: list[tuple[str, Refusal]] = []
    parsing.typed_one(column, {column.name: text}, faults_found)
    assert all(isinstance(refusal, Refusal) for _column, refusal in faults_found)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader_of_files(content):
    try:
        read(content)
    except Refusal:
        return


def test_the_cast_is_invented():
    assert importing.number_of(0) != importing.number_of(1)
