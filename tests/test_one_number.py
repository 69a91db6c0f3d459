"""One document number in full: asked for with a reason that the person reads, shown once, counted, and no more than so many."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry.models import AccessRecord, Listing, ReadingAlarm, State
from sharing.persons.record import spoken
from tests import auditing, cast, desk, visiting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
REASON = "sample S-2026-0001, compared with the judgment"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


@pytest.fixture
def listing():
    return cast.in_force()


def address(listing):
    return reverse("admin:number", args=[listing.number])


def asked(listing, **changes):
    document = listing.party.person.documents.first()
    return {"document": str(document.pk), "reason": REASON, **changes}


def test_the_number_is_in_the_answer_to_the_reason_and_nowhere_else(listing):
    browser = desk.at_the_desk(auditing.auditor())
    before = browser.get(address(listing))
    assert cast.DEFENDANT_NUMBER not in before.content.decode()
    shown = browser.post(address(listing), asked(listing))
    assert shown.status_code == 200
    assert cast.DEFENDANT_NUMBER in shown.content.decode()
    assert "no-store" in shown.headers["Cache-Control"]
    assert "高䶮" not in shown.content.decode()
    assert cast.DEFENDANT_NUMBER not in browser.get(address(listing)).content.decode()


def test_it_is_on_record_with_the_reason_and_the_person_reads_it(listing):
    desk.at_the_desk(auditing.auditor()).post(address(listing), asked(listing))
    record = AccessRecord.objects.get()
    assert (record.page, record.listing_number, record.reason) == ("number", listing.number, REASON)
    (row,) = spoken.looks([record])
    assert row[-1] == REASON


def test_without_a_reason_nothing_is_shown_and_nothing_is_recorded(listing):
    answer = desk.at_the_desk(auditing.auditor()).post(address(listing), asked(listing, reason=" "))
    assert cast.DEFENDANT_NUMBER not in answer.content.decode()
    assert not AccessRecord.objects.exists()


@pytest.mark.parametrize("document", ["", "not-an-id", "11111111-1111-4111-8111-111111111111"])
def test_a_document_that_is_not_this_persons_is_refused_by_name(listing, document):
    answer = desk.at_the_desk(auditing.auditor()).post(address(listing), asked(listing, document=document))
    assert answer.status_code == 200
    assert not AccessRecord.objects.exists()


def test_the_document_of_somebody_else_is_not_reached_through_this_listing(listing):
    other = cast.second_in_force()
    document = other.party.person.documents.first()
    answer = desk.at_the_desk(auditing.auditor()).post(address(listing), asked(listing, document=str(document.pk)))
    assert "R-841" in answer.content.decode()
    assert cast.SECOND_NUMBER not in answer.content.decode()


def test_no_more_than_so_many_within_a_day(listing, settings, monkeypatch):
    settings.REGISTRY_NUMBERS_A_DAY = 2
    browser = desk.at_the_desk(auditing.auditor())
    for _ in range(2):
        assert cast.DEFENDANT_NUMBER in browser.post(address(listing), asked(listing)).content.decode()
    refused = browser.post(address(listing), asked(listing)).content.decode()
    assert "R-842" in refused
    assert cast.DEFENDANT_NUMBER not in refused
    assert AccessRecord.objects.count() == 2
    monkeypatch.setattr(timezone, "now", lambda: auditing.LATER)
    browser = desk.at_the_desk(auditing.auditor())
    assert cast.DEFENDANT_NUMBER in browser.post(address(listing), asked(listing)).content.decode()


def test_the_alarms_count_it(listing, settings):
    settings.REGISTRY_READINGS_AN_HOUR = 1
    other = cast.second_in_force()
    browser = desk.at_the_desk(auditing.auditor())
    browser.post(address(listing), asked(listing))
    browser.post(address(other), asked(other))
    assert ReadingAlarm.objects.get().count == 2


def test_registrars_of_the_high_court_may_and_everybody_else_may_not(listing):
    shown = desk.at_the_desk(cast.high_court_registrar()).post(address(listing), asked(listing))
    assert cast.DEFENDANT_NUMBER in shown.content.decode()
    for officer in (cast.clerk(), cast.judge(), cast.registrar(), cast.stranger(), cast.statistician()):
        browser = desk.at_the_desk(officer)
        for answer in (browser.get(address(listing)), browser.post(address(listing), asked(listing))):
            assert answer.status_code == 403
            assert cast.DEFENDANT_NUMBER not in answer.content.decode()
    assert Client().post(address(listing), asked(listing)).status_code == 302


def test_the_listings_page_leads_there_for_those_who_may_alone(listing):
    found = desk.with_a_reason(auditing.auditor(), listing).get(reverse("admin:listing", args=[listing.number]))
    assert address(listing) in found.content.decode()
    assert cast.DEFENDANT_NUMBER not in found.content.decode()
    own = desk.at_the_desk(cast.clerk()).get(reverse("admin:listing", args=[listing.number]))
    assert address(listing) not in own.content.decode()


def test_of_a_sealed_listing_there_is_nothing(listing):
    withdrawn = cast.withdrawn(listing)
    Listing.objects.filter(pk=withdrawn.pk).update(sealed_at=cast.NOW)
    answer = desk.at_the_desk(auditing.auditor()).post(address(listing), asked(listing))
    assert answer.status_code == 404
    assert Listing.including_sealed.get().state == State.WITHDRAWN


def test_it_is_said_in_words_who_else_may_ask(listing):
    refused = visiting.text_of(desk.at_the_desk(cast.clerk()).get(address(listing)))
    assert "R-840" in refused
