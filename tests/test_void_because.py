"""An employer reads why its question is void, by API and in the portal, and never what the applicant did about it."""

from __future__ import annotations

import hashlib
import html
from datetime import timedelta

import pytest
from django.test import Client as Browser

from sharing.employers import calling, denying, giving, judging, overseeing
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import BECAUSE, Consent, Screening, Verdict
from sharing.employers.padding import ANSWER_BYTES
from sharing.employers.portal import meanings
from sharing.parties.models import MemberRole
from tests import asking, cast, consenting, papers
from tests.test_employer_portal import a_member, at, signed_in

pytestmark = pytest.mark.django_db

NOW, DAY = cast.NOW, timedelta(days=1)
FORM = papers.pdf("the signed form of an invented person")
ON_THE_FORM = Compared(document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高䶮")


@pytest.fixture(autouse=True)
def every_question_waits(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_HELD_SHARE = 1.0


def waits_on_a_code():
    waiting = asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    calling.call_in(now=NOW)
    return waiting


def waits_on_a_form():
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=NOW.date() - 4 * DAY)
    waiting = asking.answered(asking.question(consent=signed))
    calling.call_in(now=NOW)
    return waiting


def judged(waiting, now=NOW):
    calling.show(waiting, FORM, now=NOW)
    judging.confirm(waiting.pk, ON_THE_FORM, officer=cast.high_court_registrar(), reason="compared", now=now)


def refused(waiting, verdict):
    calling.show(waiting, FORM, now=NOW)
    judging.refuse(waiting.pk, verdict, officer=cast.high_court_registrar(), reason="looked at", now=NOW)


def no_consent():
    refused(waits_on_a_form(), Verdict.NO_CONSENT)


def names_another():
    refused(waits_on_a_form(), Verdict.MISTYPED)


def not_shown():
    waits_on_a_form()
    calling.tell(now=NOW)
    calling.overdue(now=NOW + 8 * DAY)


def code_over():
    waits_on_a_code()
    calling.overdue(now=NOW + 31 * DAY)


def code_taken_back():
    waits_on_a_code()
    giving.revoke(Consent.objects.get().code_id, consenting.person(), now=NOW)


def form_taken_back():
    waiting = waits_on_a_form()
    giving.revoke(waiting.consent_id, consenting.person(), now=NOW)
    judged(waiting)


def form_denied():
    waiting = waits_on_a_form()
    denying.deny(waiting.consent_id, consenting.person(), now=NOW)
    judged(waiting)


def suspended():
    waiting = waits_on_a_form()
    overseeing.suspend(asking.bank(), officer=cast.high_court_registrar(), reason="enumeration", now=NOW)
    judged(waiting)


EVERY_WAY = [
    (no_consent, "no_consent"),
    (not_shown, "not_shown"),
    (names_another, "does_not_fit"),
    (code_over, "consent_over"),
    (code_taken_back, "consent_over"),
    (form_taken_back, "consent_over"),
    (form_denied, "consent_over"),
    (suspended, "suspended"),
]


def answer_now():
    """As the employer reads it once it may again, where it was suspended."""
    bank = asking.bank()
    if bank.organisation.suspended_at is not None:
        overseeing.resume(bank, officer=cast.high_court_registrar(), reason="looked into", now=NOW + 40 * DAY)
    headers = asking.bearer(bank.organisation)
    return Browser().get(f"/api/v1/screenings/{Screening.objects.get().pk}", headers=headers)


@pytest.mark.parametrize(("voided", "because"), EVERY_WAY)
def test_an_employer_reads_by_api_why_its_question_is_void_in_an_answer_of_the_one_length(voided, because):
    voided()
    answer = answer_now()
    assert answer.json()["outcome"] == "void"
    assert answer.json()["void_because"] == because
    assert len(answer.content) == ANSWER_BYTES


@pytest.mark.parametrize(("voided", "because"), EVERY_WAY)
def test_and_on_the_page_of_the_result(voided, because):
    voided()
    browser = signed_in(a_member(asking.bank(), "hr", MemberRole.HR))
    page = html.unescape(browser.get(at("screening", Screening.objects.get().pk)).content.decode())
    said = {reason.value: str(words) for reason, words in meanings.VOID.items()}
    assert [reason for reason, words in said.items() if words in page] == [because]


def test_that_a_person_took_it_back_or_denied_it_reads_as_a_consent_that_ran_out():
    assert BECAUSE[Verdict.REVOKED] is BECAUSE[Verdict.LAPSED]
    for words in meanings.VOID.values():
        assert not any(word in str(words).lower() for word in ("revoke", "took", "denie", "withdr"))


@pytest.mark.parametrize("wait", [waits_on_a_code, waits_on_a_form])
def test_of_every_other_answer_there_is_no_reason(wait):
    wait()
    assert answer_now().json()["void_because"] is None


def test_each_verdict_that_voids_has_its_reason():
    assert set(BECAUSE) == set(Verdict) - {Verdict.FITS}
    assert set(meanings.VOID) == set(BECAUSE.values())
