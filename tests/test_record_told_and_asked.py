"""Who was told, who asked, who at the court looked: all of it, in words, for the person alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client as Browser
from django.utils import timezone

from registry import actions
from registry.models import AccessRecord
from sharing.delivery.models import Attempt
from sharing.departments import institutions, receipts, telling
from sharing.departments.allowed import INFORMED
from sharing.departments.models import Look
from sharing.departments.receipts import ReceiptEntry
from sharing.employers import calling, giving
from sharing.employers.models import Screening
from sharing.parties import members
from sharing.persons.objections import finding
from sharing.persons.record import told
from sharing.persons.record.told import Way
from tests import asking, cast, consenting, desk, monitored, objecting, visiting
from tests.visiting import main_of, visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
LATER = cast.NOW + timedelta(hours=2)


def page(name, number=visiting.NUMBER, called=visiting.NAME):
    return main_of(visitor(number, called).get(f"/record/{name}/"))


def walked(listing, now=cast.NOW):
    telling.walk(now=now)
    return list(told.of([cast.fresh(listing)]))


def said(department, event, kind="applied"):
    entry = ReceiptEntry(event=event.event_id, kind=kind, at=LATER)
    receipts.record(entry, department=department.organisation, signed=True)


# Who was told


def test_nobody_was_told_of_what_no_measure_fits():
    cast.department()
    cast.in_force()
    telling.walk(now=cast.NOW)
    assert "No department was told." in page("told")


def test_a_message_is_on_its_way_until_it_arrived_and_confirmed_once_the_department_says_so(finance):
    endpoint, _secret = cast.add_endpoint(finance, "http://127.0.0.1:8999/webhooks")
    listing = cast.in_force()
    (recipient,) = walked(listing)
    assert [each.way for each in recipient.messages] == [Way.ON_ITS_WAY]
    assert "Still on its way" in page("told")
    event = listing.events.get()
    Attempt.objects.create(endpoint=endpoint, event=event, started_at=LATER, elapsed_ms=1, status=500, length=0)
    assert walked(listing)[0].messages[0].way is Way.ON_ITS_WAY
    Attempt.objects.create(endpoint=endpoint, event=event, started_at=LATER, elapsed_ms=1, status=204, length=0)
    assert walked(listing)[0].messages[0].arrived == LATER
    assert "Arrived, not confirmed yet" in page("told")
    said(finance, event)
    words = page("told")
    assert "The department says: applied, 24 November 2026" in words
    assert "That you are listed" in words


def test_without_a_machine_it_waits_in_the_portal_and_looks_by_hand_are_counted(finance):
    listing = cast.in_force()
    assert walked(listing)[0].messages[0].way is Way.IN_PORTAL
    member = members.take_in(
        finance.organisation, username="wei", password="a long enough phrase", name="魏对接", email="wei@f.example"
    )
    Look.objects.create(
        member=member, department=finance.organisation, page="list", listing=listing, position=1, count=1, at=LATER
    )
    (recipient,) = walked(listing)
    assert (recipient.looks, recipient.last_look) == (1, LATER)
    words = page("told")
    assert "魏对接" not in words
    assert "Opened by hand" in words


def test_after_a_withdrawal_what_did_not_arrive_is_not_sent_and_the_day_of_deletion_is_said(finance):
    cast.add_endpoint(finance, "http://127.0.0.1:8999/webhooks")
    listing = cast.in_force()
    walked(listing)
    withdrawn = cast.withdrawn(listing)
    (recipient,) = walked(withdrawn)
    assert [each.way for each in recipient.messages] == [Way.NOT_SENT, Way.ON_ITS_WAY]
    assert recipient.purge_due is not None
    said(finance, withdrawn.events.last(), kind="purged")
    (recipient,) = walked(withdrawn)
    assert recipient.purge_due is None
    assert "The department says: purged" in page("told")


def test_what_each_department_may_do_stands_there_by_its_name(finance):
    listing = cast.in_force()
    walked(listing)
    assert "Limiting new accounts, on 电信网络诈骗及其关联违法犯罪联合惩戒办法, until" in page("told")
    assert "limit-accounts" not in page("told")
    actions.suspend([listing.pk], officer=cast.registrar(), now=cast.NOW, reason="retrial ordered")
    assert "nothing now" in page("told")
    walked(cast.withdrawn(cast.fresh(listing)))
    assert "Limiting new accounts" not in page("told")


def test_what_informs_allows_nothing(finance):
    telecom = cast.department("telecom")
    cast.measure(telecom, information_only=True, basis="", facts=())
    (_finance, told_only) = walked(cast.in_force())
    assert told_only.may_do == [str(INFORMED)]


def test_an_institution_that_was_reached_is_named(finance):
    listing = cast.in_force()
    walked(listing)
    institutions.register(finance, code="bank-a", name="甲银行", uscc=asking.BANK_USCC, now=cast.NOW)
    institutions.reach(finance.pk, listing.number, "bank-a", at=LATER)
    assert "甲银行" in page("told")


def test_what_was_for_another_department_alone_is_not_among_its_messages(finance):
    telecom = cast.department("telecom")
    ended = cast.measure(telecom, code="check", basis="反电信网络诈骗法", facts=())
    listing = cast.in_force()
    walked(listing)
    cast.ended(ended)
    found = {each.department.code: [message.type for message in each.messages] for each in walked(listing)}
    assert found == {
        "finance-department": ["listing.published"],
        "telecom-department": ["listing.published", "listing.withdrawn"],
    }


def test_of_another_person_nobody_is_told_anything(finance):
    walked(cast.in_force())
    assert "finance-department" not in page("told", cast.SECOND_NUMBER, "欧阳㛃")


# Who asked


def test_every_question_is_there_with_the_very_answer_however_it_was_asked():
    listing = cast.in_force()
    asking.answered()
    code = consenting.given()
    asking.answered(asking.question(consent=consenting.typed(code)))
    words = page("asked")
    assert words.count("bank") == 2
    assert "On a signed form, as the employer says" in words
    assert "On the consent code that you gave" in words
    assert "there was a listing in force" in words
    screening = Screening.objects.get(consent__code=code)
    words = main_of(visitor().get(f"/record/asked/{screening.pk}/"))
    assert listing.number in words
    assert screening.pk in words


def test_whoever_is_in_no_register_sees_who_asked_about_him_too():
    asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER, name="王小明"))
    words = page("asked", cast.APPLICANT_NUMBER, "王小明")
    assert "there was no listing in force" in words
    assert "bank" in words


def test_a_question_under_his_number_with_another_name_is_there_without_its_answer():
    cast.in_force()
    asking.answered(asking.question(name="高某"))
    words = page("asked")
    assert "about your number with another name" in words
    assert "a listing in force" not in words


def test_an_answer_that_became_void_says_so(settings):
    settings.SHARING_HELD_SHARE = 1.0
    screening = asking.answered()
    calling.call_in(now=cast.NOW)
    calling.tell(now=cast.NOW)
    calling.overdue(now=cast.NOW + timedelta(days=8))
    words = main_of(visitor().get(f"/record/asked/{screening.pk}/"))
    assert "could not show that you had agreed" in words


def test_employers_that_are_told_of_changes_are_named():
    today = timezone.localdate()
    enrolment = monitored.enrolment(until=today + timedelta(days=100), consent=asking.attested(today))
    monitored.enrolled(enrolment, now=timezone.now())
    words = page("asked")
    assert "going on" in words
    assert "bank" in words.split("told if an answer about you changes")[1]


def test_they_are_paged_by_25(settings):
    settings.SHARING_SUBJECT_A_MONTH = 100
    for _ in range(27):
        asking.answered()
    browser = visitor()
    first, second = (main_of(browser.get(f"/record/asked/?page={number}")) for number in (1, 2))
    assert (first.count("On a signed form"), second.count("On a signed form")) == (25, 2)
    assert "Page 1 of 2" in first
    for odd in ("0", "99", "x", "-1"):
        assert browser.get(f"/record/asked/?page={odd}").status_code == 200


def test_a_consent_leads_from_the_question_to_where_it_is_revoked():
    code = consenting.given()
    screening = asking.answered(asking.question(consent=consenting.typed(code)))
    browser = visitor()
    assert f"/consent/mine/{code.pk}/" in visiting.text_of(browser.get(f"/record/asked/{screening.pk}/"))
    assert giving.given_by(code.pk, consenting.person()).screening == screening


# Who at the court looked


def test_every_look_is_there_with_court_and_role_and_without_the_officers_name():
    listing = cast.in_force()
    desk.at_the_desk(cast.judge()).get(f"/desk/listings/{listing.number}/")
    words = page("looked")
    assert "The page of the listing" in words
    assert "Reviewing judge" in words.replace("reviewing judge", "Reviewing judge")
    assert str(cast.judge().court) in words
    assert "赵法官" not in words
    assert "J-ZHAO" not in words


def test_the_reason_of_another_court_is_read_by_the_person():
    listing = cast.in_force()
    browser = desk.at_the_desk(cast.high_court_registrar())
    where = f"/desk/listings/{listing.number}/"
    browser.post(f"{where}why/", {"reason": "复核异议材料", "to": where})
    browser.get(where)
    assert "复核异议材料" in page("looked")


def test_looks_at_an_objection_that_names_no_listing_are_there():
    found = objecting.raised()
    finding.record(found, officer=cast.registrar(), page="objection", now=cast.NOW)
    assert found.number in page("looked")
    assert found.number not in page("looked", cast.SECOND_NUMBER, "欧阳㛃")


def test_looks_at_another_persons_listing_are_not_there():
    listing = cast.in_force()
    desk.at_the_desk(cast.judge()).get(f"/desk/listings/{listing.number}/")
    assert AccessRecord.objects.exists()
    assert "The page of the listing" not in page("looked", cast.SECOND_NUMBER, "欧阳㛃")
    assert isinstance(visitor(), Browser)
