"""An answer that waited for an officer says what was so when it was asked and still is; where nobody may know any more, nothing."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from registry import actions
from sharing import signing
from sharing.employers import calling, judging, overseeing
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import Consent, Screening, ScreeningOutcome, Verdict
from tests import asking, cast, consenting, papers, visiting
from tests.desk import at_the_desk

pytestmark = pytest.mark.django_db

NOW, DAY = cast.NOW, timedelta(days=1)
FORM = papers.pdf("the signed form of an invented person")
AS_ASKED = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")
LISTED, NOT_LISTED, VOID = ScreeningOutcome.LISTED, ScreeningOutcome.NOT_LISTED, ScreeningOutcome.VOID


@pytest.fixture(autouse=True)
def every_question_waits(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    settings.SHARING_HELD_SHARE = 1.0


def waits_on_a_code() -> Screening:
    waiting = asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    calling.call_in(now=NOW)
    return waiting


def waits_on_a_form(now: datetime = NOW) -> Screening:
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    waiting = asking.answered(asking.question(consent=signed), now=now)
    calling.call_in(now=now + timedelta(minutes=6))
    calling.show(waiting, FORM, now=now)
    return waiting


def judged(waiting: Screening, now=NOW):
    officer = cast.high_court_registrar()
    return judging.confirm(waiting.pk, AS_ASKED, officer=officer, reason="compared", now=now)


# As of the day of asking


@pytest.mark.parametrize("waits", [waits_on_a_code, waits_on_a_form])
def test_what_came_into_force_since_is_not_told(waits):
    waiting = waits()
    cast.in_force(now=NOW + 2 * DAY)
    verdict = judged(waiting, now=NOW + 3 * DAY)
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.FITS, NOT_LISTED, None)


@pytest.mark.parametrize("waits", [waits_on_a_code, waits_on_a_form])
def test_what_was_in_force_and_is_still_is_told_as_of_the_day_of_asking(waits):
    listing = cast.in_force()
    waiting = waits()
    verdict = judged(waiting, now=NOW + 3 * DAY)
    assert (verdict.outcome, verdict.listing) == (LISTED, listing)
    told = json.loads(Screening.objects.get().latest.answer)
    before = asking.told(waiting)
    assert [told[member] for member in ("asked_at", "expires_at", "as_of")] == [
        before[member] for member in ("asked_at", "expires_at", "as_of")
    ]
    assert signing.read_result(told["result"])["iat"] == int(NOW.timestamp())


def test_what_ended_meanwhile_is_not_told():
    listing = cast.in_force()
    waiting = waits_on_a_code()
    suspended(listing, NOW + DAY)
    assert judged(waiting, now=NOW + 2 * DAY).outcome == NOT_LISTED


def test_what_was_suspended_on_that_day_is_not_told_though_it_is_reinstated():
    listing = cast.in_force()
    suspended(listing, NOW)
    waiting = waits_on_a_code()
    reinstated(listing, NOW + DAY)
    assert judged(waiting, now=NOW + 2 * DAY).outcome == NOT_LISTED


def test_a_prohibition_that_began_since_is_not_told(settings):
    settings.SHARING_SCOPE_LISTING = False
    began = NOW.date() + 2 * DAY
    cast.in_force(cast.party(prohibitions=(asking.prohibited(starts_on=began),)))
    waiting = waits_on_a_code()
    assert judged(waiting, now=NOW + 3 * DAY).outcome == NOT_LISTED


# Where nobody may know any more


def test_what_waits_on_a_code_is_void_once_the_code_is_over_and_whom_it_named_is_destroyed():
    cast.in_force()
    waiting = waits_on_a_code()
    assert calling.overdue(now=NOW + 30 * DAY) == 0
    assert calling.overdue(now=NOW + 31 * DAY) == 1
    assert calling.overdue(now=NOW + 31 * DAY) == 0
    waiting = Screening.objects.get()
    assert (waiting.verdict.verdict, waiting.latest.outcome) == (Verdict.LAPSED, VOID)
    assert Consent.objects.get().person_sealed is None
    waiting.employer.refresh_from_db()
    assert waiting.employer.suspended_at is None


def test_whoever_judges_after_the_code_is_over_gives_no_answer_though_no_clock_ran():
    cast.in_force()
    waiting = waits_on_a_code()
    verdict = judged(waiting, now=NOW + 45 * DAY)
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.LAPSED, VOID, None)


@pytest.mark.parametrize("waits", [waits_on_a_code, waits_on_a_form])
def test_a_suspended_employer_gets_no_answer(waits):
    cast.in_force()
    waiting = waits()
    overseeing.suspend(asking.bank(), officer=cast.high_court_registrar(), reason="enumeration", now=NOW)
    verdict = judged(waiting, now=NOW + DAY)
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.SUSPENDED, VOID, None)
    assert Consent.objects.get().person_sealed is None


@pytest.mark.parametrize("waits", [waits_on_a_code, waits_on_a_form])
def test_for_a_purpose_that_was_taken_from_the_employer_meanwhile_there_is_no_answer(waits):
    cast.in_force()
    waiting, bank = waits(), asking.bank()
    entry = replace(overseeing.entry_of(bank), admitted_for=["transport_recruitment"])
    overseeing.amend(bank, entry, officer=cast.high_court_registrar(), reason="no bank any more", now=NOW)
    verdict = judged(waiting, now=NOW + DAY)
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.PURPOSE_GONE, VOID, None)


def test_what_a_suspended_employer_was_answered_before_stays(settings):
    settings.SHARING_HELD_SHARE = 0.0
    cast.in_force()
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    answered = asking.answered(asking.question(consent=signed))
    bank, officer = asking.bank(), cast.high_court_registrar()
    calling.call_in_of(bank, 1, officer=officer, reason="a look at its forms", now=NOW)
    calling.show(answered, FORM, now=NOW)
    overseeing.suspend(bank, officer=officer, reason="enumeration", now=NOW)
    assert judged(answered).outcome == LISTED


def test_at_the_desk_and_to_the_person_it_is_said_why_there_is_no_answer():
    waiting = waits_on_a_code()
    overseeing.suspend(asking.bank(), officer=cast.high_court_registrar(), reason="enumeration", now=NOW)
    typed = {
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        "name": "高䶮",
        "reason": "compared",
    }
    registrar = at_the_desk(cast.high_court_registrar())
    page = registrar.post(f"/desk/sharing/consents/{waiting.pk}/confirm/", typed, follow=True).content.decode()
    assert "The question gets no answer: the employer may ask about nobody at present." in page
    code = Consent.objects.get().code_id
    own = visiting.main_of(visiting.visitor().get(f"/consent/mine/{code}/"))
    assert "The employer may ask about nobody at present. The question gets no answer." in own
    assert "Asked, and got no answer" in own


def suspended(listing, now):
    actions.suspend([listing.pk], officer=cast.registrar(), now=now, reason="retrial ordered")


def reinstated(listing, now):
    proposal = actions.propose(
        listing.pk, "reinstate", against_version=2, officer=cast.registrar(), now=now, reason="doubt resolved"
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=now)
