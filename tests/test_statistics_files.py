"""The files of a release: tables that open anywhere, the content as it is signed, its dictionary, the charts, the report."""

from __future__ import annotations

import csv
import io
import json

import pytest

from sharing.statistics import content as contents
from sharing.statistics.files import COLUMNS, LONG, TERMS, file_of, files_of, names_of
from tests.statistics_content import content, only, table_of


def read(file):
    """The rows of a CSV file, its header apart."""
    header, *rows = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))
    return tuple(header), rows


def few():
    return only(content(), "education", "payments", "filed_by_year", "concluded_by_year")


@pytest.fixture(scope="module")
def files():
    return {file.name: file for file in files_of(few())}


def test_every_file_is_made_in_the_order_of_its_names(files):
    found = few()
    assert list(files) == names_of(found)
    tables = [table["name"] for table in found["tables"]]
    assert {"data.json", "dictionary.csv", "figures.csv", "report.pdf", "cases_by_year.en.svg"} <= set(files)
    for name in tables:
        assert {f"{name}.csv", f"{name}.zh-hans.svg", f"{name}.zh-hans.png", f"{name}.en.svg", f"{name}.en.png"} <= set(
            files
        )
    assert len(files) == 4 + len(tables) + 4 * (len(tables) + 1)


def test_each_has_its_content_type(files):
    types = {name: file.content_type for name, file in files.items()}
    assert types["data.json"] == "application/json"
    assert types["education.csv"] == "text/csv; charset=utf-8"
    assert types["education.en.svg"] == "image/svg+xml"
    assert types["education.en.png"] == "image/png"
    assert types["report.pdf"] == "application/pdf"
    assert files["report.pdf"].content.startswith(b"%PDF")


def test_one_file_alone_is_the_same_and_an_unknown_one_there_is_not(files):
    for name in ("education.csv", "education.en.svg", "data.json", "payments.zh-hans.png"):
        assert file_of(few(), name) == files[name]
    with pytest.raises(KeyError):
        file_of(few(), "nothing.csv")


def test_the_data_is_exactly_what_is_signed(files):
    assert files["data.json"].content == contents.canonical(few())
    assert json.loads(files["data.json"].content) == few()


def test_a_table_opens_with_the_right_columns(files):
    file = files["education.csv"]
    assert file.content.startswith("\ufeff".encode())
    assert file.content.count(b"\r\n") == file.content.count(b"\n") == 1 + len(table_of(content(), "education")["rows"])
    header, rows = read(file)
    assert header == COLUMNS
    by_code = {row[1]: row for row in rows}
    assert by_code["bachelor"] == [
        "education", "bachelor", "本科", "bachelor's degree", "44", "convicted", "302", "14.6", "no",
    ]  # fmt: skip
    assert by_code["unknown"][4:] == ["0", "convicted", "302", "0.0", "no"]


def test_what_is_left_out_is_an_empty_cell_and_says_so(files):
    _, rows = read(files["education.csv"])
    assert {row[1]: row[4:] for row in rows}["postgraduate"] == ["", "convicted", "302", "", "yes"]


def test_one_long_file_holds_every_number(files):
    header, rows = read(files["figures.csv"])
    assert header == LONG
    values = {row[0]: row[LONG.index("value")] for row in rows}
    told = contents.numbers_of(few())
    assert values == {name: "" if value is None else str(value) for name, value in told.items()}
    assert {row[0] for row in rows if row[-1] == "yes"} == contents.left_out_of(few())


def test_the_dictionary_explains_every_name_in_both_languages(files):
    header, rows = read(files["dictionary.csv"])
    assert header == TERMS
    names = {row[0] for row in rows}
    assert set(contents.numbers_of(few())) <= names
    assert {f"table:{table['name']}" for table in few()["tables"]} <= names
    for row in rows:
        term = dict(zip(TERMS, row, strict=True))
        assert all(term[key] for key in ("unit", "unit_zh", "unit_en", "base", "words_zh", "words_en"))
        if term["kind"] in ("base", "figure"):
            assert term["definition_zh"]
            assert term["definition_en"]


def test_no_cell_is_a_formula():
    found = few()
    table_of(found, "education")["rows"][0]["words"] = {"zh": "=1+1", "en": "@SUM(A1)"}
    table_of(found, "education")["words"] = {"zh": "＝1", "en": "+1"}
    for name in ("education.csv", "figures.csv", "dictionary.csv"):
        _, rows = read(file_of(found, name))
        assert not any(cell.startswith(("=", "+", "-", "@", "＝")) for row in rows for cell in row)
    assert "'=1+1" in read(file_of(found, "education.csv"))[1][0]


def test_the_same_content_gives_the_same_files(files):
    for name in ("figures.csv", "dictionary.csv", "cases_by_year.en.svg", "cases_by_year.en.png", "report.pdf"):
        assert file_of(few(), name).content == files[name].content
