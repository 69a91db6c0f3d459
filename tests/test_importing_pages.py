"""The pages of an import: who may come in, what each shows, and that a stranger is shown nothing."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from registry.importing import deciding, going_on
from registry.models import Import, ImportState, Listing, Role
from tests import cast, importing
from tests.desk import at_the_desk, looks
from tests.importing import approved, checked, csv_file, fresh, number_of, row, rows, submitted, work, written

pytestmark = pytest.mark.django_db
IMPORTS = "/desk/imports/"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def upload(browser, file, name="decisions.csv"):
    return browser.post(f"{IMPORTS}new/", {"file": SimpleUploadedFile(name, file)})


def address(made, rest=""):
    return f"{IMPORTS}{made.pk}/{rest}"


def text(answer):
    return " ".join(re.sub(r"<[^>]*>", " ", answer.content.decode()).split())


def test_a_clerk_uploads_a_file_and_sees_it_being_checked():
    browser = at_the_desk(cast.clerk())
    assert "The file is kept sealed until it is read" in text(browser.get(f"{IMPORTS}new/"))
    answer = upload(browser, csv_file(rows(3)))
    made = Import.objects.get()
    assert answer.headers["Location"] == address(made)
    page = browser.get(address(made))
    assert "progress.js" in page.content.decode()
    assert "3 rows wait to be read" in text(page)
    assert going_on.go_on(now=cast.NOW)
    assert "0 of 3 rows, 0 of them wrong" in text(browser.get(address(made)))
    work()
    page = text(browser.get(address(made)))
    assert "Submit 3 rows to a judge" in page
    assert number_of(0) not in page
    assert "1101**********" in page


def test_a_file_that_cannot_be_read_is_refused_on_the_page():
    browser = at_the_desk(cast.clerk())
    assert "R-540" in text(upload(browser, b"PK\x03\x04 nonsense", "a.xlsx"))
    assert "R-213" in text(browser.post(f"{IMPORTS}new/", {}))
    assert not Import.objects.exists()


def test_the_whole_way_by_pages(notice_waived):
    clerk, judge = at_the_desk(cast.clerk()), at_the_desk(cast.judge())
    upload(clerk, csv_file(rows(2)))
    work()
    made = Import.objects.get()
    clerk.post(address(made, "submit/"))
    assert address(made, "review/") in judge.get("/desk/").content.decode(), "it is among the judge's work"
    page = judge.get(address(made, "review/"))
    assert number_of(0) not in page.content.decode()
    assert "1101*" not in page.content.decode(), "not even in part: it is typed from the judgment"
    slip = judge.post(address(made, "review/"), {"do": "approve", "row-2": "12", "row-3": ""})
    assert slip.status_code == 200
    assert fresh(made).state == ImportState.SUBMITTED, "a slip of the judge's own hand sends nothing back"
    judge.post(address(made, "review/"), {"do": "approve", "row-2": number_of(0), "row-3": number_of(1)})
    work()
    assert fresh(made).state == ImportState.DONE
    page = text(clerk.get(address(made)))
    assert all(number in page for number in Listing.objects.values_list("number", flat=True))


def test_a_number_that_differs_is_answered_with_its_row_and_returns_the_import():
    made = submitted(rows(1))
    answer = at_the_desk(cast.judge()).post(address(made, "review/"), {"do": "approve", "row-2": number_of(5)})
    assert answer.status_code == 409
    assert "row 2" in text(answer)
    assert "differs from the judgment" in text(at_the_desk(cast.clerk()).get(address(made)))


def test_a_judge_returns_it_with_a_reason_on_the_page():
    made = submitted(rows(1))
    judge = at_the_desk(cast.judge())
    assert "R-213" in text(judge.post(address(made, "review/"), {"do": "return", "reason": ""}))
    judge.post(address(made, "review/"), {"do": "return", "reason": "the fines are missing"})
    assert fresh(made).state == ImportState.RETURNED
    assert "the fines are missing" in text(at_the_desk(cast.clerk()).get(address(made)))


def test_what_is_wrong_is_shown_page_by_page_and_as_a_file():
    made = checked([row(serial, article="x") for serial in range(150)])
    browser = at_the_desk(cast.clerk())
    first = text(browser.get(address(made, "rows/")))
    assert "Page 1 of 2" in first
    assert "Page 2 of 2" in text(browser.get(address(made, "rows/?page=2")))
    file = browser.get(address(made, "rows.csv"))
    lines = list(csv.reader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert lines[0] == ["Row", "Column", "Code", "What is wrong"]
    assert [line[:3] for line in lines[1:3]] == [["2", "article", "R-206"], ["3", "article", "R-206"]]
    assert "attachment" in file["Content-Disposition"]
    assert "“article”" in lines[1][3], "in the reader's language, whichever the worker spoke"


def test_the_template_is_given_in_both_forms_to_clerks():
    for language in ("en", "zh-hans"):
        browser = at_the_desk(cast.clerk(), language)
        for form in ("csv", "xlsx"):
            assert browser.get(f"{IMPORTS}template.{form}").status_code == 200
        assert browser.get(f"{IMPORTS}template.exe").status_code == 404
    assert at_the_desk(cast.judge()).get(f"{IMPORTS}template.csv").status_code == 403


def test_it_can_be_stopped():
    made = approved(rows(1))
    at_the_desk(cast.clerk()).post(address(made, "stop/"))
    assert fresh(made).state == ImportState.STOPPED
    work()
    assert not Listing.objects.exists()


def test_an_empty_list_says_what_would_be_here():
    assert "No file was imported yet" in text(at_the_desk(cast.clerk()).get(IMPORTS))


def test_an_auditor_sees_counts_and_no_person(notice_waived):
    auditor = cast.officer("A-YE", Role.AUDITOR, court="京")
    made = written(rows(1))
    waiting = checked(rows(3))
    browser = at_the_desk(auditor)
    assert browser.get(address(made)).status_code == 200
    page = text(browser.get(address(waiting)))
    assert row(1)["name"] not in page
    assert "1101*" not in page


@pytest.mark.parametrize("rest", ["", "rows/", "rows.csv", "review/"])
def test_a_stranger_is_shown_nothing(client, rest):
    made = submitted(rows(1))
    assert at_the_desk(cast.stranger()).get(address(made, rest)).status_code in (403, 404)
    assert at_the_desk(cast.officer("J-YU", Role.JUDGE, court="京0108")).get(address(made, rest)).status_code == 404
    assert at_the_desk(cast.statistician()).get(address(made, rest)).status_code in (403, 404)
    assert client.get(address(made, rest)).status_code == 302


@pytest.mark.parametrize("rest", ["submit/", "stop/", "review/"])
def test_a_stranger_changes_nothing(client, rest):
    made = checked(rows(1)) if rest == "submit/" else submitted(rows(1))
    before = fresh(made).state
    typed = {"do": "approve", "row-2": number_of(0)}
    for browser in (client, at_the_desk(cast.stranger()), at_the_desk(cast.statistician())):
        assert browser.post(address(made, rest), typed).status_code in (302, 403, 404)
        assert fresh(made).state == before


def test_only_clerks_upload():
    for officer in (cast.judge(), cast.registrar(), cast.statistician()):
        assert upload(at_the_desk(officer), csv_file(rows(1))).status_code == 403
    assert not Import.objects.exists()


def test_whoever_looks_at_rows_is_on_record(notice_waived):
    made = submitted(rows(1))
    at_the_desk(cast.judge()).get(address(made, "review/"))
    assert [each.split()[1] for each in made.rows.get().looks] == ["import"]
    deciding.approve(made.pk, typed=importing.from_the_judgment(made), officer=cast.judge(), now=cast.NOW)
    work()
    assert [page for _listing, page in looks(cast.judge())] == ["import"]
