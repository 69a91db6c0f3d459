"""Who never signed the form on which an employer asked says so: the form is called in at once, and he reads what came of it."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from django.utils.translation import override

from registry.errors import HighCourtRegistrarNeeded, NoSuchConsent, NoSuchConsentCheck, ReasonNeeded
from sharing.employers import calling, denying, figures, judging
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import Consent, ConsentCall, EmployerAct, Screening, ScreeningOutcome, Verdict
from sharing.employers.signed_form import FINGERPRINT_HELP, FORM_KEPT_YEARS, HOW_LONG
from tests import asking, cast, consenting, monitored, papers, visiting
from tests.desk import at_the_desk

pytestmark = pytest.mark.django_db

NOW = cast.NOW
NUMBER, NAME = cast.APPLICANT_NUMBER, "王小"  # in no register
FORM = papers.pdf("the signed form of an invented person")
IN_TIME = date(2026, 12, 1)  # five working days after 24 November


@pytest.fixture(autouse=True)
def no_form_is_drawn(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_CALLED_SHARE = 0.0


def asked_on_a_form() -> Screening:
    signed = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    return asking.answered(asking.question(document_number=NUMBER, name=NAME, consent=signed))


def denied(found: Screening, by=None) -> None:
    assert found.consent_id is not None
    denying.deny(found.consent_id, by or consenting.person(NUMBER, NAME), now=NOW)


def shown_and_judged(found: Screening, verdict: Verdict) -> None:
    calling.show(found, FORM, now=NOW)
    officer = cast.high_court_registrar()
    if verdict != Verdict.FITS:
        judging.refuse(found.pk, verdict, officer=officer, reason="the signature is another's", now=NOW)
        return
    compared = Compared(document_type="resident_id", document_number=NUMBER, name=NAME)
    judging.confirm(found.pk, compared, officer=officer, reason="compared", now=NOW)


def page_of(found: Screening) -> str:
    browser = visiting.visitor(NUMBER, NAME)
    return visiting.main_of(browser.get(f"/consent/mine/{found.consent_id}/"))


def test_a_form_that_is_denied_is_called_in_at_once_and_once():
    found = asked_on_a_form()
    for _ in range(2):
        denied(found)
    call = ConsentCall.objects.get()
    assert (call.screening, call.called_at, call.due_on, call.denied_at) == (found, NOW, IN_TIME, NOW)
    assert Consent.objects.get().revoked_at == NOW


def test_the_employer_is_told_as_of_any_other_form_and_not_why():
    found = asked_on_a_form()
    denied(found)
    assert calling.tell(now=NOW) == 1
    (message,) = mail.outbox
    assert found.pk in message.body
    assert "denie" not in message.body
    assert NAME not in message.body


def test_a_form_that_was_drawn_keeps_its_day_and_whoever_judges_reads_that_it_is_denied():
    found = asked_on_a_form()
    before = NOW - timedelta(days=2)
    ConsentCall.objects.create(screening=found, called_at=before, due_on=date(2026, 11, 30))
    denied(found)
    call = ConsentCall.objects.get()
    assert (call.called_at, call.due_on, call.denied_at) == (before, date(2026, 11, 30), NOW)
    page = at_the_desk(cast.high_court_registrar()).get(reverse("sharing_desk:consent", args=[found.pk]))
    assert "The person says that he never agreed" in page.content.decode()


def test_who_cannot_show_the_denied_form_has_a_void_answer_and_may_ask_about_nobody():
    found = asked_on_a_form()
    denied(found)
    calling.tell(now=NOW)
    assert calling.overdue(now=NOW + timedelta(days=8)) == 1
    found = Screening.objects.get()
    assert found.latest.outcome == ScreeningOutcome.VOID
    assert found.employer.suspended_at is not None
    assert "The employer could not show that you had agreed." in page_of(found)


# How long the form is to be kept


LAST_DAY = date(NOW.year + FORM_KEPT_YEARS, NOW.month, NOW.day)


def denied_and_not_shown(found: Screening, *, days_after: int) -> Screening:
    """Told of it so many days after the last one on which the form has to be kept."""
    at = NOW + (LAST_DAY - NOW.date()) + timedelta(days=days_after)
    assert found.consent_id is not None
    denying.deny(found.consent_id, consenting.person(NUMBER, NAME), now=at)
    assert calling.tell(now=at) == 1
    assert calling.overdue(now=at + timedelta(days=30)) == 1
    return Screening.objects.get()


def test_who_is_told_on_the_last_day_has_to_have_the_form():
    found = denied_and_not_shown(asked_on_a_form(), days_after=0)
    assert found.employer.suspended_at is not None
    assert "暂停查询资格" in mail.outbox[0].body
    assert "need not be kept" not in mail.outbox[0].body
    assert figures.of(found.employer_id, now=NOW + (LAST_DAY - NOW.date())).failed == 1


def test_nobody_is_suspended_for_a_form_that_had_not_to_be_kept_any_more_though_its_answer_is_void():
    found = denied_and_not_shown(asked_on_a_form(), days_after=1)
    assert found.latest.outcome == ScreeningOutcome.VOID
    assert found.employer.suspended_at is None
    assert "The employer could not show that you had agreed." in page_of(found)
    counted = figures.of(found.employer_id, now=NOW + (LAST_DAY - NOW.date()))
    assert (counted.called, counted.failed) == (1, 0)


def test_whoever_is_asked_for_it_after_the_years_is_told_that_it_need_not_be_there():
    found = asked_on_a_form()
    late = NOW + (LAST_DAY - NOW.date()) + timedelta(days=1)
    assert found.consent_id is not None
    denying.deny(found.consent_id, consenting.person(NUMBER, NAME), now=late)
    calling.tell(now=late)
    assert (
        f"{found.pk}, due on 2029-11-30; it need not be kept any more: nobody is suspended for not having it"
        in mail.outbox[0].body
    )
    assert f"{found.pk}，应于2029-11-30前出示；该授权书已过保存期限，不因未出示而暂停查询资格" in mail.outbox[0].body


def test_what_is_shown_after_the_years_is_judged_as_any_other_form():
    found = asked_on_a_form()
    late = NOW + (LAST_DAY - NOW.date()) + timedelta(days=1)
    assert found.consent_id is not None
    denying.deny(found.consent_id, consenting.person(NUMBER, NAME), now=late)
    calling.show(found, FORM, now=late)
    officer = cast.high_court_registrar()
    judging.refuse(found.pk, Verdict.NO_CONSENT, officer=officer, reason="the signature is another's", now=late)
    assert Screening.objects.get().employer.suspended_at is not None


def test_hr_and_programs_read_how_long_where_they_record_the_consent():
    with override("en"):
        said = [str(each) for each in (HOW_LONG, FINGERPRINT_HELP)]
    guide = Path("docs/guide-hr.md").read_text()
    assert all(f"{FORM_KEPT_YEARS} years" in each for each in (*said, guide))


def test_nobody_is_monitored_on_a_form_that_is_denied():
    enrolled = monitored.enrolled()
    denying.deny(enrolled.consent_id, consenting.person(), now=NOW)
    enrolled.refresh_from_db()
    assert enrolled.ended_because == "consent"


def test_nobody_denies_anothers_form_or_what_he_proved_himself():
    found = asked_on_a_form()
    with pytest.raises(NoSuchConsent):
        denied(found, by=consenting.person())
    code = consenting.given()
    by_code = asking.answered(asking.question(consent=consenting.typed(code)))
    for key in (code.pk, by_code.consent_id):
        with pytest.raises(NoSuchConsent):
            denying.deny(key, consenting.person(), now=NOW)
    assert not ConsentCall.objects.exists()


def test_what_was_judged_before_it_is_denied_stays_judged():
    found = asked_on_a_form()
    calling.call_in_one(found, officer=cast.high_court_registrar(), reason="a letter", now=NOW)
    shown_and_judged(found, Verdict.FITS)
    denied(found)
    assert ConsentCall.objects.get().denied_at is None
    assert "it fits the question" in page_of(found)


def test_a_form_that_was_judged_while_he_denied_it_is_not_marked_as_denied(monkeypatch):
    found = asked_on_a_form()
    calling.call_in_one(found, officer=cast.high_court_registrar(), reason="a letter", now=NOW)
    judged = judging.verdict_of

    def a_moment_before(screening):
        """The officer's verdict commits between the look and the denial."""
        monkeypatch.setattr(judging, "verdict_of", judged)
        shown_and_judged(found, Verdict.FITS)

    monkeypatch.setattr(judging, "verdict_of", a_moment_before)
    denied(found)
    assert ConsentCall.objects.get().denied_at is None
    assert Consent.objects.get().revoked_at == NOW


# The pages


def test_who_denies_on_a_page_that_was_there_before_the_verdict_reads_that_the_form_was_judged():
    found = asked_on_a_form()
    calling.call_in_one(found, officer=cast.high_court_registrar(), reason="a letter", now=NOW)
    browser = visiting.visitor(NUMBER, NAME)
    assert "I never agreed to this" in visiting.text_of(browser.get(f"/consent/mine/{found.consent_id}/"))
    shown_and_judged(found, Verdict.FITS)
    said = visiting.main_of(browser.post(f"/consent/mine/{found.consent_id}/deny/", follow=True))
    assert "The court calls the form in" not in said
    assert "was judged before" in said
    assert "it fits the question" in said
    assert Consent.objects.get().revoked_at is not None


@pytest.mark.parametrize("at", ["consent", "question"])
def test_whoever_never_agreed_says_so_by_a_button_though_he_is_in_no_register(at):
    found = asked_on_a_form()
    browser = visiting.visitor(NUMBER, NAME)
    paths = {"consent": f"/consent/mine/{found.consent_id}/", "question": f"/record/asked/{found.pk}/"}
    page = visiting.text_of(browser.get(paths[at]))
    assert "I never agreed to this" in page
    assert "because you never consented" not in page
    address = f"/consent/mine/{found.consent_id}/deny/"
    assert f'action="{address}"' in page
    answer = browser.post(address, follow=True)
    assert "The court calls the form in" in visiting.main_of(answer)
    page = visiting.main_of(browser.get(paths[at]))
    assert "The employer must show the signed form by" in page
    assert "I never agreed to this" not in page


def test_he_reads_what_came_of_it():
    found = asked_on_a_form()
    denied(found)
    calling.show(found, FORM, now=NOW)
    assert "An officer of the court examines the form." in page_of(found)
    shown_and_judged(found, Verdict.FITS)
    assert "An officer of the court has examined the signed form, and it fits the question." in page_of(found)


def test_he_reads_that_the_form_was_none():
    found = asked_on_a_form()
    denied(found)
    shown_and_judged(found, Verdict.NO_CONSENT)
    page = page_of(found)
    assert "The employer could not show that you had agreed." in page
    assert "I never agreed to this" not in page


def test_a_form_that_was_drawn_says_nothing_of_it_to_whoever_does_not_deny_it():
    found = asked_on_a_form()
    ConsentCall.objects.create(screening=found, called_at=NOW, due_on=IN_TIME)
    page = page_of(found)
    assert "I never agreed to this" in page
    assert "must show the signed form by" not in page


def test_there_is_no_such_button_for_what_he_gave_himself():
    code = consenting.given()
    asking.answered(asking.question(consent=consenting.typed(code)))
    page = visiting.main_of(visiting.visitor().get(f"/consent/mine/{code.pk}/"))
    assert "I never agreed to this" not in page


# At the desk


def test_a_registrar_calls_in_the_one_form_that_is_denied_by_letter_however_many_came_since():
    found = asked_on_a_form()
    for _ in range(3):
        asking.answered(now=NOW + timedelta(minutes=1))
    registrar = at_the_desk(cast.high_court_registrar())
    result, address = (reverse(f"sharing_desk:{name}", args=[found.pk]) for name in ("result", "call_in_form"))
    assert address in registrar.get(result).content.decode()
    registrar.post(address, {"reason": "she denies it by letter"})
    assert list(ConsentCall.objects.values_list("screening", "denied_at")) == [(found.pk, None)]
    act = EmployerAct.objects.latest("at")
    assert (act.act, act.reason) == (EmployerAct.Act.CALL, "1: she denies it by letter")
    assert address not in registrar.get(result).content.decode()


def test_one_form_is_called_in_once_by_a_registrar_of_the_high_court_with_a_reason():
    found, he = asked_on_a_form(), cast.high_court_registrar()
    with pytest.raises(HighCourtRegistrarNeeded):
        calling.call_in_one(found, officer=cast.registrar(), reason="denied", now=NOW)
    with pytest.raises(ReasonNeeded):
        calling.call_in_one(found, officer=he, reason="", now=NOW)
    assert not ConsentCall.objects.exists()
    assert calling.call_in_one(found, officer=he, reason="denied", now=NOW)
    assert not calling.call_in_one(found, officer=he, reason="denied", now=NOW)
    by_code = asking.answered(asking.question(consent=consenting.typed(consenting.given())))
    with pytest.raises(NoSuchConsentCheck):
        calling.call_in_one(by_code, officer=he, reason="denied", now=NOW)
