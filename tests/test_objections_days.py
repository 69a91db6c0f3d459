"""From which day the time limits of an objection run, which days are taken, and from when one may speak."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from registry import actions
from registry.errors import ArrivedLater, NothingListed, StatementTooEarly
from registry.models import Flag
from sharing.persons.models import Notice, ObjectionKind
from sharing.persons.objections import deciding, finding, raising
from tests import cast, objecting
from tests.test_objections_whose import phone, text, waiting_listing

pytestmark = pytest.mark.django_db
NOW, DAY = cast.NOW, timedelta(days=1)
TODAY = date(2026, 11, 24)


@pytest.fixture
def listing(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    return cast.in_force()


def test_the_time_to_decide_runs_from_receipt_however_late_it_is_admitted(listing):
    found = objecting.raised(listing)
    found = deciding.admit(found.number, officer=cast.registrar(), now=NOW + 4 * DAY)
    assert (found.clock_from, found.due_on) == (TODAY, TODAY + 15 * DAY)


def test_it_runs_from_the_day_on_which_it_was_completed(listing):
    found = objecting.raised(listing)
    deciding.give_back(found.number, officer=cast.registrar(), now=NOW, reason="请补充")
    came = TODAY + 10 * DAY
    found = deciding.complete(found.number, words="已补充", officer=cast.clerk(), received_on=came, now=NOW + 13 * DAY)
    assert (found.clock, found.clock_from) == ("objection_form", came)
    assert found.steps.last().received_on == came
    found = deciding.admit(found.number, officer=cast.registrar(), now=NOW + 20 * DAY)
    assert found.due_on == came + 15 * DAY


def test_the_time_of_the_higher_court_runs_from_the_day_on_which_the_letter_came(listing):
    found = objecting.served(listing)
    found = deciding.ask_review(
        found.number, words="请复核", officer=cast.clerk(), now=NOW + 13 * DAY, received_on=TODAY + 10 * DAY
    )
    assert (found.clock_from, found.due_on) == (TODAY + 10 * DAY, TODAY + 25 * DAY)


def test_before_service_too_the_day_of_the_letter_is_possible(listing):
    found = objecting.decided(listing)
    for day in (date(2030, 1, 1), TODAY - DAY):
        with pytest.raises(ArrivedLater):
            deciding.ask_review(found.number, words="请复核", officer=cast.clerk(), now=NOW, received_on=day)
    assert deciding.ask_review(found.number, words="请复核", officer=cast.clerk(), now=NOW, received_on=TODAY)


def test_a_letter_that_came_before_the_part_upheld_was_carried_out_is_taken(listing):
    found = objecting.served(listing, "uphold_in_part")
    later = NOW + 3 * DAY
    deciding.carry_out(found.number, officer=cast.registrar(), now=later, reason="已办理")
    asked = deciding.ask_review(found.number, words="请复核", officer=cast.clerk(), now=later, received_on=TODAY + DAY)
    assert asked.state == "in_review"


def test_a_statement_waits_for_the_listing_and_not_for_the_court():
    waiting = waiting_listing()
    for send in (
        lambda said: objecting.raised(waiting, kind=said.kind, part="", words=said.words),
        lambda said: raising.by_officer(said, objecting.brought(), officer=cast.clerk(), now=NOW),
    ):
        with pytest.raises(StatementTooEarly):
            send(objecting.said(waiting, kind=ObjectionKind.STATEMENT, part="", words="我已道歉"))


def test_the_page_says_that_a_statement_has_to_wait(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    waiting, own = waiting_listing(), phone()
    answers = [own.get("/objections/new/")]
    for typed in ({"kind": "statement"}, {"listing": waiting.number, "told": ""}):
        step = ("kind", "listing")[len(answers) - 1]
        sealed = re.search(r'name="sealed" value="([^"]+)"', answers[-1].content.decode())[1]
        answers.append(own.post("/objections/new/", {"step": step, "sealed": sealed, **typed}))
    for answer in answers[1:]:
        assert "A statement can be added while the listing is in force." in text(answer)
        assert "Your words" not in text(answer)


def test_whoever_used_the_code_of_the_notice_objects_before_its_service_is_written_down():
    waiting = waiting_listing()
    type(waiting).objects.filter(pk=waiting.pk).update(notice_served_on=None, notice_served_how="")
    with pytest.raises(NothingListed):
        objecting.raised(waiting)
    subject = objecting.identity().subject(NOW)
    Notice.objects.create(
        listing_number=waiting.number,
        language="en",
        officer=cast.clerk(),
        issued_at=NOW,
        made_at=NOW,
        sha256="0" * 64,
        code_digest=b"1" * 32,
        expires_at=NOW + DAY,
        used_at=NOW,
        subject_digest=subject.digest,
    )
    assert [each.number for each in finding.listings_of(subject)] == [waiting.number]
    assert objecting.raised(waiting).listing == waiting
    other = objecting.identity(cast.SECOND_NUMBER, "欧阳㛃").subject(NOW)
    assert finding.listings_of(other) == []


def test_what_a_registrar_flagged_without_an_objection_no_step_of_a_received_one_removes(listing):
    actions.flag([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=NOW, reason="a letter of the police")
    found = objecting.raised(listing)
    deciding.refuse(found.number, officer=cast.registrar(), now=NOW, reason="无关")
    assert cast.fresh(listing).flags == ["disputed"]
    found = objecting.admitted(listing)
    deciding.withdraw(found.number, now=NOW)
    assert cast.fresh(listing).flags == []
