"""Batches in the employer's portal: template, upload, check, how far it is, results; and who may do what of it."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone
from openpyxl import load_workbook

from sharing.employers import batch, batch_asking, uploads
from sharing.employers.batch_files import Form
from sharing.employers.models import Batch, BatchRow, BatchState, Screening
from sharing.employers.portal import batches as pages
from sharing.parties.models import MemberAct, MemberRole
from tests import asking, batches, cast
from tests.test_batch_api import lines, yesterday
from tests.test_employer_portal import a_member, at, read, signed_in, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
POST = f"{batches.PURPOSE}/{batches.POST}"


@pytest.fixture
def hr():
    return signed_in(a_member(asking.bank(), "han", MemberRole.HR))


def upload(browser, file, post=POST, **more):
    sent = {"post": post, "file": SimpleUploadedFile("applicants of ours.csv", file), **more}
    return browser.post(at("new_batch"), sent)


def uploaded(browser, *rows):
    """The batch of these rows, checked."""
    answer = upload(browser, batches.file_of(rows))
    assert answer.status_code == 302
    return Batch.objects.latest("uploaded_at")


def begun(browser, *rows):
    made = uploaded(browser, *rows)
    browser.post(at("ask_batch", made.pk), {"declared": "on"})
    return batches.fresh(made)


def downloaded(browser, made, form="csv"):
    answer = browser.get(at("batch_results", made.pk, form))
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def wrong(key="wrong"):
    return [key, "甲", "", "1", batches.form(), yesterday()]


# From the template to the results


def test_a_file_is_uploaded_checked_asked_and_its_results_downloaded(hr):
    cast.in_force()
    made = uploaded(hr, *lines(2), batches.listed(yesterday()))
    page = read(hr, "batch", made.pk)
    assert "3 rows can be asked" in page
    assert "Ask all" in page
    assert not Screening.objects.exists()
    hr.post(at("ask_batch", made.pk), {"declared": "on"})
    batches.work(timezone.now())
    page = read(hr, "batch", made.pk)
    assert "3 of 3 rows are done" in page
    assert "hx-get" not in page
    rows = list(csv.reader(io.StringIO(downloaded(hr, made).decode("utf-8-sig"))))
    assert [row[2] for row in rows[1:]] == ["not listed", "not listed", "listed"]
    book = load_workbook(io.BytesIO(downloaded(hr, made, "xlsx")))
    assert [[cell.value or "" for cell in row] for row in book.active.iter_rows()] == rows
    acts = MemberAct.objects.order_by("at").values_list("act", flat=True)
    assert list(acts) == ["upload_batch", "ask_batch", "export_batch", "export_batch"]


def test_nothing_is_asked_without_the_declaration(hr):
    made = uploaded(hr, *lines(1))
    answer = hr.post(at("ask_batch", made.pk))
    assert "Tick the declaration" in text_of(answer)
    assert batches.fresh(made).state == BatchState.CHECKED


def test_rows_with_faults_are_shown_by_row_and_column_and_the_others_are_asked(hr):
    made = uploaded(hr, *lines(1), wrong())
    page = read(hr, "batch", made.pk)
    assert ("1 row can be asked" in page, "1 row has faults" in page, "Ask the valid rows" in page) == (True,) * 3
    assert "document_number" in page
    assert "R-101" in page
    found = list(csv.reader(io.StringIO(hr.get(at("batch_faults", made.pk)).content.decode("utf-8-sig"))))
    assert found[1][:3] == ["3", "document_number", "R-101"]
    hr.post(at("ask_batch", made.pk), {"declared": "on"})
    batches.work(timezone.now())
    assert (batches.fresh(made).answered, batches.fresh(made).refused) == (1, 1)
    assert "R-101" in read(hr, "batch", made.pk)


def test_a_column_left_empty_is_named_in_the_readers_language(hr):
    made = uploaded(hr, *lines(1), ["empty", "", "", cast.DEFENDANT_NUMBER, batches.form(), yesterday()])
    assert "“name” is needed." in read(hr, "batch", made.pk)
    chinese = hr.get(at("batch", made.pk), headers={"accept-language": "zh-hans"})
    assert "“姓名”" in text_of(chinese)


def test_a_hundred_faults_are_shown_and_all_of_them_are_in_the_file(hr):
    made = uploaded(hr, *(wrong(f"wrong-{each}") for each in range(103)))
    assert read(hr, "batch", made.pk).count("R-101") == 100
    assert hr.get(at("batch_faults", made.pk)).content.decode().count("R-101") == 103
    assert "Ask the valid rows" not in read(hr, "batch", made.pk)


def test_another_file_throws_the_first_one_away(hr):
    made = uploaded(hr, *lines(2))
    assert hr.post(at("stop_batch", made.pk))["Location"] == at("new_batch")
    assert (batches.fresh(made).state, BatchRow.objects.count()) == (BatchState.STOPPED, 0)
    assert "nothing of it is left" in read(hr, "batch", made.pk)


def test_the_page_of_what_goes_on_refreshes_itself_and_has_a_link_for_who_has_no_javascript(hr, monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 2)
    made = begun(hr, *lines(3))
    batch_asking.go_on(now=timezone.now())
    page = read(hr, "batch", made.pk)
    assert 'hx-trigger="every 2s"' in page
    assert re.search(r'<progress [^>]*max="3"\s+value="2"', page)
    assert "2 of 3 rows are done" in page
    assert "less than a minute" in page
    assert f'<a class="govuk-link" href="{at("batch", made.pk)}">Refresh' in page
    assert "not asked yet" in downloaded(hr, made).decode()
    assert "being asked" in read(hr, "batches")


def test_it_can_be_stopped(hr, monkeypatch):
    monkeypatch.setattr(batch_asking, "CHUNK", 2)
    made = begun(hr, *lines(3))
    batch_asking.go_on(now=timezone.now())
    hr.post(at("stop_batch", made.pk))
    batches.work(timezone.now())
    page = read(hr, "batch", made.pk)
    assert (batches.fresh(made).state, Screening.objects.count()) == (BatchState.STOPPED, 2)
    assert "R-584" in page


def test_what_waits_for_the_quota_says_when_it_goes_on():
    hr = signed_in(a_member(asking.bank(daily_quota=1), "han", MemberRole.HR))
    made = uploaded(hr, *lines(3))
    page = read(hr, "batch", made.pk)
    assert "1 question is left today" in page
    assert "about 2 further days" in page
    hr.post(at("ask_batch", made.pk), {"declared": "on"})
    batches.work(timezone.now())
    page = read(hr, "batch", made.pk)
    assert "goes on by itself at" in page
    assert "12:00 a.m." in page or "midnight" in page or "00:00" in page


def test_the_template_comes_in_both_forms_and_the_example_stands_on_the_page_alone(hr):
    for form in Form:
        answer = hr.get(at("batch_template", form.value))
        assert (answer.status_code, f"batch.{form}" in answer["Content-Disposition"]) == (200, True)
        assert pages.EXAMPLES[0][2].encode() not in answer.content
    page = read(hr, "new_batch")
    assert pages.EXAMPLES[0][2] in page
    assert hr.get(at("batch_template", "pdf")).status_code == 404


# What is refused, and that nothing is kept of it


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"", "R-542"),
        (b"\x00\x01", "R-540"),
        (b"PK\x03\x04 no archive", "R-540"),
        (batches.file_of([]), "R-544"),
        (batches.file_of([], head=["姓名"]), "R-542"),
        (b"x" * (uploads.MEGABYTES * uploads.MEGABYTE + 1), "R-541"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_beside_the_field(hr, file, words):
    answer = upload(hr, file)
    assert (answer.status_code in (413, 422), Batch.objects.exists()) == (True, False)
    assert words in text_of(answer)
    assert f'value="{POST}" selected' in text_of(answer), "the post is chosen still"


def test_too_many_files_that_were_not_asked_are_refused_beside_the_field_with_the_remedy(hr, settings):
    settings.SHARING_BATCHES_HELD = 1
    uploaded(hr, *batches.applicants(1))
    answer = upload(hr, batches.file_of(batches.applicants(1)))
    assert (answer.status_code, "R-570" in text_of(answer)) == (409, True)
    assert Batch.objects.count() == 1


def test_what_is_missing_is_asked_for(hr):
    page = text_of(hr.post(at("new_batch"), {}))
    assert "Choose the file." in page
    assert 'href="#id_post"' in page
    assert "Choose a post from the list" in text_of(upload(hr, batches.file_of(lines(1)), post="x/y"))


def test_a_name_or_number_is_in_no_page_no_session_and_no_table_in_the_clear(hr):
    number = cast.APPLICANT_NUMBER[:-1] + "0"
    made = uploaded(hr, batches.listed(yesterday()), [*lines(1)[0][:3], number, batches.form(), yesterday()])
    pages_of = read(hr, "batch", made.pk) + read(hr, "batches") + hr.get(at("batch_faults", made.pk)).content.decode()
    kept = io.StringIO()
    call_command("dumpdata", "employers", "sessions", "parties", stdout=kept)
    for told in ("高䶮", cast.DEFENDANT_NUMBER, number, "applicants of ours"):
        assert told not in pages_of
        assert told not in kept.getvalue()
    assert Session.objects.exists()


def test_the_check_against_forged_requests_holds_and_the_file_is_on_no_disk(monkeypatch):
    monkeypatch.setattr(
        "django.core.files.uploadhandler.TemporaryFileUploadHandler.new_file", lambda *_: pytest.fail("on the disk")
    )
    hr = signed_in(a_member(asking.bank(), "han", MemberRole.HR), enforce_csrf_checks=True)
    file = batches.file_of(lines(1)) + (b" " * 100_000 + b"\r\n") * 40
    assert upload(hr, file).status_code == 403
    token = re.search(r'csrfmiddlewaretoken"\s+value="([^"]+)"', text_of(hr.get(at("new_batch")))).group(1)
    assert upload(hr, file, csrfmiddlewaretoken=token).status_code == 302


def test_what_was_checked_and_is_destroyed_cannot_be_asked(hr):
    made = uploaded(hr, *lines(1))
    Batch.objects.update(keep_until=timezone.now())
    hr.post(at("ask_batch", made.pk), {"declared": "on"})
    batch.destroy(now=timezone.now())
    page = read(hr, "batch", made.pk)
    assert "R-582" in page
    assert "nothing of it is left" in page
    assert hr.get(at("batch_results", made.pk, "csv")).status_code == 404


# Who may


def doors(made):
    reading = [
        ("get", at("batches")),
        ("get", at("batch", made.pk)),
        ("get", at("batch_faults", made.pk)),
        ("get", at("batch_results", made.pk, "csv")),
        ("get", at("batch_template", "csv")),
    ]
    acting = [
        ("get", at("new_batch")),
        ("post", at("new_batch")),
        ("post", at("ask_batch", made.pk)),
        ("post", at("stop_batch", made.pk)),
    ]
    return reading, acting


@pytest.mark.parametrize("role", [MemberRole.OWNER, MemberRole.HR, MemberRole.AUDITOR])
def test_owner_and_hr_ask_and_an_auditor_reads(hr, role):
    made = begun(hr, *lines(1))
    member = signed_in(a_member(asking.bank(), "other", role))
    reading, acting = doors(made)
    assert {getattr(member, method)(address).status_code for method, address in reading} == {200}
    answers = {getattr(member, method)(address).status_code for method, address in acting}
    assert (answers == {403}) is (role == MemberRole.AUDITOR)


def test_a_stranger_is_refused_at_every_door(hr):
    made = begun(hr, *lines(1))
    everywhere = [door for group in doors(made) for door in group]
    for method, address in everywhere:
        assert "/sign-in/" in getattr(Browser(), method)(address)["Location"]
    other = signed_in(a_member(asking.courier_company(), "ma", MemberRole.OWNER))
    for method, address in everywhere:
        if made.pk in address:
            assert getattr(other, method)(address).status_code == 404
    assert batches.fresh(made).state == BatchState.ASKING
    assert made.pk not in read(other, "batches")


def test_of_a_suspended_employer_the_results_are_read_and_nothing_is_asked(hr):
    made = begun(hr, *lines(1))
    organisation = asking.bank().organisation
    organisation.suspended_at = timezone.now()
    organisation.save()
    reading, acting = doors(made)
    assert {getattr(hr, method)(address).status_code for method, address in reading} == {200}
    assert {getattr(hr, method)(address).status_code for method, address in acting} == {403}
    batches.work(timezone.now())
    assert "the organisation may not ask" in read(hr, "batch", made.pk)
