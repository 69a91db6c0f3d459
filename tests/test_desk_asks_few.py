"""The desk's pages about departments and employers ask the database as often for many as for few."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import Event
from sharing.delivery.models import Held, HeldReason
from sharing.departments import institutions, owing, receipts, settling, telling
from sharing.departments.models import Escalation, Institution, Owed, Recall
from sharing.employers import anomalies, figures, recalling, registrations
from sharing.employers.figures import Figures
from sharing.employers.models import ConsentCall, RecallDecision, ShownForm
from sharing.recalls import hearing
from tests import asking, cast, desk, registering
from tests.desk import statements, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()


@pytest.fixture
def he():
    return desk.at_the_desk(cast.high_court_registrar())


def departments(first, last):
    """Each with an instrument, a measure and two endpoints."""
    found = [cast.department(code=f"bureau-{nth:02}") for nth in range(first, last)]
    for each in found:
        cast.measure(each)
        for port in (8601, 8602):
            cast.add_endpoint(each, f"http://127.0.0.1:{port}/webhooks")
    return found


def told():
    telling.walk(now=cast.NOW)
    settling.settle_all(now=cast.NOW)


# Departments


def test_the_list_of_departments_asks_as_often_however_many_there_are(he):
    departments(0, 1)
    cast.withdrawn(cast.in_force())
    told()
    before = statements(he, "departments")
    departments(1, 5)
    told()
    assert statements(he, "departments") == before


def test_the_list_of_departments_has_pages_and_says_how_many_there_are(he):
    for nth in range(26):
        cast.department(code=f"bureau-{nth:02}")
    first, second = words(he, "departments"), words(he, "departments", page=2)
    assert "26 departments" in first
    assert "26 departments" in second
    assert "Page 1 of 2" in first
    assert ("bureau-24" in first, "bureau-25" in first) == (True, False)
    assert ("bureau-24" in second, "bureau-25" in second) == (False, True)


def test_each_department_is_listed_with_what_is_its_own(he):
    early, late = departments(0, 2)
    by_hand, bare = (cast.department(code=f"bureau-{nth:02}") for nth in (2, 3))
    cast.measure(by_hand)
    listing = cast.in_force()
    told()
    Held.objects.create(
        endpoint=early.organisation.endpoints.first(), listing=listing, from_position=1, reason=HeldReason.REFUSED
    )
    late.organisation.endpoints.update(cursor=1)
    cast.ended(late.instruments.get().measures.get())
    told()
    rows = re.split(r"bureau-[0-9]{2} ", words(he, "departments").split("Owed to the court")[1])[1:]
    assert len(rows) == 4, bare
    assert rows[0].count("catching up") == 2
    assert rows[0].count("Listings held back: 1") == 1
    assert rows[0].count("Listings held back: 0") == 1
    assert "Limiting new accounts" in rows[0]
    assert "Withdrawals to be purged: 0" in rows[0]
    assert "Receipts owed: 0" in rows[0]
    assert rows[1].count("Listings held back: 0") == 2
    assert "Limiting new accounts" not in rows[1]
    assert "Withdrawals to be purged: 1" in rows[1]
    assert "Receipts owed: 1" in rows[2]
    assert "Listings held back" not in rows[2]
    assert "none: nothing is told" in rows[3]
    assert "Receipts owed: 0" in rows[3]


# Employers


class Walked(dict[int, Figures]):
    """The figures by employer, and how often all of them were gone through."""

    times = 0

    def values(self):
        self.times += 1
        return super().values()


def suspicious(employers):
    """Each with as many listed answers as make one compare it with the others."""
    return Walked({each.pk: Figures(questions=30, answered=30, listed=10, last_asked=cast.NOW) for each in employers})


def test_the_list_of_employers_has_pages_and_says_how_many_there_are(he):
    for nth in range(26):
        asking.employer(f"employer-{nth:02}")
    first, second = words(he, "employers"), words(he, "employers", page=2)
    assert "(26)" in first
    assert "(26)" in second
    assert "Page 1 of 2" in first
    assert ("employer-24" in first, "employer-25" in first) == (True, False)
    assert ("employer-24" in second, "employer-25" in second) == (False, True)


def test_the_list_of_employers_goes_once_through_what_all_asked(he, monkeypatch):
    every = suspicious([asking.employer(f"employer-{nth}") for nth in range(5)])
    monkeypatch.setattr(figures, "of_all", lambda now: every)
    assert words(he, "employers").count("33.3%") == 5
    assert every.times == 1


def test_what_looks_like_guessing_is_found_by_going_once_through_what_all_asked(monkeypatch):
    employers = [asking.employer(f"employer-{nth}") for nth in range(5)]
    every = suspicious(employers)
    every[employers[0].pk] = replace(every[employers[0].pk], listed=30)
    monkeypatch.setattr(anomalies, "of_all", lambda now: every)
    assert [each.employer_id for each in anomalies.found(now=cast.NOW)] == [employers[0].pk]
    assert every.times == 1


# What is overdue


def by_hand(first, last):
    """Each with a measure and no endpoint, and behind."""
    found = [cast.department(code=f"bureau-{nth:02}") for nth in range(first, last)]
    for each in found:
        cast.measure(each)
    behind(found)
    return found


def behind(departments):
    """With all that they were told of."""
    told()
    for each in departments:
        owing.keep(each.pk, now=cast.NOW + timedelta(days=1))
    Owed.objects.update(due_on=cast.NOW.date() - timedelta(days=3))


def test_what_is_overdue_is_asked_for_as_often_however_many_departments_are_behind(he):
    cast.in_force()
    by_hand(0, 1)
    before = statements(he, "overdue")
    by_hand(1, 5)
    assert words(he, "overdue").count("to be confirmed") == 5
    assert statements(he, "overdue") == before


def test_each_department_that_is_behind_is_named_with_what_is_its_own_the_most_first(he):
    first = cast.in_force()
    few, many = by_hand(0, 2)
    second = cast.second_in_force()
    behind([many])
    cast.withdrawn(first)
    told()
    Recall.objects.filter(department=many.pk).update(due_on=cast.NOW.date() - timedelta(days=1))
    for hours in (2, 1):
        at = cast.NOW - timedelta(hours=hours)
        Escalation.objects.create(department=many.organisation, at=at, court=True, members=1, due=0, overdue=2)
    shown = words(he, "overdue").partition("every week from then on")[2]
    assert "bureau-00" not in shown, few
    assert "bureau-01 (2) · last told 24 November 2026" in shown
    assert (shown.count("to be confirmed"), shown.count("to be purged")) == (1, 1)
    assert (first.number in shown, second.number in shown) == (True, True)
    Recall.objects.filter(department=few.pk).update(due_on=cast.NOW.date() - timedelta(days=1))
    later, earlier = re.split(r"bureau-[0-9]{2} ", words(he, "overdue"))[1:]
    assert (later.count("to be purged"), earlier.count("to be purged")) == (1, 1)
    assert "last told" not in earlier
    assert second.number not in earlier


def test_what_is_overdue_has_pages_by_department_and_the_oldest_of_each(he, monkeypatch):
    monkeypatch.setattr("sharing.desk.overdue.SHOWN", 1)
    cast.in_force()
    cast.second_in_force()
    by_hand(0, 26)
    shown, rest = words(he, "overdue"), words(he, "overdue", page=2)
    assert "Page 1 of 2" in shown
    assert (shown.count("to be confirmed"), rest.count("to be confirmed")) == (25, 1)
    assert "bureau-25 (2)" in rest
    assert "The 1 oldest are shown." in rest


# Recalls


def listings(first, last):
    """In force, and told to whom a measure tells it."""
    numbers = [cast.resident(f"11010119850101{nth:03}") for nth in range(first, last)]
    found = [cast.in_force(cast.party(cast.person(each, "王小明")), number=each) for each in numbers]
    told()
    return found


def reached(finance, first, last):
    """Listings that were passed on to an institution, and withdrawn since."""
    bank = Institution.objects.filter(department=finance).first() or institutions.register(
        finance, code="bank", name="甲银行", uscc=asking.BANK_USCC, now=cast.NOW
    )
    for each in listings(first, last):
        institutions.reach(finance.pk, each.number, "bank", at=cast.NOW)
        cast.withdrawn(each)
    told()
    return bank


def named_to_the_court(finance, first, last):
    """The same; the department has purged, and the institution does not answer."""
    bank = reached(finance, first, last)
    for each in Recall.objects.filter(closed_by=None):
        event = Event.objects.get(position=each.position)
        said = receipts.ReceiptEntry(event=event.event_id, kind="purged", at=cast.NOW)
        receipts.record(said, department=finance.organisation, signed=True)
        institutions.escalate(each, bank, now=cast.NOW)
    assert not Recall.objects.filter(closed_by=None).exists()


def test_a_departments_open_recalls_ask_as_often_however_many_there_are(he, finance):
    reached(finance, 0, 1)
    before = statements(he, "recalls_of", finance.organisation.code)
    reached(finance, 1, 4)
    assert words(he, "recalls_of", finance.organisation.code).count("甲银行") == 4
    assert statements(he, "recalls_of", finance.organisation.code) == before


@pytest.mark.parametrize("page", ["recalls_of", "record_on_paper"])
def test_nor_does_it_matter_how_many_wait_for_an_institution_that_was_named_to_the_court(he, finance, page):
    named_to_the_court(finance, 0, 1)
    before = statements(he, page, finance.organisation.code)
    named_to_the_court(finance, 1, 4)
    assert "Record what was confirmed on paper" in words(he, "recalls_of", finance.organisation.code)
    assert words(he, "record_on_paper", finance.organisation.code).count("甲银行") == 4
    assert statements(he, page, finance.organisation.code) == before


def test_the_button_is_there_as_long_as_something_may_be_said_and_reads_none_of_it(he, finance):
    code = finance.organisation.code
    assert "Record what was confirmed on paper" not in words(he, "recalls_of", code)
    named_to_the_court(finance, 0, 1)
    with CaptureQueriesContext(connection) as seen:
        assert "Record what was confirmed on paper" in words(he, "recalls_of", code)
    assert [each["sql"] for each in seen if "departments_institution" in each["sql"]] == []


def answered_and_withdrawn(first, last, questions):
    """A listing that the bank was told of in so many answers; it confirmed each since."""
    (listing,) = listings(first, last)
    number = cast.resident(f"11010119850101{first:03}")
    asked_about = [
        asking.answered(asking.question(document_number=number, name="王小明")) for _each in range(questions)
    ]
    cast.withdrawn(listing)
    told()
    recalling.walk(now=cast.NOW)
    for each in asked_about:
        recalling.confirm(
            each.pk,
            employer_id=asking.bank().pk,
            removed=True,
            decision=RecallDecision.NO_DECISION_YET,
            by=asking.machine(asking.bank().organisation),
            now=cast.NOW,
        )
    return listing


def heard(listing):
    """How many statements it takes to know who had heard of a listing, and what each said to its withdrawal."""
    position = listing.events.get(type="listing.withdrawn").position
    with CaptureQueriesContext(connection) as seen:
        recipients = hearing.of(listing, position, asked_under=None)
    return len(seen), [each.how for each in recipients]


@pytest.mark.usefixtures("the_court_has_decided")
def test_who_had_heard_of_a_listing_is_known_as_fast_however_many_asked():
    few, one = heard(answered_and_withdrawn(0, 1, 1))
    many, four = heard(answered_and_withdrawn(1, 2, 4))
    assert (one, four) == (["by_program"], ["by_program"] * 4)
    assert many == few


# Lists that are cut


def test_open_recalls_that_are_cut_are_counted_whole(he, finance, monkeypatch):
    monkeypatch.setattr("sharing.desk.recalls.SHOWN", 2)
    for each in listings(0, 3):
        cast.withdrawn(each)
    told()
    assert "Open recalls, the oldest first (3)" in words(he, "recalls_of", finance.organisation.code)


@pytest.mark.usefixtures("the_court_has_decided")
def test_open_results_that_are_cut_are_counted_whole(he, monkeypatch):
    monkeypatch.setattr("sharing.desk.recalls.SHOWN", 1)
    (listing,) = listings(0, 1)
    number = cast.resident("11010119850101000")
    for _each in range(2):
        asking.answered(asking.question(document_number=number, name="王小明"))
    cast.withdrawn(listing)
    told()
    recalling.walk(now=cast.NOW)
    assert "Open recalls, the oldest first (2)" in words(he, "recalls_of", "bank")


def test_registrations_that_are_cut_are_counted_whole(he, monkeypatch):
    monkeypatch.setattr("sharing.desk.registrations.SHOWN", 1)
    for nth in range(4):
        found = registering.confirmed(uscc=cast._unit_number(f"unit {nth}"), email=f"contact-{nth}@bank.example")
        if nth > 1:
            registrations.ask_more(found.pk, officer=cast.high_court_registrar(), reason="a licence", now=cast.NOW)
    shown = words(he, "registrations")
    assert "Registrations to decide, the oldest first (2)" in shown
    assert "Waiting for the organisation’s answer (2)" in shown


def called_in(count, *, shown):
    """As many questions, of which so many forms were shown."""
    for nth in range(count):
        number = cast.resident(f"11010119860101{nth:03}")
        screening = asking.answered(asking.question(document_number=number, name="王小明"))
        facts = {"called_at": cast.NOW, "due_on": cast.NOW.date()}
        call, _new = ConsentCall.objects.get_or_create(screening=screening, defaults=facts)
        if nth < shown:
            ShownForm.objects.create(call=call, media_type="application/pdf", shown_at=cast.NOW)


def test_consents_that_are_cut_are_counted_whole_and_without_being_read(he, monkeypatch):
    monkeypatch.setattr("sharing.desk.consents.SHOWN", 1)
    called_in(5, shown=3)
    shown = words(he, "consents")
    assert "Forms shown, to be judged (3)" in shown
    assert "Forms called in, not shown yet (2)" in shown
    assert "Consents to judge (3)" in words(he, "employers")
