"""Whoever said that he consented, the person takes it back: what waits gets no answer, and nobody is told of changes."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from registry.errors import ConsentJudged, NoSuchConsent
from sharing.employers import calling, giving, judging
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import Consent, ConsentLook, Screening, ScreeningOutcome, Verdict
from sharing.employers.monitoring import walking
from tests import asking, cast, consenting, monitored, papers, visiting

pytestmark = pytest.mark.django_db

NOW = cast.NOW
FORM = papers.pdf("the signed form of an invented person")
ON_THE_FORM = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def everything_waits(settings):
    settings.SHARING_HELD_SHARE = 1.0


def asked_on_the_form() -> Screening:
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=NOW.date() - timedelta(days=4))
    return asking.answered(asking.question(consent=signed))


def asked_on_a_code() -> Screening:
    found = asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    calling.call_in(now=NOW)
    return found


def key_of(found: Screening):
    consent = Consent.objects.get(screening=found)
    return consent.code_id or consent.pk


def taken_back(found: Screening, by=None, now=NOW) -> bool:
    return giving.revoke(key_of(found), by or consenting.person(), now=now)


def judged(found: Screening, compared: Compared = ON_THE_FORM):
    officer = cast.high_court_registrar()
    return judging.confirm(found.pk, compared, officer=officer, reason="compared with the form", now=NOW)


# A form


@pytest.mark.usefixtures("everything_waits")
def test_a_question_that_waits_on_a_form_gets_no_answer_once_it_is_taken_back():
    cast.in_force()
    waiting = asked_on_the_form()
    calling.call_in(now=NOW)
    for _ in range(2):
        assert taken_back(waiting)
    calling.show(waiting, FORM, now=NOW)
    verdict = judged(waiting)
    assert (verdict.verdict, verdict.outcome, verdict.listing) == (Verdict.REVOKED, ScreeningOutcome.VOID, None)
    waiting.employer.refresh_from_db()
    assert waiting.employer.suspended_at is None
    assert taken_back(waiting)


@pytest.mark.usefixtures("everything_waits")
def test_a_form_that_is_taken_back_must_still_be_shown():
    """Whoever revokes a form that was never signed does not spare the employer the look at it."""
    waiting = asked_on_the_form()
    calling.call_in(now=NOW)
    assert taken_back(waiting)
    calling.tell(now=NOW)
    assert calling.overdue(now=NOW + timedelta(days=8)) == 1
    waiting.employer.refresh_from_db()
    assert waiting.employer.suspended_at is not None


def test_what_was_answered_on_a_form_stays_answered():
    cast.in_force()
    found = asked_on_the_form()
    before = found.latest.answer
    assert not taken_back(found)
    assert Screening.objects.get().latest.answer == before


def test_who_takes_the_consent_back_is_monitored_no_more():
    cast.in_force()
    enrolled = monitored.enrolled()
    assert not giving.revoke(enrolled.consent_id, consenting.person(), now=NOW)
    enrolled.refresh_from_db()
    assert (enrolled.ended_at, enrolled.ended_because, enrolled.subject_sealed) == (NOW, "consent", None)
    assert not enrolled.digests.exists()
    walking.walk(now=NOW)
    assert Screening.objects.count() == 1


def test_nobody_elses_form_is_taken_back():
    found = asked_on_the_form()
    with pytest.raises(NoSuchConsent):
        taken_back(found, by=consenting.person(cast.APPLICANT_NUMBER, "王小"))
    assert Consent.objects.get().revoked_at is None


def test_a_form_under_his_number_with_another_name_is_taken_back_by_whose_number_it_is():
    found = asked_on_the_form()
    assert not taken_back(found, by=consenting.person(name="高某"))
    assert Consent.objects.get().revoked_at == NOW


def test_that_a_code_was_taken_back_stands_with_the_code_alone():
    found = asked_on_a_code()
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.filter(screening=found).update(revoked_at=NOW)


# A code


@pytest.mark.usefixtures("everything_waits")
def test_whom_a_question_named_is_destroyed_when_its_code_is_taken_back():
    waiting = asked_on_a_code()
    assert Consent.objects.get().person_sealed is not None
    for _ in range(2):
        assert taken_back(waiting)
    assert Consent.objects.get().person_sealed is None
    waiting.refresh_from_db()
    verdict = waiting.verdict
    assert (verdict.verdict, verdict.outcome, verdict.officer) == (Verdict.REVOKED, ScreeningOutcome.VOID, None)


@pytest.mark.usefixtures("everything_waits")
def test_it_is_destroyed_though_no_clock_had_put_it_before_an_officer():
    waiting = asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    assert taken_back(waiting)
    assert Consent.objects.get().person_sealed is None
    assert calling.call_in(now=NOW) == 0


@pytest.mark.usefixtures("everything_waits")
def test_nobody_opens_whom_a_question_named_whose_code_was_taken_back():
    waiting = asked_on_a_code()
    taken_back(waiting)
    officer = cast.high_court_registrar()
    with pytest.raises(ConsentJudged):
        judging.person_of(waiting.pk, officer=officer, now=NOW)
    with pytest.raises(ConsentJudged):
        judged(waiting)
    assert not ConsentLook.objects.exists()


# The pages


def page_of(found: Screening) -> str:
    return visiting.main_of(visiting.visitor().get(f"/consent/mine/{key_of(found)}/"))


def test_a_form_has_the_button_that_the_list_of_consents_speaks_of():
    found = asked_on_the_form()
    mine = visiting.main_of(visiting.visitor().get("/consent/mine/"))
    assert "the signed forms that employers say they have from you. Open one to revoke it" in mine
    assert "Revoke this consent" in page_of(found)


@pytest.mark.usefixtures("everything_waits")
def test_a_question_that_waits_on_a_form_is_taken_back_by_the_button():
    waiting = asked_on_the_form()
    browser = visiting.visitor()
    assert "If you revoke now, it gets none." in page_of(waiting)
    answer = browser.post(f"/consent/mine/{key_of(waiting)}/revoke/", follow=True)
    assert "Revoked. The question that waits gets no answer." in visiting.main_of(answer)
    page = page_of(waiting)
    assert "Asked on a signed form, revoked before there was an answer" in page
    assert "Revoke this consent" not in page


def test_who_is_monitored_reads_it_with_the_consent_and_ends_it_there():
    enrolled = monitored.enrolled()
    browser = visiting.visitor()
    address = f"/consent/mine/{enrolled.consent_id}/"
    assert f'href="{address}"' in browser.get("/record/asked/").content.decode()
    assert "24 May 2027" in visiting.main_of(browser.get(address))
    answer = browser.post(f"{address}revoke/", follow=True)
    assert "The employer is told of no change any more" in visiting.main_of(answer)
    enrolled.refresh_from_db()
    assert enrolled.ended_because == "consent"
    assert "Asked and answered on a signed form, revoked since" in visiting.main_of(browser.get(address))


def test_what_may_be_taken_back_of_a_form_is_open_on_the_own_record(settings):
    monitored.enrolled()
    settings.SHARING_HELD_SHARE = 1.0
    asked_on_the_form()
    page = visiting.main_of(visiting.visitor().get("/record/"))
    assert "Asked, waits for an answer: you may revoke it" in page
    assert "The employer is told of changes: you may revoke it" in page


@pytest.mark.usefixtures("everything_waits")
def test_a_form_that_was_judged_void_waits_for_nothing_and_has_no_button():
    waiting = asked_on_the_form()
    calling.call_in(now=NOW)
    calling.show(waiting, FORM, now=NOW)
    officer = cast.high_court_registrar()
    judging.refuse(waiting.pk, Verdict.MISTYPED, officer=officer, reason="names another", now=NOW)
    page = page_of(waiting)
    assert "The form that the employer showed names somebody else" in page
    assert "Revoke this consent" not in page
