"""Whoever reads more persons' data than work explains is noticed: once a day, exactly at the line, about no person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry import letters, watching
from registry.models import AccessRecord, Listing, ReadingAlarm, Role
from registry.reading import record_reading
from sharing.persons import alarming
from tests import cast, desk, visiting
from tests.threads import in_threads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]
NAME = "高䶮"


@pytest.fixture
def listing():
    return cast.in_force()


def auditor():
    return cast.officer("A-1", Role.AUDITOR, court="京")


def words(answer):
    return visiting.text_of(answer)


def read(officer, how_many, now=None, first=1):
    now = now or timezone.now()
    for number in range(first, first + how_many):
        row = Listing(number=f"L-2026-{number:06}", court_id=officer.court_id)
        record_reading([row], officer=officer, page="listing", now=now)


def test_more_listings_within_an_hour_than_work_explains_raise_one_alarm(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    officer = cast.clerk()
    read(officer, 5)
    assert not ReadingAlarm.objects.exists()
    read(officer, 3)
    read(officer, 20, first=9)
    alarm = ReadingAlarm.objects.get()
    assert (alarm.officer, alarm.kind, alarm.count) == (officer, "hour", 6)


def test_the_same_listing_again_and_again_is_one(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    for _ in range(10):
        read(cast.clerk(), 5)
    assert not ReadingAlarm.objects.exists()


def test_slowly_but_a_whole_day_long_is_an_alarm_too(settings):
    settings.REGISTRY_READINGS_AN_HOUR, settings.REGISTRY_READINGS_A_DAY = 5, 20
    begins = cast.NOW - timedelta(hours=8)  # on one day in Beijing
    for hour in range(8):
        read(cast.clerk(), 4, now=begins + timedelta(hours=hour, minutes=1), first=1 + 4 * hour)
    assert (ReadingAlarm.objects.get().kind, ReadingAlarm.objects.get().count) == ("day", 21)


@pytest.mark.django_db(transaction=True)
def test_of_many_looks_at_once_the_last_one_crosses_the_line(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    officer, now = cast.clerk(), timezone.now()
    in_threads(*[lambda each=each: read(officer, 1, now=now, first=each) for each in range(1, 7)])
    assert ReadingAlarm.objects.get().count == 6


def test_over_two_hours_it_is_none(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    now = timezone.now()
    read(cast.clerk(), 5, now=now - timedelta(minutes=61))
    read(cast.clerk(), 5, now=now, first=10)
    assert not ReadingAlarm.objects.exists()


def test_the_registry_is_written_to_once_a_day_for_each_officer_and_about_no_person(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    read(cast.clerk(), 6)
    read(cast.judge(), 7)
    assert alarming.tell(now=timezone.now()) == 2
    assert alarming.tell(now=timezone.now()) == 0
    read(cast.clerk(), 30, first=50)
    assert alarming.tell(now=timezone.now()) == 0
    assert {tuple(each.to) for each in mail.outbox} == {("registry@court.example",)}
    body = "".join(each.body for each in mail.outbox)
    assert "C-LIN" in body
    assert "L-2026" not in body


def test_a_message_that_cannot_be_sent_is_tried_again(settings, monkeypatch):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    read(cast.clerk(), 6)
    with monkeypatch.context() as patch:
        patch.setattr(letters, "sent", lambda message, about: False)
        assert alarming.tell(now=timezone.now()) == 0
    assert alarming.tell(now=timezone.now()) == 1


def test_whoever_was_cut_off_before_he_was_counted_is_counted_by_the_clock(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    rows = [
        AccessRecord(officer=cast.clerk(), listing_number=f"L-2026-{number:06}", page="book", at=timezone.now())
        for number in range(6)
    ]
    AccessRecord.objects.bulk_create(rows)
    assert watching.look_at_all(now=timezone.now() + timedelta(seconds=1)) == 1
    assert ReadingAlarm.objects.get().officer == cast.clerk()


def test_an_alarm_is_written_once_but_for_when_it_was_told(settings):
    settings.REGISTRY_READINGS_AN_HOUR = 1
    read(cast.clerk(), 2)
    ReadingAlarm.objects.update(told_at=timezone.now())
    with pytest.raises(Exception, match="insert-only"):
        ReadingAlarm.objects.update(count=1)


def test_auditors_and_the_high_court_see_counts_by_officer_and_no_person(settings, listing):
    settings.REGISTRY_READINGS_AN_HOUR = 5
    read(cast.clerk(), 6, first=100)
    for officer in (auditor(), cast.high_court_registrar()):
        page = words(desk.at_the_desk(officer).get("/desk/sharing/readings/"))
        assert "C-LIN" in page
        assert "within an hour" in page
        assert NAME not in page
    for officer in (cast.clerk(), cast.registrar(), cast.judge()):
        assert desk.at_the_desk(officer).get("/desk/sharing/readings/").status_code == 403


def test_the_page_takes_as_many_statements_however_many_officers_there_are():
    counts = set()
    for number in range(3):
        read(cast.officer(f"C-{number}", Role.CLERK), 2)
        browser = desk.at_the_desk(cast.high_court_registrar())
        with CaptureQueriesContext(connection) as queries:
            browser.get("/desk/sharing/readings/")
        counts.add(len(queries))
    assert len(counts) == 1
