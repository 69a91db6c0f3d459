"""What a department owes reaches its members in time, and the court once it is late; each step once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from registry.assessment import rules
from registry.models import Role
from registry.models.insert_only import InsertOnlyError
from sharing.departments import escalating, owing, receipts, telling
from sharing.departments.models import Escalation, Owed, Recall
from sharing.parties import members
from tests import cast
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
COURT = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def finance():
    department = cast.department()
    cast.measure(department)
    members.take_in(
        department.organisation,
        username="wei",
        password="a long enough phrase",
        name="魏对接",
        email="wei@finance.example",
    )
    return department


def told():
    """On Wednesday 25 November 2026, in Beijing; everything is by hand."""
    telling.walk(now=at(2026, 11, 25))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE delivery_told SET told_at = %s", [at(2026, 11, 25)])
        cursor.execute("SET session_replication_role = replica")  # past the guard of the insert-only table
        cursor.execute("UPDATE registry_event SET recorded_at = %s", [at(2026, 11, 25)])
        cursor.execute("SET session_replication_role = origin")


def at(year, month, day, hour=10):
    return datetime(year, month, day, hour, tzinfo=COURT)


def sent(*moment):
    mail.outbox.clear()
    escalating.escalate(now=at(*moment))
    return [(message.subject.split(":")[0], message.to) for message in mail.outbox]


MEMBERS = ["wei@finance.example"]
DUE, LATE = "回执即将到期 / Receipts are due", "回执逾期 / Receipts are overdue"


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (date(2026, 11, 26), 0),  # Thursday: due on Monday, three working days after Wednesday
        (date(2026, 11, 27), 1),
        (date(2026, 11, 29), 1),
        (date(2026, 11, 30), 1),
        (date(2026, 12, 1), 2),
        (date(2026, 12, 2), 2),
        (date(2026, 12, 3), 3),
        (date(2026, 12, 6), 3),
        (date(2026, 12, 7), 4),
        (date(2026, 12, 13), 4),
        (date(2026, 12, 14), 5),
        (date(2026, 12, 21), 6),
        (date(2027, 11, 29), 55),
    ],
)
def test_a_purge_climbs_step_by_step(day, step):
    assert escalating.reached(date(2026, 11, 30), day, "purge_receipt", rules()) == step


def test_a_receipt_has_its_reminder_on_the_due_day_for_there_is_no_day_before():
    steps = [
        escalating.reached(date(2026, 11, 26), day, "receipt", rules())
        for day in (date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27))
    ]
    assert steps == [0, 1, 2]


@pytest.mark.parametrize(
    ("day", "late"),
    [
        (date(2026, 9, 29), 0),
        (date(2026, 9, 30), 0),
        (date(2026, 10, 7), 0),
        (date(2026, 10, 8), 1),
        (date(2026, 10, 12), 4),
    ],
)
def test_lateness_is_counted_in_working_days_across_the_national_holiday(day, late):
    assert escalating.working_days_late(date(2026, 9, 30), day, rules().calendar) == late


def test_the_members_are_reminded_and_then_the_court_is_told_each_step_once(finance, settings):
    cast.in_force()
    told()
    court = [*MEMBERS, settings.REGISTRY_CONTACT_EMAIL]
    assert sent(2026, 11, 25) == []
    assert sent(2026, 11, 26) == [(DUE, MEMBERS)]
    assert sent(2026, 11, 26, 18) == []
    assert sent(2026, 11, 27) == [(LATE, court)]
    assert sent(2026, 11, 28) == []
    assert sent(2026, 11, 29) == [(LATE, court)]
    assert sent(2026, 12, 3) == [(LATE, court)]
    assert sent(2026, 12, 9) == []
    assert sent(2026, 12, 10) == [(LATE, court)]
    assert list(Escalation.objects.order_by("at").values_list("due", "overdue", "court")) == [
        (1, 0, False),
        (0, 1, True),
        (0, 1, True),
        (0, 1, True),
        (0, 1, True),
    ]


def test_a_recall_is_escalated_until_it_is_closed(finance):
    cast.withdrawn(cast.in_force())
    told()
    Recall.objects.update(due_on=date(2026, 11, 30))
    assert sent(2026, 11, 26) == []
    assert sent(2026, 11, 27)[0][0] == DUE
    assert sent(2026, 12, 1)[0][0] == LATE
    (duty,) = owing.owed(finance.pk, 5)
    entry = receipts.ReceiptEntry(event=duty.event_id, kind="purged", at=timezone.now())
    receipts.record(entry, department=finance.organisation, signed=True)
    assert sent(2026, 12, 3) == []


def test_what_is_confirmed_is_not_escalated(finance):
    cast.in_force()
    told()
    assert len(sent(2026, 11, 26)) == 1
    (duty,) = owing.owed(finance.pk, 5)
    entry = receipts.ReceiptEntry(event=duty.event_id, kind="applied", at=timezone.now())
    receipts.record(entry, department=finance.organisation, signed=False)
    assert sent(2026, 11, 27) == []
    assert not Owed.objects.exists()


def test_however_much_is_owed_it_is_one_message(finance):
    listing = cast.in_force()
    for fine in (1, 2, 3):
        cast.corrected(cast.fresh(listing), fine_yuan=fine)
    cast.withdrawn(cast.second_in_force())
    told()
    Recall.objects.update(due_on=date(2026, 11, 26))
    assert len(sent(2026, 11, 27)) == 1
    (message,) = mail.outbox
    assert "4项" in message.body
    assert "1项" in message.body
    assert "late by 1 working day." in message.body
    assert listing.number in message.body
    assert reverse("department:owed") in message.body
    for name in ("高䶮", "欧阳㛃", cast.DEFENDANT_NUMBER, cast.SECOND_NUMBER):
        assert name not in message.body + message.subject


def test_found_late_it_is_told_once_and_not_for_every_step_that_passed(finance):
    cast.in_force()
    told()
    assert [len(sent(2026, 12, 20)), len(sent(2026, 12, 20))] == [1, 0]


def test_nobody_is_written_to_at_night(finance):
    cast.in_force()
    told()
    assert sent(2026, 11, 27, 7) == []
    assert len(sent(2026, 11, 27, 8)) == 1


def test_a_department_without_addresses_is_the_courts_to_call(finance, settings):
    account = finance.organisation.members.get().account
    account.email = ""
    account.save()
    cast.in_force()
    told()
    assert sent(2026, 11, 26) == [(DUE, [settings.REGISTRY_CONTACT_EMAIL])]
    assert Escalation.objects.get().members == 0


def test_a_message_that_cannot_be_sent_is_tried_again_and_not_recorded(finance, monkeypatch):
    cast.in_force()
    told()
    with monkeypatch.context() as patch:
        patch.setattr(
            "django.core.mail.EmailMessage.send", lambda message: (_ for _ in ()).throw(ConnectionRefusedError())
        )
        assert sent(2026, 11, 27) == []
    assert not Escalation.objects.exists()
    assert len(sent(2026, 11, 27)) == 1


@pytest.mark.django_db(transaction=True)
def test_no_transaction_is_open_while_a_message_is_sent(finance, monkeypatch):
    cast.in_force()
    told()
    open_meanwhile = []
    monkeypatch.setattr(
        "django.core.mail.EmailMessage.send", lambda _: open_meanwhile.append(connection.in_atomic_block)
    )
    escalating.escalate(now=at(2026, 11, 27))
    assert open_meanwhile == [False]


def test_an_escalation_is_never_changed(finance):
    cast.in_force()
    told()
    sent(2026, 11, 27)
    with pytest.raises(InsertOnlyError):
        Escalation.objects.get().delete()
    with pytest.raises(InsertOnlyError):
        Escalation.objects.update(overdue=0)


def test_the_portal_says_what_is_late_and_who_was_told(finance):
    cast.in_force()
    told()
    owing.keep(finance.pk, now=timezone.now() + timedelta(days=1))
    day = timezone.localdate() - timedelta(days=7)
    Owed.objects.update(due_on=day, told_at=at(2026, 11, 24))
    Escalation.objects.create(
        department=finance.organisation, at=at(2026, 11, 24), court=True, members=1, due=0, overdue=1
    )
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, finance.organisation.members.get().account)
    page = browser.get(reverse("department:owed")).content.decode()
    assert "working days" in page
    assert "your members, and the court’s registry" in page


# The court's page


def desk(officer):
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, officer.account)
    return browser.get("/desk/sharing/overdue/")


def test_the_high_court_sees_who_is_behind(finance):
    listing = cast.in_force()
    cast.department("telecom")
    told()
    page = desk(cast.high_court_registrar()).content.decode()
    assert "No department is behind." in page
    owing.keep(finance.pk, now=timezone.now() + timedelta(days=1))
    Owed.objects.update(due_on=timezone.localdate() - timedelta(days=7))
    page = desk(cast.officer("A-YU", Role.AUDITOR, court="京")).content.decode()
    assert "finance-department" in page
    assert "telecom-department" not in page
    assert listing.number in page
    assert "高䶮" not in page


def test_others_do_not_see_it(finance):
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.stranger()):
        assert desk(officer).status_code == 403
    assert Browser().get("/desk/sharing/overdue/").status_code == 302
    browser = Browser()
    sign_in(browser, finance.organisation.members.get().account)
    assert browser.get("/desk/sharing/overdue/").status_code == 302
