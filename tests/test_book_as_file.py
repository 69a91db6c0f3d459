"""The book as a file: every listing of the part asked for, no name, no number in full, no formula, on record."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from registry import spreadsheets
from registry.models import AccessRecord, Decision, Listing, ReadingAlarm
from sharing.audit import taking
from sharing.audit.models import BookTaken
from sharing.audit.taking import Form, Part
from tests import auditing, cast, desk, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
PAGE = "/desk/sharing/audit/book/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def sent(officer, **typed):
    return desk.at_the_desk(officer).post(PAGE, {"state": "", "court": "", "year": "", "form": "csv", **typed})


def file_of(answer):
    return b"".join(answer.streaming_content)


def rows(officer, **typed):
    return list(csv.DictReader(io.StringIO(file_of(sent(officer, **typed)).decode("utf-8-sig"))))


def test_an_auditor_takes_every_listing_without_names_and_numbers(listing):
    cast.second_in_force()
    content = file_of(sent(auditing.auditor()))
    text = content.decode()
    assert listing.number in text
    assert text.count("\r\n") == 3
    for shown in ("高䶮", "欧阳", cast.DEFENDANT_NUMBER, "4123", "林书记员"):
        assert shown not in text, shown
    assert not AccessRecord.objects.exists()


def test_that_it_was_taken_is_on_record_before_the_first_byte_goes_out(listing):
    answer = sent(auditing.auditor(), year="2026")
    record = BookTaken.objects.get()
    assert (record.officer, record.listings, record.masked, record.form) == (auditing.auditor(), 1, False, "csv")
    assert record.sought == {"state": "", "court": "", "year": "2026"}
    assert file_of(answer)


def test_state_court_and_year_choose_a_part(listing):
    draft = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    auditor = auditing.auditor()
    assert [row["Listing"] for row in rows(auditor, state="draft")] == [draft.number]
    assert len(rows(auditor, court="京0105", year="2026")) == 2
    assert rows(auditor, court="京0108") == []
    assert rows(auditor, year="2025") == []


@pytest.mark.parametrize("number", ["=cmd|'/c calc'!A1", "+1+1", "-1", "@SUM(1)", "＝1+1", "\t=1"])
def test_no_cell_is_a_formula(listing, number):
    Decision.objects.update(number=number)
    (row,) = rows(auditing.auditor())
    assert row["Number of the decision"] == f"'{number}"
    book = openpyxl.load_workbook(io.BytesIO(file_of(sent(auditing.auditor(), form="xlsx"))))
    for cells in book.active.iter_rows():
        assert all(cell.data_type == "s" for cell in cells if cell.value is not None)


def test_a_courts_registrar_takes_its_own_part_with_masked_numbers_and_each_person_can_see_it(listing):
    (row,) = rows(cast.registrar(), masked="on")
    assert row["Document numbers, masked"].endswith(cast.DEFENDANT_NUMBER[-4:])
    assert cast.DEFENDANT_NUMBER not in str(row)
    assert desk.looks(cast.registrar()) == [(listing.number, "export")]
    assert BookTaken.objects.get().masked


def test_without_the_tick_it_is_without_numbers_and_nobody_was_looked_at(listing):
    (row,) = rows(cast.registrar())
    assert "Document numbers, masked" not in row
    assert desk.looks(cast.registrar()) == []


def test_masked_numbers_of_many_persons_raise_the_alarm(listing, settings):
    settings.REGISTRY_READINGS_AN_HOUR = 1
    cast.second_in_force()
    rows(cast.registrar(), masked="on")
    assert ReadingAlarm.objects.get().count == 2


def test_another_courts_part_is_not_reached(listing):
    registrar = cast.officer("R-HAIDIAN", cast.Role.REGISTRAR, court="京0108")
    assert rows(registrar, court="京0105") == []


def test_who_sees_no_numbers_gets_none_by_asking(listing):
    for officer in (auditing.auditor(), cast.high_court_registrar()):
        assert "Document numbers, masked" not in rows(officer, masked="on")[0]
    assert not AccessRecord.objects.exists()


def test_everybody_else_is_refused(listing):
    for officer in (cast.clerk(), cast.judge(), cast.statistician(), cast.stranger()):
        assert desk.at_the_desk(officer).get(PAGE).status_code == 403
        assert sent(officer).status_code == 403
    assert Client().post(PAGE).status_code == 302
    assert not BookTaken.objects.exists()


@pytest.mark.parametrize("typed", [{"form": "exe"}, {"form": ""}, {"state": "nothing"}])
def test_what_there_is_not_is_refused_in_the_form(listing, typed):
    answer = sent(auditing.auditor(), **typed)
    assert answer.status_code == 200
    assert 'id="problems"' in visiting.text_of(answer)
    assert not BookTaken.objects.exists()


def test_what_excel_cannot_hold_is_refused_by_name(listing, monkeypatch):
    monkeypatch.setattr(taking, "XLSX_MOST", 0)
    assert "R-857" in visiting.text_of(sent(auditing.auditor(), form="xlsx"))


def test_a_sealed_listing_is_in_no_file(listing):
    withdrawn = cast.withdrawn(listing)
    Listing.objects.filter(pk=withdrawn.pk).update(sealed_at=cast.NOW)
    assert rows(auditing.auditor()) == []


def test_a_chunk_is_read_only_when_the_one_before_went_out(listing, monkeypatch, django_assert_num_queries):
    """So the file takes the memory of a chunk, however long it is."""
    monkeypatch.setattr(taking, "CHUNK", 1)
    monkeypatch.setattr(spreadsheets, "BLOCK", 1)
    for number in (cast.SECOND_NUMBER, cast.APPLICANT_NUMBER):
        cast.in_force(cast.party(cast.person(number, "欧阳㛃")), number)
    file = taking.take(Part(), Form.CSV, masked=False, officer=auditing.auditor(), now=cast.NOW)
    for _ in range(3):
        with django_assert_num_queries(1):
            next(file)


def test_chunks_leave_nobody_out_and_name_nobody_twice(listing, monkeypatch):
    monkeypatch.setattr(taking, "CHUNK", 1)
    other = cast.second_in_force()
    found = b"".join(taking.take(Part(), Form.CSV, masked=False, officer=auditing.auditor(), now=cast.NOW)).decode()
    assert found.count(listing.number) == found.count(other.number) == 1


def test_a_character_that_no_workbook_can_hold_spoils_no_workbook():
    said = "高\ufffe䶮\uffff\x00"
    file = b"".join(spreadsheets.unsealed_xlsx_file(["name"], [[said]], "sheet"))
    (cell,) = [each.value for (each,) in openpyxl.load_workbook(io.BytesIO(file)).active.iter_rows(min_row=2)]
    assert cell == "高䶮"
