"""The files of a batch: the template, what is wrong with an upload, and the results, which name nobody."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.utils import translation
from openpyxl import Workbook, load_workbook

from sharing.employers import batch_asking, batch_files, calling, judging, recalling, rows, uploads
from sharing.employers.batch_files import Form
from sharing.employers.judging import Compared
from sharing.employers.models import ShownForm
from sharing.employers.results import code_of
from tests import batches, cast
from tests.batches import applicants, asked, begun, checked, listed, work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def csv_results(made):
    return b"".join(batch_files.results_file(made, Form.CSV))


def lines(made):
    return list(csv.reader(io.StringIO(csv_results(made).decode("utf-8-sig"))))


def test_the_results_are_in_the_order_of_the_upload_and_say_what_a_single_answer_says():
    cast.in_force()
    made = asked([*applicants(1), listed()])
    header, first, second = lines(made)
    answers = [row.screening for row in made.rows.order_by("place")]
    assert header[:3] == ["Your own key", "Row", "Answer"]
    assert [first[:4], second[:4]] == [
        ["A-1", "2", "not listed", answers[0].pk],
        ["listed", "3", "listed", answers[1].pk],
    ]
    assert second[4:7] == [
        "2026-11-24T10:00:00+08:00",
        "2026-12-24T10:00:00+08:00",
        code_of(answers[1].answer),
    ]


def test_no_name_and_no_number_is_in_any_file():
    made = asked([listed(), [*applicants(1)[0][:3], cast.APPLICANT_NUMBER[:-1] + "0", "x", "x"]])
    with io.BytesIO(b"".join(batch_files.results_file(made, Form.XLSX))) as file:
        cells = [str(cell.value) for row in load_workbook(file).active.iter_rows() for cell in row]
    text = csv_results(made).decode() + b"".join(batch_files.faults_file(made)).decode() + "".join(cells)
    for told in ("高䶮", cast.DEFENDANT_NUMBER, cast.APPLICANT_NUMBER[:17], "甲1"):
        assert told not in text


def test_what_was_refused_says_why_and_what_was_not_asked_yet_says_so(monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 1)
    wrong = [*applicants(1)[0][:3], "1", batches.form(), "2026-11-20"]
    made = begun([*applicants(2), wrong])
    batch_asking.go_on(now=cast.NOW)
    _header, first, second, third = lines(made)
    assert [each[2] for each in (first, second, third)] == ["not listed", "not asked yet", "not asked, refused"]
    assert third[0] == ""
    assert "R-101" in third[7]


def test_the_reader_hears_it_in_the_own_language():
    made = checked([[*applicants(1)[0][:3], "1", batches.form(), "2026-11-20"]])
    english = b"".join(batch_files.faults_file(made)).decode()
    with translation.override("zh-hans"):
        chinese = b"".join(batch_files.faults_file(made)).decode()
    assert "document_number" in english
    assert "证件号码" in chinese
    assert english.splitlines()[1] != chinese.splitlines()[1]


def test_a_cell_that_a_spreadsheet_would_compute_is_text():
    line = applicants(1)[0]
    made = asked([["-1+1", *line[1:]]])
    assert lines(made)[1][0] == "'-1+1"


def test_a_pending_row_says_so_and_later_what_the_officer_answered(settings):
    cast.in_force()
    line = listed()
    line[1] = "高某"
    made = asked([line])
    row = lines(made)[1]
    assert (row[2], row[5], row[6]) == ("pending", "", "")
    screening = made.rows.get().screening
    calling.call_in(now=cast.NOW)
    ShownForm.objects.create(call=screening.call, media_type="application/pdf", shown_at=cast.NOW)
    same = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高某", same_person=True)
    judging.confirm(
        screening.pk, same, officer=cast.high_court_registrar(), reason="compared", now=cast.NOW + timedelta(days=1)
    )
    row = lines(made)[1]
    assert (row[2], row[4]) == ("listed", "2026-11-25T10:00:00+08:00")
    assert row[6]


def test_a_result_that_was_recalled_says_so():
    listing = cast.in_force()
    made = asked([listed()])
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=cast.NOW)
    assert lines(made)[1][7] == "recalled: do not rely on it"


def test_the_same_answers_are_the_same_bytes_in_both_forms():
    made = asked(applicants(3))
    for form in Form:
        first = b"".join(batch_files.results_file(made, form))
        work(cast.NOW + timedelta(hours=1))
        assert b"".join(batch_files.results_file(made, form)) == first


def test_a_long_file_is_read_page_by_page(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(batch_files, "PAGE", 2)
    made = asked(applicants(5))
    with django_assert_num_queries(3):
        found = lines(made)
    assert [line[1] for line in found[1:]] == ["2", "3", "4", "5", "6"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("form", list(Form))
def test_the_template_filled_in_is_a_file_that_is_read(language, form):
    with translation.override(language):
        template = batch_files.template(form)
    line = applicants(1)[0]
    if form is Form.CSV:
        filled = template + ",".join(line).encode()
    else:
        book = load_workbook(io.BytesIO(template))
        assert book.active.column_dimensions["D"].number_format == "@"
        book.active.append(line)
        kept = io.BytesIO()
        book.save(kept)
        filled = kept.getvalue()
    (raw,) = uploads.read(filled, most_rows=10)
    assert {name: cell.text for name, cell in raw.cells.items()} == dict(zip(uploads.HEADS, [*line, ""], strict=True))


@pytest.mark.parametrize("kept", [12345678, 110105600101001])
def test_a_document_number_that_the_workbook_keeps_as_a_number_may_have_lost_its_zeros(kept):
    book, file = Workbook(), io.BytesIO()
    book.active.append([head[0] for head in uploads.HEADS.values()])
    row = {"key": 1001, "name": "甲一", "document_type": "passport_other", "document_number": kept}
    book.active.append([row.get(column) for column in uploads.HEADS])
    book.save(file)
    (read,) = rows.check(uploads.read(file.getvalue(), most_rows=9), today=cast.NOW.date())
    found = {(each.column, each.refusal.code) for each in read}
    assert (("document_number", "R-791") in found) is (kept == 12345678)
    assert "key" not in {column for column, _code in found}
