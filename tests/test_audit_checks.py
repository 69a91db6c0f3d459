"""Every check of the auditors finds what was planted for it, and nothing in a book that is in order."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from registry.errors import NoSuchCheck
from registry.models import AccessRecord, Account, Listing, RefusedAct
from sharing.audit import checking
from sharing.audit.checks import CHECKS, Severity
from sharing.audit.models import CheckCount
from sharing.audit.tasks import count_checks
from sharing.employers import recalling
from sharing.persons.objections import deciding
from tests import auditing, cast, desk, objecting, visiting
from tests.audit_plants import FOUND, PLANTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


def at(monkeypatch, now):
    monkeypatch.setattr(timezone, "now", lambda: now)


@pytest.fixture
def _today(monkeypatch):
    at(monkeypatch, cast.NOW)


def counts(now=cast.NOW):
    return {each.check.code: each.count for each in checking.count_all(now=now) if each.count}


def test_there_is_something_planted_for_every_check():
    assert PLANTS.keys() == CHECKS.keys()


def test_a_book_in_order_is_found_in_order():
    auditing.auditor()
    auditing.in_order()
    auditing.in_order(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    auditing.everybody_signed_in()
    assert counts(cast.NOW + timedelta(hours=2)) == {}


@pytest.mark.parametrize("code", CHECKS)
def test_a_check_finds_what_was_planted(code, settings):
    settings.REGISTRY_NOTICE_WAIVER = settings.REGISTRY_NOTICE_WAIVER  # what a plant changes is set back
    now = PLANTS[code]()
    found = checking.count(CHECKS[code], now=now)
    assert found.count == FOUND.get(code, 1)
    assert found.since is not None or code == "old-digest-keys"
    rows = list(checking.every_row(CHECKS[code], now=now))
    assert len(rows) == found.count
    assert all(len(row) == len(CHECKS[code].columns) for row in rows)


@pytest.mark.parametrize("code", CHECKS)
def test_a_check_is_one_statement_and_its_list_two(code):
    now = PLANTS[code]()
    with CaptureQueriesContext(connection) as counting:
        checking.count(CHECKS[code], now=now)
    with CaptureQueriesContext(connection) as listing:
        checking.a_page(CHECKS[code], 1, now=now)
    assert len(counting) == 1
    assert len(listing) <= 2


@pytest.mark.parametrize("code", CHECKS)
def test_a_list_shows_no_person_and_no_number(code, monkeypatch):
    now = PLANTS[code]()
    at(monkeypatch, now)
    Account.objects.update(is_active=True)
    browser = desk.at_the_desk(cast.high_court_registrar())
    before = AccessRecord.objects.count()
    for page in (f"/desk/sharing/audit/checks/{code}/", f"/desk/sharing/audit/checks/{code}/file/csv"):
        text = visiting.text_of(browser.get(page))
        for shown in ("高䶮", "欧阳", cast.DEFENDANT_NUMBER, cast.SECOND_NUMBER, "林书记员"):
            assert shown not in text, shown
    assert AccessRecord.objects.count() == before


@pytest.mark.usefixtures("_today")
class TestPages:
    def test_auditors_and_the_high_courts_registrars_see_every_check(self):
        RefusedAct.objects.create(officer=cast.clerk(), act="approve", code="R-304", at=cast.NOW)
        for officer in (auditing.auditor(), cast.high_court_registrar()):
            text = visiting.main_of(desk.at_the_desk(officer).get("/desk/sharing/audit/"))
            for each in CHECKS.values():
                assert str(each.name) in text
            assert "1 of 35 checks needs a look" in text

    def test_nobody_else_does(self):
        pages = [
            "/desk/sharing/audit/",
            "/desk/sharing/audit/checks/past-term/",
            "/desk/sharing/audit/checks/past-term/file/csv",
        ]
        for page in pages:
            for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.stranger(), cast.statistician()):
                assert desk.at_the_desk(officer).get(page).status_code == 403, page
            assert Client().get(page).status_code == 302, page

    def test_an_unknown_check_is_refused_by_name(self):
        answer = desk.at_the_desk(auditing.auditor()).get("/desk/sharing/audit/checks/nothing/")
        assert answer.status_code == 404
        assert NoSuchCheck.code in visiting.text_of(answer)

    def test_a_long_list_is_turned_by_pages_of_25(self):
        rows = (RefusedAct(officer=cast.clerk(), act=f"act-{n:02}", code="R-303", at=cast.NOW) for n in range(60))
        RefusedAct.objects.bulk_create(rows)
        browser = desk.at_the_desk(auditing.auditor())
        address = reverse("sharing_desk:audit_check", args=["refused-acts"])
        shown = [visiting.main_of(browser.get(f"{address}?page={n}")).count("act-") for n in (1, 2, 3)]
        assert shown == [25, 25, 10]
        assert "Page 2 of 3" in visiting.main_of(browser.get(f"{address}?page=2"))
        assert visiting.main_of(browser.get(f"{address}?page=x")).count("act-") == 25

    def test_the_file_has_every_row_and_no_formula(self):
        RefusedAct.objects.create(officer=cast.clerk(), act="=cmd|'/c calc'!A1", code="R-303", at=cast.NOW)
        browser = desk.at_the_desk(auditing.auditor())
        file = browser.get("/desk/sharing/audit/checks/refused-acts/file/csv")
        _header, row = csv.reader(io.StringIO(file.content.decode("utf-8-sig")))
        assert row[3] == "'=cmd|'/c calc'!A1"
        sheet = browser.get("/desk/sharing/audit/checks/refused-acts/file/xlsx")
        assert sheet.content.startswith(b"PK")
        assert browser.get("/desk/sharing/audit/checks/refused-acts/file/pdf").status_code == 404

    def test_the_page_takes_as_many_statements_however_much_there_is(self):
        browser = desk.at_the_desk(auditing.auditor())
        taken = set()
        for _ in range(3):
            cast.officer(f"C-{len(taken)}-{_}", cast.Role.CLERK)
            RefusedAct.objects.create(officer=cast.clerk(), act="approve", code="R-304", at=cast.NOW)
            with CaptureQueriesContext(connection) as queries:
                browser.get("/desk/sharing/audit/")
            taken.add(len(queries))
        assert len(taken) == 1
        assert taken.pop() <= len(CHECKS) + 10

    def test_my_work_of_an_auditor_names_what_needs_a_look_and_leads_there(self):
        RefusedAct.objects.create(officer=cast.clerk(), act="approve", code="R-304", at=cast.NOW)
        text = visiting.main_of(desk.at_the_desk(auditing.auditor()).get("/desk/"))
        assert "Self-approvals tried" in text
        assert "Checks that need a look" not in visiting.main_of(desk.at_the_desk(cast.clerk()).get("/desk/"))


def test_a_sealed_listing_is_named_in_no_list(monkeypatch):
    now = PLANTS["recalls-overdue"]()
    Listing.objects.update(sealed_at=cast.NOW)
    (row,) = checking.every_row(CHECKS["recalls-overdue"], now=now)
    assert row[0] == "—"
    number = Listing.including_sealed.get().number
    RefusedAct.objects.create(officer=cast.clerk(), act="suspend", about=number, code="R-303", at=cast.NOW)
    assert checking.count(CHECKS["refused-acts"], now=cast.NOW).count == 0


def test_a_listing_withdrawn_by_hand_of_which_nobody_was_told_is_found_too():
    auditing.in_order()
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL session_replication_role = replica"
        )  # past the triggers, as whoever owns the database
        cursor.execute("UPDATE registry_listing SET state = 'withdrawn'")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert checking.count(CHECKS["log-disagrees"], now=cast.NOW).count == 1


def test_what_is_for_information_needs_no_look():
    PLANTS["notice-waived"]()
    found = checking.count(CHECKS["notice-waived"], now=cast.NOW)
    assert found.check.severity == Severity.NOTE
    assert not found.needs_a_look


class TestReadWithoutReason:
    """What must be nothing is only worth something if it never cries wolf."""

    def count(self):
        return checking.count(CHECKS["read-without-reason"], now=timezone.now()).count

    def test_own_cases_reasons_given_and_the_whole_way_through_the_pages_leave_nothing(self, monkeypatch):
        at(monkeypatch, cast.NOW)
        listing = auditing.in_order()
        address = reverse("admin:listing", args=[listing.number])
        desk.at_the_desk(cast.clerk()).get(address)
        desk.at_the_desk(auditing.auditor()).get(address)  # is asked why, and sees nobody
        desk.with_a_reason(auditing.auditor(), listing).get(address)
        browser = desk.with_a_reason(cast.high_court_registrar(), listing)
        browser.get(address)
        browser.get(reverse("sharing_desk:recipients", args=[listing.number]))
        assert self.count() == 0

    def test_after_the_hour_it_is_without_a_reason_again(self, monkeypatch):
        at(monkeypatch, cast.NOW)
        listing = auditing.in_order()
        desk.with_a_reason(auditing.auditor(), listing)
        AccessRecord.objects.create(
            officer=auditing.auditor(),
            listing_number=listing.number,
            page="listing",
            at=cast.NOW + timedelta(minutes=61),
        )
        at(monkeypatch, cast.NOW + timedelta(hours=2))
        assert self.count() == 1

    def test_a_court_that_reviews_reads_its_own_case(self, monkeypatch):
        at(monkeypatch, cast.NOW)
        listing = auditing.in_order()
        objecting.in_review(listing)
        desk.at_the_desk(objecting.higher_judge()).get(reverse("admin:listing", args=[listing.number]))
        assert AccessRecord.objects.filter(officer=objecting.higher_judge()).exists()
        assert self.count() == 0


def test_what_was_done_in_time_is_found_nowhere(monkeypatch):
    """The same plants, once what was owed is done."""
    listing = auditing.in_order()
    found = objecting.raised(listing)
    deciding.admit(found.number, officer=cast.registrar(), now=cast.NOW)
    assert checking.count(CHECKS["objections-overdue"], now=cast.NOW + timedelta(days=2)).count == 0
    recalling.walk(now=cast.NOW)
    assert checking.count(CHECKS["results-not-removed"], now=cast.NOW + timedelta(days=30)).count == 0


def test_the_page_shows_what_was_counted_and_counts_anew_when_asked(monkeypatch):
    checking.keep_counts(now=cast.NOW)
    later = PLANTS["past-term"]()
    CheckCount.objects.update(at=later - timedelta(minutes=5))
    at(monkeypatch, later)
    browser = desk.at_the_desk(auditing.auditor(), "en")
    assert _kept_count("past-term", later) == 0
    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("sharing_desk:audit"))
    assert len(asked) <= 6
    response = browser.post(reverse("sharing_desk:count_checks"), follow=True)
    assert "Every check was counted anew." in response.text
    assert _kept_count("past-term", later) == 1


def test_what_was_never_counted_is_counted_when_the_page_is_opened():
    assert checking.kept(now=cast.NOW) == (checking.count_all(now=cast.NOW), cast.NOW)


@pytest.mark.usefixtures("_today")
def test_counts_are_kept_by_the_clock_as_they_were_found():
    PLANTS["self-approvals"]()
    count_checks()
    found, counted_at = checking.kept(now=cast.NOW + timedelta(minutes=14))
    assert found == checking.count_all(now=cast.NOW)
    assert counted_at == cast.NOW


def test_where_the_clock_stands_still_nobody_is_shown_what_was_counted_long_ago():
    checking.keep_counts(now=cast.NOW)
    PLANTS["self-approvals"]()
    late = cast.NOW + timedelta(minutes=15)
    assert checking.kept(now=late) == (checking.count_all(now=late), late)
    assert _kept_count("self-approvals", late) == 1


def test_a_stranger_cannot_have_the_checks_counted():
    assert Client().post(reverse("sharing_desk:count_checks")).status_code == 302
    clerk = desk.at_the_desk(cast.clerk(), "en").post(reverse("sharing_desk:count_checks"))
    assert clerk.status_code == 403
    assert not CheckCount.objects.exists()


def _kept_count(code, now):
    found, _counted_at = checking.kept(now=now)
    return next(each.count for each in found if each.check.code == code)
