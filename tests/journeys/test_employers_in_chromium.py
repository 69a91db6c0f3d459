"""The employer's portal in a real browser: a question step by step, its errors and results, both widths and languages."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from registry import first_rows
from sharing.employers import calling, judging, recalling
from sharing.employers.consent import Attestation
from sharing.employers.judging import Compared
from sharing.employers.models import ApplicantTold, Consent, RecallConfirmation, Screening
from sharing.parties.models import Client, Member, MemberRole
from tests import asking, cast, papers
from tests.journeys import hr, walking
from tests.journeys.hr import at, onward, press, sign_in, wrong
from tests.journeys.walking import WINDOWS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FORM = b"%PDF-1.7 a form that the applicant signed"
SECRET = b"what the applicant signed"


@pytest.fixture(autouse=True)
def the_courts_decisions(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def han():
    return hr.han()


def choose_post(walker):
    walker.go(at("new"))
    onward(walker)
    wrong(walker, "post")
    walker.choose(post="finance_recruitment/loan_officer")
    onward(walker)


def give_consent(walker, content=FORM):
    walker.page.locator("#id_form_file").set_input_files(
        {"name": "form.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    walker.type(signed_on=(timezone.localdate() - timedelta(days=1)).isoformat())
    onward(walker)


def name_the_applicant(walker, name="高䶮", number=cast.DEFENDANT_NUMBER):
    walker.type(name=name, document_number=number)
    onward(walker)


def ask(walker):
    walker.page.locator("#id_declared").check()
    press(walker, "main .govuk-button-group .govuk-button")
    assert walker.page.locator(".govuk-panel__title").count() == 1


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_hr_asks_is_answered_and_tells_the_applicant(live_server, browser, han, width, language):
    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("screenings"))
    choose_post(walker)
    onward(walker)
    wrong(walker, "form_file")
    give_consent(walker)
    name_the_applicant(walker, number="110101199506307610")
    wrong(walker, "document_number")
    name_the_applicant(walker)
    press(walker, 'button[value="consent"]')
    onward(walker)
    press(walker, "main .govuk-button-group .govuk-button")
    wrong(walker, "declared")
    ask(walker)
    press(walker, "form[action$='told/'] button")
    wrong(walker, "told_on")
    walker.type(told_on=timezone.localdate().isoformat())
    press(walker, "form[action$='told/'] button")
    screening = Screening.objects.get()
    assert ApplicantTold.objects.get().screening == screening
    walker.go(at("letter", screening.pk))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_every_other_page_and_the_other_answers(live_server, browser, han, width, language):
    cast.in_force()
    Member.objects.update(role=MemberRole.OWNER)
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    for content, name, number in (
        (FORM + b"2", "欧阳㛃", cast.SECOND_NUMBER),
        (FORM + b"3", "欧阳㛃", cast.DEFENDANT_NUMBER),
    ):
        choose_post(walker)
        give_consent(walker, content)
        name_the_applicant(walker, name, number)
        ask(walker)
    assert {each.outcome for each in Screening.objects.all()} == {"not_listed", "pending"}
    walker.go(at("screenings"))
    walker.choose(outcome="listed")
    press(walker, "main form .govuk-button")
    walker.go(at("may_learn"))
    walker.go(at("keys"))
    press(walker, "main form button")
    press(walker, "main a.govuk-button")
    walker.go(at("key", Client.objects.get().client_id))
    walker.go(at("networks"))
    walker.go(at("revoke_key", Client.objects.get().client_id))
    walker.go(at("people"))
    walker.go(at("person", Member.objects.get().pk))
    walker.go(at("add_member"))
    press(walker, "main form button")
    walker.go(at("acts"))
    walker.choose(act="read_result")
    press(walker, "main form .govuk-button")
    Member.objects.get().organisation.clients.all().delete()
    organisation = Member.objects.get().organisation
    organisation.suspended_at = timezone.now()
    organisation.save()
    walker.go(at("start"))
    assert walker.violations == []


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_of_very_many_the_newest_are_turned_through_and_all_are_in_the_file(
    live_server, browser, han, width, language, monkeypatch
):
    monkeypatch.setattr("sharing.employers.portal.asked.PAGE", 1)
    monkeypatch.setattr(first_rows, "TURNED", 2)
    for _ in range(3):
        asking.answered()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("screenings"))
    press(walker, "a[rel='next']")
    assert walker.page.locator("a[rel='prev']").count() == 1
    assert walker.page.locator("a[rel='next']").count() == 0
    with walker.page.expect_download() as taken:
        walker.page.locator(f"a[href^='{at('export')}']").click()
    assert len(taken.value.path().read_text("utf-8-sig").splitlines()) == 4
    assert walker.violations == []


def test_the_file_never_leaves_a_browser_that_computes_its_fingerprint(live_server, browser, han):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    sent = []
    walker.page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    sign_in(walker)
    choose_post(walker)
    assert walker.page.locator("#fingerprint-said").is_visible()
    assert not walker.page.locator("#fingerprint-sent").is_visible()
    give_consent(walker)
    assert walker.page.locator("#id_name").count() == 1, "the fingerprint arrived"
    assert not any(FORM in body for body in sent)
    assert any(hashlib.sha256(FORM).hexdigest().encode() in body for body in sent)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "This file is empty"),
        (b"PK\x03\x04" + SECRET, "R-485"),
        (FORM + bytes(12 * 1024 * 1024) + SECRET, "R-484"),  # more than the address takes in front of the application
    ],
    ids=["empty", "no such kind", "too large"],
)
def test_a_file_that_cannot_be_right_is_refused_and_what_it_says_stays(live_server, browser, han, content, words):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    sent = []
    walker.page.on("request", lambda request: sent.append(request.post_data_buffer or b""))
    sign_in(walker)
    choose_post(walker)
    give_consent(walker, content)
    wrong(walker, "form_file")
    walker.look()
    assert words in walker.page.content()
    assert not any(SECRET in body or len(body) > 6 * 1024 * 1024 for body in sent)


def test_it_works_without_javascript(live_server, browser, han):
    cast.in_force()
    walker = walking.walker(browser, live_server.url, "narrow", "en", javascript=False)
    sign_in(walker)
    walker.go(at("new"))
    walker.choose(post="finance_recruitment/loan_officer")
    onward(walker)
    assert walker.page.locator("#fingerprint-sent").is_visible()
    assert not walker.page.locator("#fingerprint-said").is_visible()
    give_consent(walker)
    press(walker, 'button[value="consent"]')
    onward(walker)
    name_the_applicant(walker)
    ask(walker)
    assert Consent.objects.get().document_sha256 == hashlib.sha256(FORM).hexdigest()


def test_the_enter_key_goes_forward(live_server, browser, han):
    walker = walking.walker(browser, live_server.url, "wide", "en")
    sign_in(walker)
    choose_post(walker)
    give_consent(walker)
    walker.type(name="高䶮", document_number=cast.DEFENDANT_NUMBER)
    with walker.page.expect_navigation():
        walker.page.locator("#id_document_number").press("Enter")
    assert walker.page.locator("#id_declared").count() == 1


SHOWN_FORM = papers.pdf("a form that the applicant signed")


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_form_is_called_in_and_shown_judged_and_its_answer_recalled(live_server, browser, han, width, language):
    listing = cast.in_force()
    signed = Attestation(document_sha256=hashlib.sha256(SHOWN_FORM).hexdigest(), signed_on=cast.NOW.date())
    asked = asking.answered(asking.question(name="高某", consent=signed))
    calling.call_in(now=timezone.now())
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker)
    walker.go(at("screening", asked.pk))
    press(walker, f"a[href='{at('form', asked.pk)}']")
    onward(walker)
    wrong(walker, "form")
    walker.page.locator("#id_form").set_input_files(
        {"name": "form.pdf", "mimeType": "application/pdf", "buffer": SHOWN_FORM}
    )
    onward(walker)
    compared = Compared(
        document_type="resident_id", document_number=cast.DEFENDANT_NUMBER, name="高某", same_person=True
    )
    he = cast.high_court_registrar()
    judging.confirm(asked.pk, compared, officer=he, reason="compared with the form", now=timezone.now())
    walker.go(at("screening", asked.pk))
    cast.withdrawn(cast.fresh(listing))
    recalling.walk(now=timezone.now())
    walker.go(at("screening", asked.pk))
    walker.page.locator("#decision_reconsidered").check()
    press(walker, "form[action$='recall/'] button")
    assert RecallConfirmation.objects.get().removed
    assert walker.violations == []
